"""A mediator is altered: what that does to meetings is shown first, and then done by the same code."""

from dataclasses import dataclass, replace
from datetime import date, time

import pytest
from sqlalchemy.orm import Session

from scheduling.cases import mediation
from scheduling.diary import absences, alterations, mediators, moves, offers
from scheduling.diary.alterations import Alteration
from scheduling.diary.mediators import AddressTaken, OfNobody
from scheduling.models import SERVICE, Booking, Case, Conflict, Mode, OfferState
from scheduling.reference import changes
from tests import builders
from tests.builders import Town, moment

TOLD = moment("2026-11-23 10:25")
NOW = moment("2026-11-23 16:00")


@dataclass(frozen=True)
class Row:
    """What somebody changes about a mediator, and what then stands in the way of their meetings."""

    change: dict[str, object]
    sentence: str


TOO_SHORT = tuple((day, time(9), time(10)) for day in range(5))
CHANGES: list[object] = [
    pytest.param(Row({"hours": TOO_SHORT}, "does not work at that hour"), id="fewer hours"),
    pytest.param(Row({"is_active": False}, "no longer works with us"), id="leaves"),
    pytest.param(Row({"works_with": frozenset()}, "no longer works with the authority"), id="works with others"),
    pytest.param(Row({"accredited_until": date(2026, 11, 30)}, "run out"), id="accreditation runs out before"),
]


@pytest.fixture
def booking(session: Session, case: Case) -> Booking:
    """At ten on Tuesday 1 December at Barnet Library."""
    return mediation.book_best(session, case, by=SERVICE, now=TOLD)


def altered(session: Session, town: Town, row: Row) -> Alteration:
    profile = replace(mediators.described(town.mediator), **row.change)  # type: ignore[arg-type]
    return mediators.alter(session, town.mediator, profile, by=SERVICE, now=NOW)


@pytest.mark.parametrize("row", CHANGES)
def test_another_mediator_sits_at_the_same_time_as_the_preview_says(
    session: Session, barnet: Town, booking: Booking, row: Row
) -> None:
    other = builders.mediator(session, barnet.authority, "Noor of Barnet")
    session.flush()
    was, known = booking.starts_at, mediators.described(barnet.mediator)

    preview = alterations.impact(session, altered(session, barnet, row), now=NOW)
    assert mediators.described(barnet.mediator) == known
    done = alterations.carry_out(session, altered(session, barnet, row), by=SERVICE, now=NOW)

    assert [move.to and move.to.mediator for move in preview.moves] == [other]
    assert done.moved == [booking]
    assert (booking.mediator, booking.starts_at) == (other, was)


@pytest.mark.parametrize("row", CHANGES)
def test_a_meeting_that_nobody_can_take_is_stranded(session: Session, barnet: Town, booking: Booking, row: Row) -> None:
    outcome = alterations.carry_out(session, altered(session, barnet, row), by=SERVICE, now=NOW)

    assert [move.booking for move in outcome.stranded] == [booking]
    cause = moves.why_stranded(session, booking)
    assert cause is not None
    assert row.sentence in cause.because
    assert booking.case.history[-1].what.startswith("What we know of the mediator has changed")


@pytest.mark.parametrize("whose", ["authority", "school", "family"])
def test_a_conflict_of_interest_takes_the_mediator_out_of_the_case(
    session: Session, barnet: Town, booking: Booking, whose: str
) -> None:
    other = builders.mediator(session, barnet.authority, "Noor of Barnet")
    booking.case.school = "Hill School"
    session.flush()
    found = Conflict(because="Worked there")
    if whose == "authority":
        found.authority_id = barnet.authority.id
    elif whose == "school":
        found.school = "hill school"
    else:
        found.person_id = booking.case.person_id

    alteration = mediators.conflict(session, barnet.mediator, found, by=SERVICE, now=NOW)
    assert [move.to and move.to.mediator for move in alterations.impact(session, alteration, now=NOW).moves] == [other]
    assert barnet.mediator.conflicts == []
    alterations.carry_out(session, alteration, by=SERVICE, now=NOW)

    assert booking.mediator is other
    [kept] = barnet.mediator.conflicts
    mediators.settle(session, kept, by=SERVICE, now=NOW)
    assert barnet.mediator.conflicts == []
    newest, before = changes.of(session, mediators.about(barnet.mediator), limit=2)
    assert newest.what.startswith("Morgan of Barnet is independent of")
    assert (before.why, before.what.startswith("Morgan of Barnet is not independent of")) == ("Worked there", True)


