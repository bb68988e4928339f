"""A voicemail: the only thing that is ever recorded, of whoever has no number that we can ring."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

import telephony
from scheduling import db
from scheduling.models import CallBack, Contact, ContactChannel, Voicemail
from tests.telephony.conftest import ACCOUNT, NOW, Handset, Twilio, parsed

RECORDING = "RE" + "0123456789abcdef" * 2
LEFT = {"RecordingSid": RECORDING, "RecordingUrl": "https://elsewhere.example/x", "RecordingDuration": "7"}


def withheld(twilio: Twilio) -> Handset:
    """A caller without a number, before the tone."""
    call = twilio.call(sender="anonymous").presses("0")
    for _ in range(3):
        call.is_silent()
    assert call.step == "voicemail"
    return call


def leaves(call: Handset, **more: str) -> Handset:
    return call._ask(call.address, {**LEFT, "Digits": "#", **more})


def tells(twilio: Twilio, state: str, sid: str = "CA1") -> int:
    fields = {"CallSid": sid, "AccountSid": ACCOUNT, "RecordingSid": RECORDING, "RecordingStatus": state}
    return twilio.post("/twilio/recording", fields).status_code


def test_the_tone_comes_after_a_sentence_that_0_interrupts(twilio: Twilio) -> None:
    call = withheld(twilio)

    gather, record, redirect = parsed(call.document)
    assert (gather.attrib["numDigits"], record.tag, redirect.text) == ("1", "Record", record.attrib["action"])
    assert (record.attrib["maxLength"], record.attrib["recordingStatusCallback"]) == ("60", "/twilio/recording")
    assert "transcribe" not in record.attrib
    assert call.presses("0").step == "call-back-number"


def test_what_was_left_waits_for_somebody_to_listen(twilio: Twilio) -> None:
    call = leaves(withheld(twilio))

    assert call.is_over
    with db.Reading() as session:
        voicemail = session.scalars(select(Voicemail)).one()
        assert (voicemail.recording_id, voicemail.seconds, voicemail.left_at) == (RECORDING, 7, NOW)
        contact = session.get_one(Contact, voicemail.contact_id)
        assert (contact.channel, contact.handled_at, contact.words) == (ContactChannel.VOICEMAIL, None, None)


def test_a_length_that_no_tape_has_loses_no_voicemail(twilio: Twilio) -> None:
    assert leaves(withheld(twilio), RecordingDuration="9" * 5000).is_over

    with db.Reading() as session:
        assert session.scalars(select(Voicemail.seconds)).one() is None


@pytest.mark.parametrize("order", ["action first", "news first", "news twice"])
def test_the_two_news_of_a_recording_are_one_voicemail_in_any_order(twilio: Twilio, order: str) -> None:
    call = withheld(twilio)
    if order != "action first":
        assert tells(twilio, "completed") == 204
    leaves(call)
    if order != "news first":
        assert tells(twilio, "completed") == 204

    with db.Reading() as session:
        voicemail = session.scalars(select(Voicemail)).one()
        assert voicemail.next_try_at == NOW


def test_who_presses_0_on_the_tape_gets_a_person_and_the_tape_is_kept(twilio: Twilio) -> None:
    call = leaves(withheld(twilio), Digits="0")

    assert call.step == "call-back-number"
    with db.Reading() as session:
        assert len(session.scalars(select(Voicemail)).all()) == 1


def test_silence_on_the_tape_is_asked_once_more_and_then_shown_a_way_on(twilio: Twilio) -> None:
    call = withheld(twilio).is_silent()

    assert call.step == "voicemail"
    assert "text us on" in call.is_silent().hears
    with db.Reading() as session:
        assert session.scalars(select(CallBack)).all() == []


def test_an_empty_tape_needs_nobody(twilio: Twilio) -> None:
    leaves(withheld(twilio))

    assert tells(twilio, "absent") == 204
    with db.Reading() as session:
        voicemails = select(Contact.handled_at).where(Contact.channel == ContactChannel.VOICEMAIL)
        assert session.scalars(voicemails).all() == [NOW]
        assert session.scalars(select(Voicemail.next_try_at)).all() == [None]


@pytest.mark.parametrize("sid", ["../../Accounts", "RE0", "https://elsewhere.example/x", ""])
def test_a_recording_of_another_name_is_not_one(twilio: Twilio, sid: str) -> None:
    call = withheld(twilio)

    call._ask(call.address, {"RecordingSid": sid, "RecordingUrl": "https://elsewhere.example/x"})

    with db.Reading() as session:
        assert session.scalars(select(Voicemail)).all() == []


def test_news_of_an_unknown_call_is_not_found(twilio: Twilio) -> None:
    assert tells(twilio, "completed", sid="CA9") == 404


def test_no_call_is_ever_recorded() -> None:
    """The word that would record a conversation stands nowhere: in no verb that connects people, in no request."""
    sources = [path for path in Path(telephony.__file__).parent.rglob("*.py") if "simulator" not in path.parts]

    found = {
        path.name: re.findall(r"\brecord(?:=|\"|_from_answer|ing_track|ing_channels)|start_recording|<Recording", text)
        for path in sources
        if (text := path.read_text())
    }

    assert {name: words for name, words in found.items() if words} == {}
    assert [path.name for path in sources if re.search(r"\bRecord\(", path.read_text())] == ["voice.py"]
