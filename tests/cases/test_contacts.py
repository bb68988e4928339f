"""Whether a family reached us in time, how it proves that, and what is left to one that did not."""

import csv
import io
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import contacts, intake
from scheduling.cases.contacts import NotLate, WithoutReason
from scheduling.models import FAMILY, Case, Contact, ContactChannel, Message, Said
from tests.builders import moment

LETTER = datetime.fromisoformat("2026-06-30").date()
"""Its two months end on Sunday 30 August."""


@pytest.fixture
def case(case: Case) -> Case:
    case.letter_date = LETTER
    return case


def text(
    session: Session,
    case: Case,
    received: str,
    *,
    said: Said = Said.WISHES_TO_APPEAL,
    made: str | None = None,
    words: str = "I wish to appeal",
) -> Contact:
    contact = intake.record_contact(
        session,
        channel=ContactChannel.TEXT,
        said=said,
        received_at=moment(received),
        provider_id=f"SM{received}",
        words=words,
        case=case,
    )
    if made is not None:
        contacts.made_at(contact, moment(made))
        session.flush()
    return contact


@pytest.mark.parametrize(
    ("received", "made", "is_late"),
    [
        pytest.param("2026-08-30 23:58", None, False, id="the last minutes of a Sunday"),
        pytest.param("2026-08-31 00:02", None, True, id="two minutes after midnight"),
        pytest.param("2026-08-31 00:02", "2026-08-30 23:59", False, id="the provider had it the day before"),
        pytest.param("2026-08-30 23:58", "2026-08-31 00:01", False, id="a provider's clock that is fast"),
    ],
)
def test_a_contact_counts_from_the_earlier_of_two_moments_and_both_are_kept(
    session: Session, case: Case, received: str, made: str | None, is_late: bool
) -> None:
    contact = text(session, case, received, made=made)

    assert contacts.is_late(session, case) is is_late
    assert contact.received_at == moment(received)
    assert contact.provider_made_at == (None if made is None else moment(made))


def test_the_providers_moment_is_added_once(session: Session, case: Case) -> None:
    contact = text(session, case, "2026-08-31 00:02", made="2026-08-30 23:59")

    contacts.made_at(contact, moment("2026-08-30 12:00"))

    assert contact.provider_made_at == moment("2026-08-30 23:59")


def test_the_first_of_several_counts_and_a_greeting_is_none(session: Session, case: Case) -> None:
    text(session, case, "2026-08-20 09:00", said=Said.OTHER, words="Hello")
    text(session, case, "2026-09-02 09:00")
    text(session, case, "2026-08-28 09:00", said=Said.ASKS_FOR_ADVICE)

    assert contacts.first_contact(session, case) == moment("2026-08-28 09:00")


def test_a_contact_may_be_there_before_its_case(session: Session, case: Case) -> None:
    contact = intake.record_contact(
        session, channel=ContactChannel.VOICEMAIL, said=Said.WISHES_TO_APPEAL, received_at=moment("2026-08-30 18:30")
    )
    assert contacts.first_contact(session, case) is None

    intake.handled(contact, by=FAMILY, now=moment("2026-09-01 09:00"), case=case)
    session.flush()

    assert not contacts.is_late(session, case)
    assert contacts.first_contact(session, case) == moment("2026-08-30 18:30")


def test_what_was_told_to_an_adviser_counts_like_what_was_written(session: Session, case: Case) -> None:
    case.declined_at = moment("2026-08-29 10:00")

    assert contacts.first_contact(session, case) == moment("2026-08-29 10:00")


@pytest.mark.parametrize("allowed", [True, False])
def test_a_late_family_hears_of_every_way_that_is_left(session: Session, case: Case, allowed: bool) -> None:
    text(session, case, "2026-08-31 00:02")

    contacts.decide_late(
        session, case, allowed=allowed, because=" In hospital ", by=FAMILY, now=moment("2026-09-01 09:00")
    )

    assert (case.late_contact_allowed, case.late_contact_because) == (allowed, "In hospital")
    [mail] = session.scalars(select(Message))
    for way in ("permission", "SENDIASS", "IPSEA", "Disagreement resolution"):
        assert way in mail.body
    assert "Sunday 30 August 2026" in mail.body
    assert "In hospital" not in mail.body
    assert any(entry.why == "In hospital" for entry in case.history)


def test_nothing_is_decided_about_a_contact_in_time_or_without_a_reason(session: Session, case: Case) -> None:
    with pytest.raises(NotLate):
        contacts.decide_late(session, case, allowed=True, because="Why not", by=FAMILY, now=moment("2026-09-01 09:00"))
    text(session, case, "2026-08-31 00:02")
    with pytest.raises(WithoutReason):
        contacts.decide_late(session, case, allowed=True, because=" ", by=FAMILY, now=moment("2026-09-01 09:00"))


def test_the_proof_names_every_contact_with_its_moments(session: Session, case: Case) -> None:
    text(session, case, "2026-09-02 09:00", said=Said.NO_MEDIATION, words="no mediation")
    text(session, case, "2026-08-31 00:02", made="2026-08-30 23:59")

    first, second = contacts.export(session, case)

    assert (first.counts_on, second.counts_on) == ("2026-08-30", "2026-09-02")
    assert first.counts_from == london.written(moment("2026-08-30 23:59"))
    assert (first.received_at, first.provider_made_at) == ("2026-08-30T23:02:00+00:00", "2026-08-30T22:59:00+00:00")
    assert (second.said, second.words, second.provider_made_at) == ("does not want mediation", "no mediation", "")


@pytest.mark.parametrize("words", ["=1+1", "+cmd", "-2", "@SUM(A1)", "\t=1"])
def test_nothing_in_the_proof_is_run_by_a_spreadsheet(session: Session, case: Case, words: str) -> None:
    text(session, case, "2026-08-30 09:00", words=words)

    heads, row = csv.reader(io.StringIO(contacts.as_csv(contacts.export(session, case))))

    assert heads[0] == "counts from"
    assert row[heads.index("words")] == f"'{words}"