def test_a_mediator_who_sits_no_longer_from_afar_is_replaced(session: Session, barnet: Town, case: Case) -> None:
    case.meets = Mode.VIDEO
    booking = mediation.book_best(session, case, by=SERVICE, now=TOLD)
    other = builders.mediator(session, barnet.authority, "Noor of Barnet")
    session.flush()

    row = Row({"meets_from_afar": False}, "")
    alterations.carry_out(session, altered(session, barnet, row), by=SERVICE, now=NOW)

    assert booking.mediator is other


def test_times_held_with_a_mediator_who_goes_on_leave_are_given_back(
    session: Session, barnet: Town, case: Case
) -> None:
    held = offers.offer(session, case, by=SERVICE, now=NOW)
    first, last = date(2026, 11, 23), date(2026, 12, 23)

    preview = absences.impact(session, absences.leave(session, barnet.mediator, first, last, now=NOW), now=NOW)
    assert list(preview.offers) == held
    assert {offer.state for offer in held} == {OfferState.HELD}
    absences.record(session, absences.leave(session, barnet.mediator, first, last, now=NOW), by=SERVICE, now=NOW)

    assert {offer.state for offer in held} == {OfferState.RELEASED}


def test_languages_and_numbers_change_without_moving_anybody(session: Session, barnet: Town, booking: Booking) -> None:
    row = Row({"languages": mediators.languages("Urdu, polish,  Polish "), "meetings_a_week": 3, "outcode": "NW5"}, "")

    alteration = altered(session, barnet, row)
    assert alterations.impact(session, alteration, now=NOW).moves == []
    alterations.carry_out(session, alteration, by=SERVICE, now=NOW)

    assert [one.language for one in barnet.mediator.spoken] == ["Polish", "Urdu"]
    [line] = changes.of(session, mediators.about(barnet.mediator), limit=5)
    assert line.what == (
        "Morgan of Barnet. Languages: Polish, Urdu, before that none. Sets out from: NW5, before that none. "
        "Meetings a week: 3, before that as the days allow"
    )


def test_no_two_mediators_have_one_address_and_a_conflict_is_with_somebody(session: Session, barnet: Town) -> None:
    with pytest.raises(AddressTaken):
        mediators.add(session, mediators.described(barnet.mediator), by=SERVICE, now=NOW)
    with pytest.raises(OfNobody):
        mediators.conflict(session, barnet.mediator, Conflict(because="Friends"), by=SERVICE, now=NOW)


@pytest.mark.parametrize(
    ("until", "soon"),
    [
        pytest.param(None, False, id="none on record"),
        pytest.param(date(2026, 11, 1), True, id="has run out"),
        pytest.param(date(2027, 1, 22), True, id="in sixty days"),
        pytest.param(date(2027, 1, 23), False, id="in sixty-one"),
    ],
)
def test_an_accreditation_is_named_before_it_runs_out(
    session: Session, barnet: Town, until: date | None, soon: bool
) -> None:
    barnet.mediator.accredited_until = until

    assert mediators.runs_out_soon(barnet.mediator, date(2026, 11, 23)) is soon


def test_the_load_counts_meetings_of_a_month(session: Session, barnet: Town, booking: Booking) -> None:
    assert mediators.load(session, date(2026, 12, 1), date(2026, 12, 31)) == {barnet.mediator.id: 1}
    assert mediators.load(session, date(2026, 11, 1), date(2026, 11, 30)) == {}
