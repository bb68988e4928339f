"""Reaching a family from the console: by hand, by a PIN on paper, by listening, by another way when a text failed."""

import re

import pytest
from sqlalchemy import select

from scheduling import db
from scheduling.cases import intake, pins, voicemails
from scheduling.cases.voicemails import Sound
from scheduling.models import (
    Case,
    Channel,
    Contact,
    ContactChannel,
    Listening,
    Message,
    MessageState,
    Person,
    Said,
    TextThread,
    Voicemail,
)
from scheduling.outbox import opt_outs
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW, Told

MOBILE = "+447700900123"


class Tapes:
    def fetch(self, recording_id: str) -> Sound:  # noqa: ARG002
        return Sound(media_type="audio/mpeg", content=b"a voice")

    def remove(self, recording_id: str) -> None:
        pass


def set_record(reference: str, **facts: object) -> None:
    with db.Session.begin() as session:
        person = session.scalars(select(Case).where(Case.reference == reference)).one().person
        person.number, person.may_text = MOBILE, True
        for name, value in facts.items():
            setattr(person, name, value)


def by_hand() -> list[str]:
    with db.Reading() as session:
        wanted = select(Message).where(Message.purpose == "written by hand")
        return [message.body for message in session.scalars(wanted)]


def test_a_text_by_hand_is_sent_in_our_name_and_only_once(coordinator: Browser, told: Told) -> None:
    set_record(told.booked)
    for _ in range(2):
        coordinator.opens(f"/cases/{told.booked}/text")
        coordinator.presses("Check the text", words="Please ring us when you can\u2013thank you")
        assert "Common Ground: Please ring us when you can-thank you" in coordinator.page.text
        coordinator.presses("Send the text", step="send")

    assert by_hand() == ["Common Ground: Please ring us when you can-thank you"]
    assert "Segments" in coordinator.page.text


def test_a_text_goes_in_the_word_that_was_agreed(coordinator: Browser, told: Told) -> None:
    set_record(told.booked, code_word="Bluebell")
    coordinator.opens(f"/cases/{told.booked}/text")
    coordinator.presses("Check the text", words="Please ring us")
    assert by_hand() == []
    coordinator.presses("Change the words", step="change")
    coordinator.presses("Check the text", words="Please call us")
    coordinator.presses("Send the text", step="send")

    assert by_hand() == ["Bluebell: Please call us"]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        pytest.param({"do_not_contact": True}, "The person must not be contacted.", id="never contact"),
        pytest.param({"may_text": None}, "The person has not agreed to texts.", id="not asked"),
        pytest.param({"number": "+442079460101"}, "The number is not a UK mobile.", id="a landline"),
        pytest.param({"texts_fail_since": NOW}, "Ask for another.", id="the network says no"),
    ],
)
def test_where_the_record_forbids_it_the_button_is_not_there_and_a_post_is_refused(
    coordinator: Browser, told: Told, facts: dict[str, object], reason: str
) -> None:
    set_record(told.booked)
    form = coordinator.opens(f"/cases/{told.booked}/text")
    assert "Check the text" in form.text
    set_record(told.booked, **facts)

    refused = coordinator.presses("Check the text", words="Please ring us")

    assert (refused.status, by_hand()) == (422, [])
    assert f"No text was sent. {reason}" in refused.text or reason in refused.text
    assert "Check the text" not in coordinator.opens(f"/cases/{told.booked}/text").text


def test_a_number_that_has_texted_stop_gets_nothing_by_hand(coordinator: Browser, told: Told) -> None:
    set_record(told.booked)
    with db.Session.begin() as session:
        opt_outs.stop(session, MOBILE, now=NOW)

    assert "The number has texted STOP." in coordinator.opens(f"/cases/{told.booked}/text").text


def test_a_pin_is_shown_once_and_opens_the_case(coordinator: Browser, told: Told) -> None:
    coordinator.opens(f"/cases/{told.booked}/pin")
    page = coordinator.presses("Issue a PIN")

    shown = re.search(r"Your PIN: (\d{3}) (\d{3})", page.text)
    assert shown
    with db.Session.begin() as session:
        assert pins.opens(session, told.booked, "".join(shown.groups()), call_sid="CA1", now=NOW) is not None
    again = coordinator.opens(f"/cases/{told.booked}/pin")
    assert "".join(shown.groups()) not in again.text.replace(" ", "")
    assert "Issue a new PIN; the old one ends" in again.text


def test_whoever_listens_to_a_voicemail_is_written_down(adviser: Browser, told: Told) -> None:
    with db.Session.begin() as session:
        left = voicemails.left(session, recording_id="RE1", number=None, now=NOW)
        voicemails.is_ready(left, now=NOW)
        session.flush()
        contact_id = left.contact_id
    voicemails.fetch_due(Tapes(), NOW)

    assert "<audio" not in adviser.opens(f"/contacts/{contact_id}").html
    page = adviser.presses("Listen, which is written down")

    assert 'src="data:audio/mpeg;base64,YSB2b2ljZQ=="' in page.html
    assert "listened at" in page.text
    with db.Reading() as session:
        assert len(session.scalars(select(Listening)).all()) == 1
        assert session.scalars(select(Voicemail)).one().sound == b"a voice"


def test_words_of_danger_are_a_quiet_flag_on_the_list_and_the_contact(adviser: Browser, told: Told) -> None:
    with db.Session.begin() as session:
        contact = intake.record_contact(
            session,
            channel=ContactChannel.TEXT,
            said=Said.OTHER,
            received_at=NOW,
            number=MOBILE,
            words="he's here",
            may_mean_danger=True,
        )
        session.add(TextThread(ours="+447700900000", theirs=MOBILE, question="safe advice", asked_at=NOW))
        session.flush()
        contact_id = contact.id

    assert "its words may mean danger, and nothing was answered" in adviser.opens("/today").text
    page = adviser.opens(f"/contacts/{contact_id}")
    assert "may mean that somebody is in danger" in page.text
    assert "Whether a call to this number is safe" in page.text


def test_a_failed_text_says_what_to_do_instead(coordinator: Browser, told: Told) -> None:
    with db.Session.begin() as session:
        message = session.get_one(Message, told.failed)
        message.channel, message.subject = Channel.SMS, None
        message.calendar = message.calendar_method = None
        message.state, message.error_code = MessageState.FAILED, "30006"

    page = coordinator.opens(f"/messages/{told.failed}")

    assert "What to do: This is a landline, or cannot have texts." in page.text


def test_a_new_number_may_be_texted_again(coordinator: Browser, told: Told) -> None:
    set_record(told.booked, texts_fail_since=NOW)
    with db.Reading() as session:
        person_id = session.scalars(select(Case.person_id).where(Case.reference == told.booked)).one()
    coordinator.opens(f"/cases/{told.booked}/people/{person_id}")

    coordinator.presses("Save the record", number="07700 900456", code_word="Bluebell", may_say_place="y")

    with db.Reading() as session:
        person = session.get_one(Person, person_id)
        assert (person.texts_fail_since, person.code_word, person.may_say_place) == (None, "Bluebell", True)
        assert session.scalars(select(Contact.id)).first() is not None
