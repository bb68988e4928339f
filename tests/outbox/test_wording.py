from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from scheduling import segments
from scheduling.outbox import identity
from scheduling.outbox.wording import after_meetings, mails, texts, warnings
from tests import builders

MEETING = builders.moment("2026-12-10 10:00")

EVERY_TEXT = [
    texts.advice_booked,
    texts.advice_cancelled,
    texts.advice_reminder,
    texts.meeting_booked,
    texts.meeting_booked_without_email,
    texts.meeting_moved,
    texts.meeting_moved_without_email,
    texts.meeting_cancelled,
    texts.meeting_reminder,
    texts.meeting_reminder_without_email,
    texts.short_notice,
    lambda _at: texts.code("123456"),
    lambda _at: texts.own_page("https://mediation.example.org/family/" + 43 * "x"),
    lambda _at: texts.document_sent(),
    lambda _at: texts.mail_failed(),
    lambda _at: after_meetings.missed_by_text(),
    lambda at: after_meetings.was_it_done_by_text(at.date()),
    lambda _at: warnings.a_date_has_changed_by_text(),
]

OFFICERS_LINK = "https://cg.example/officer/abc"


@pytest.fixture(autouse=True)
def ourselves_again() -> Iterator[None]:
    before = identity.current()
    yield
    identity.use(before)


@pytest.mark.parametrize("text", EVERY_TEXT)
def test_every_text_is_one_segment_on_every_day_of_the_year(text: Callable[[datetime], str]) -> None:
    for days in range(366):
        counted = segments.count(text(MEETING + timedelta(days=days)))

        assert (counted.encoding, counted.segments) == (segments.Encoding.GSM_7, 1)


@pytest.mark.parametrize("text", EVERY_TEXT)
def test_a_service_with_a_long_name_still_sends_one_segment(text: Callable[[datetime], str]) -> None:
    identity.use(identity.Identity(name="Derbyshire SEND Mediation \u2013 North", phone="+448081570192"))

    assert segments.count(text(MEETING)).segments == 1


@pytest.mark.parametrize("text", EVERY_TEXT)
def test_a_text_begins_with_who_we_are_and_tells_where_to_call(text: Callable[[datetime], str]) -> None:
    assert text(MEETING).startswith("Common Ground: ")
    assert "0300 123 4567" in text(MEETING)


def test_a_text_gives_the_hour_as_londons_clocks_show_it() -> None:
    assert "Wed 10 Jun, 10am" in texts.meeting_booked(builders.moment("2026-06-10 10:00"))


@pytest.mark.parametrize("wording", [texts, mails], ids=["texts", "mails"])
def test_every_wording_is_known_to_these_tests(wording: object) -> None:
    of_invites = {mails.invited, mails.changed, mails.invited_again, mails.cancelled}
    by_lambda = {texts.case_closed, texts.code, texts.own_page, texts.document_sent, texts.mail_failed}
    known = {*EVERY_TEXT, *by_lambda, mails.authority_told, *of_invites}
    public = {
        thing
        for name, thing in vars(wording).items()
        if getattr(thing, "__module__", "").startswith("scheduling.outbox.wording") and not name.startswith("_")
    }

    assert public <= {*known, mails.Mail, mails.Health, mails.Invitation}


def test_the_authority_is_told_what_the_law_asks_for() -> None:
    mail = mails.authority_told(
        officer="Olu",
        reference="12345674",
        family="Sam",
        letter_date=date(2026, 11, 2),
        issues="Speech therapy in section F",
        told_at=builders.moment("2026-11-23 10:25"),
        mediation_by=date(2026, 12, 23),
        health=mails.Health(told_by=date(2026, 11, 26), is_all=False),
        see_to_it_at=OFFICERS_LINK,
        acknowledge_at="https://cg.example/acknowledge/abc",
    )

    assert mail.subject == "Mediation requested (reference 1234 5674)"
    for fact in (
        "Dear Olu,",
        "2 November 2026",
        "10:25am on Monday 23 November 2026",
        "Speech therapy in section F",
        "health commissioner",
        "by Thursday 26 November 2026",
        "by Wednesday 23 December 2026",
        "https://cg.example/acknowledge/abc",
        OFFICERS_LINK,
    ):
        assert fact in mail.body


def test_on_health_alone_the_board_arranges_and_the_authority_s_own_days_are_not_named() -> None:
    mail = mails.authority_told(
        officer="Olu",
        reference="12345674",
        family="Sam",
        letter_date=None,
        issues="Nursing at night",
        told_at=builders.moment("2026-12-02 09:00"),
        mediation_by=date(2027, 1, 1),
        health=mails.Health(told_by=date(2026, 12, 7), is_all=True),
        see_to_it_at=OFFICERS_LINK,
        acknowledge_at="https://cg.example/acknowledge/abc",
    )

    assert "by Monday 7 December 2026" in mail.body
    assert "1 January 2027" not in mail.body


INVITATION = mails.Invitation(
    to="meeting",
    name="Sam",
    reference="12345674",
    starts_at=MEETING,
    ends_at=MEETING + timedelta(hours=2),
    place="Barnet Library, Room 1",
    notes="Access: step-free.",
)


def test_a_mail_about_a_meeting_gives_the_place_and_how_to_get_in() -> None:
    mail = mails.invited(INVITATION)

    assert mail.subject == "Your meeting: Thursday 10 December 2026 (reference 1234 5674)"
    assert "When: Thursday 10 December 2026, 10am to midday\nWhere: Barnet Library, Room 1\nAccess" in mail.body


def test_an_invite_that_comes_again_says_that_nothing_has_changed() -> None:
    assert "Nothing has changed since the last one." in mails.invited_again(INVITATION).body
    assert mails.invited_again(INVITATION).subject == mails.invited(INVITATION).subject


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        pytest.param("meeting", "You do not need to come.", id="nobody has to travel"),
        pytest.param("call", "Nobody will ring.", id="nobody has to wait by the telephone"),
    ],
)
def test_what_is_cancelled_needs_nobody(to: str, sentence: str) -> None:
    mail = mails.cancelled(replace(INVITATION, to=to, name=None))

    assert mail.body.startswith("Hello,\n")
    assert sentence in mail.body


def test_the_mailbox_is_understood_with_and_without_a_name() -> None:
    named = identity.Identity(mailbox="Common Ground <meetings@cg.example>")
    bare = identity.Identity(mailbox="meetings@cg.example")

    assert named.address == bare.address == "meetings@cg.example"
    assert named.domain == "cg.example"
