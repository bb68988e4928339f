"""Each constraint alone: no time is found, the sentence names it, the count shows it, and the plan obeys it too."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from scheduling.diary import bookings, planning, slots, why
from scheduling.diary.plan import planner
from scheduling.diary.slots import LENGTH
from scheduling.models import (
    Booking,
    BookingKind,
    Busy,
    Case,
    Conflict,
    Mode,
    ResourceKind,
    VenueHours,
)
from tests import builders
from tests.builders import Town, moment

TOLD = moment("2026-11-23 10:25")
Spoil = Callable[[Session, Town, Case], None]
NO_HOUR = "At every lawful hour until Wednesday 23 December 2026 "


def needs(what: str) -> Spoil:
    return lambda _session, _town, case: setattr(case.person, f"needs_{what}", True)


def needs_no_steps(_session: Session, town: Town, case: Case) -> None:
    case.person.needs_step_free, town.venue.step_free = True, False


def lives_far_away(_session: Session, _town: Town, case: Case) -> None:
    case.person.outcode = "OX1"


def brings_many(_session: Session, town: Town, _case: Case) -> None:
    town.venue.rooms[0].capacity = 2


def knows_the_school(_session: Session, town: Town, case: Case) -> None:
    case.school = "Hill School"
    town.mediator.conflicts.append(Conflict(school="hill school", because="was a governor"))


def knows_the_family(_session: Session, town: Town, case: Case) -> None:
    town.mediator.conflicts.append(Conflict(person_id=case.person_id, because="is a neighbour"))


def has_mediated_before(session: Session, town: Town, case: Case) -> None:
    """An earlier case of the same family, about another school year."""
    earlier = builders.case(session, town, told="2025-11-03 10:00", opened="2025-11-03 09:00", number=None)
    earlier.person = case.person
    earlier.closed_at = moment("2025-12-20 10:00")
    meets(session, town, earlier, "2025-12-01 10:00")


def sits_only_in_person(mode: Mode) -> Spoil:
    def spoil(_session: Session, town: Town, case: Case) -> None:
        case.meets, town.mediator.meets_from_afar = mode, False

    return spoil


def speaks_another_language(_session: Session, _town: Town, case: Case) -> None:
    case.person.interpreter = "Polish"


def is_away(kind: ResourceKind) -> Spoil:
    """For all of the 30 days, as somebody told us."""

    def spoil(session: Session, town: Town, case: Case) -> None:
        who = {
            ResourceKind.FAMILY: lambda: case.person_id,
            ResourceKind.OFFICER: lambda: town.officer.id,
            ResourceKind.MEDIATOR: lambda: town.mediator.id,
            ResourceKind.BOARD: lambda: builders.care_board(session, case).id,
            ResourceKind.ROOM: lambda: town.venue.rooms[0].id,
        }[kind]()
        begins, ends = moment("2026-11-30 00:00"), moment("2026-12-24 00:00")
        session.add(Busy(kind=kind, resource_id=who, starts_at=begins, ends_at=ends, noted_at=TOLD))

    return spoil


def opens_on_saturdays(_session: Session, town: Town, _case: Case) -> None:
    town.venue.hours[:] = [VenueHours(weekday=5, opens=builders.OPENS, closes=builders.CLOSES)]


def loses_accreditation(_session: Session, town: Town, _case: Case) -> None:
    town.mediator.accredited_until = date(2026, 11, 30)


def is_full_every_week(session: Session, town: Town, _case: Case) -> None:
    town.mediator.meetings_a_week = 1
    for monday in range(4):
        other = builders.case(session, town, told="2026-11-23 09:00", number=None)
        meets(session, town, other, f"{date(2026, 11, 30) + timedelta(days=7 * monday)} 10:00")


def travels_no_farther(_session: Session, town: Town, _case: Case) -> None:
    town.mediator.outcode, town.mediator.travels_km = "OX1", 5


def meets(session: Session, town: Town, case: Case, at: str) -> None:
    booking = Booking(
        uid=f"b-{case.reference}@common-ground.example",
        kind=BookingKind.MEDIATION,
        case=case,
        starts_at=moment(at),
        ends_at=moment(at) + LENGTH,
        room=town.venue.rooms[0],
        mediator=town.mediator,
        officer=town.officer,
        booked_at=moment(at) - timedelta(days=20),
    )
    bookings.keep(session, booking)


def planned(session: Session, case: Case) -> int:
    """How many meetings the whole plan places where only this case waits."""
    asked = planning.question(session, [case], now=TOLD)
    assert asked is not None
    return len(planner.plan(asked.instance, seconds=0, steps=5, seed=1).placements)


@pytest.mark.parametrize(
    ("spoil", "constraint", "sentence"),
    [
        pytest.param(
            needs_no_steps, "step-free", "No neutral venue that serves this authority is step-free.", id="step-free"
        ),
        pytest.param(
            needs("hearing_loop"),
            "hearing loop",
            "No venue that would do otherwise has a hearing loop.",
            id="hearing loop",
        ),
        pytest.param(
            needs("quiet_room"), "quiet room", "No venue that would do otherwise has a quiet room.", id="quiet room"
        ),
        pytest.param(needs("parking"), "parking", "No venue that would do otherwise has parking.", id="parking"),
        pytest.param(
            lives_far_away,
            "distance from the family",
            "Every venue that would do otherwise is too far from the family.",
            id="76 kilometres from the family",
        ),
        pytest.param(
            brings_many,
            "room for all who come",
            "No room that would do otherwise holds all who come.",
            id="a room for two",
        ),
        pytest.param(
            knows_the_school,
            "independent of the school",
            "Every mediator who would do otherwise has a conflict of interest with the school.",
            id="the mediator was a governor, however the school is written",
        ),
        pytest.param(
            knows_the_family,
            "independent of the family",
            "Every mediator who would do otherwise has a conflict of interest with the family.",
            id="the mediator is a neighbour",
        ),
        pytest.param(
            has_mediated_before,
            "no earlier case of the family",
            "Every mediator who would do otherwise has mediated an earlier case of this family.",
            id="the mediator sat in an earlier case of this family",
        ),
        pytest.param(
            sits_only_in_person(Mode.VIDEO),
            "sits from afar",
            "No mediator who would do otherwise sits by video or telephone.",
            id="by video, and the mediator does not",
        ),
        pytest.param(
            sits_only_in_person(Mode.TELEPHONE),
            "sits from afar",
            "No mediator who would do otherwise sits by video or telephone.",
            id="by telephone, and the mediator does not",
        ),
        pytest.param(
            speaks_another_language,
            "interpreter",
            "Nobody interprets the family's language, and no mediator who would do otherwise speaks it.",
            id="nobody interprets",
        ),
        pytest.param(
            is_away(ResourceKind.FAMILY),
            "family's other engagements",
            f"{NO_HOUR}the family has another appointment.",
            id="the family cannot come",
        ),
        pytest.param(
            is_away(ResourceKind.OFFICER),
            "officer's other engagements",
            f"{NO_HOUR}the authority's officer is busy.",
            id="the officer cannot come",
        ),
        pytest.param(
            is_away(ResourceKind.BOARD),
            "care board's other engagements",
            f"{NO_HOUR}the integrated care board is busy.",
            id="the care board cannot come",
        ),
        pytest.param(
            is_away(ResourceKind.MEDIATOR),
            "mediator free and not at a limit",
            f"{NO_HOUR}no mediator is free.",
            id="the mediator is busy",
        ),
        pytest.param(
            is_away(ResourceKind.ROOM), "room free", f"{NO_HOUR}no room is free.", id="the room is wanted by its owner"
        ),
        pytest.param(
            opens_on_saturdays, "venue open", f"{NO_HOUR}no room is free.", id="open on Saturdays, no working day"
        ),
        pytest.param(
            loses_accreditation,
            "mediator at work",
            f"{NO_HOUR}no mediator is free.",
            id="accreditation ends the day before",
        ),
        pytest.param(
            is_full_every_week,
            "mediator free and not at a limit",
            f"{NO_HOUR}no mediator is free.",
            id="one meeting in each week already",
        ),
        pytest.param(
            travels_no_farther,
            "mediator's reach",
            "Every venue that would do is too far for every mediator who would.",
            id="no farther than the mediator travels",
        ),
    ],
)
def test_a_constraint_that_nobody_meets_is_named_counted_and_obeyed_by_the_plan(  # noqa: PLR0917 - a table
    session: Session, barnet: Town, case: Case, spoil: Spoil, constraint: str, sentence: str
) -> None:
    assert planned(session, case) == 1
    spoil(session, barnet, case)
    session.flush()
    session.expire_all()

    assert slots.best(session, case, now=TOLD) == []

    explained = why.explain(session, case, now=TOLD)
    assert explained.sentence == sentence
    assert explained.tally is not None
    assert {one.constraint for one in explained.tally.excluded if one.first} >= {constraint}
    assert planned(session, case) == 0


@pytest.mark.parametrize("mode", [Mode.VIDEO, Mode.TELEPHONE])
def test_from_afar_no_room_is_needed(session: Session, barnet: Town, case: Case, mode: Mode) -> None:
    case.meets, barnet.venue.is_active = mode, False
    session.flush()

    [slot] = slots.best(session, case, now=TOLD, limit=1)

    assert (slot.mode, slot.room, planned(session, case)) == (mode, None, 1)
