from collections.abc import Callable
from datetime import UTC, date, time

import pytest
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.diary import bookings, search, slots, why
from scheduling.diary.slots import LENGTH, Slot
from scheduling.models import (
    SERVICE,
    Booking,
    BookingKind,
    Case,
    Closure,
    Conflict,
    Leave,
    ResourceKind,
    Room,
)
from tests import builders
from tests.builders import Town, moment

TOLD = moment("2026-11-23 10:25")


def first(session: Session, case: Case, now: str = "2026-11-23 10:25") -> Slot:
    return slots.best(session, case, now=moment(now), limit=1)[0]


def starts(found: list[Slot]) -> list[str]:
    return [f"{london.london(slot.starts_at):%Y-%m-%d %H:%M}" for slot in found]


def hours_on_1_december(session: Session, case: Case) -> list[str]:
    found = starts(slots.best(session, case, now=TOLD, limit=1000))
    return sorted(start.removeprefix("2026-12-01 ") for start in found if start.startswith("2026-12-01"))


def meet(session: Session, place: Town, at: str) -> Booking:
    """Another family's meeting, with the same officer, mediator and room."""
    case = builders.case(session, place, told="2026-11-23 09:00", number=None)
    booking = Booking(
        uid=f"b-{case.reference}@common-ground.example",
        kind=BookingKind.MEDIATION,
        case=case,
        starts_at=moment(at),
        ends_at=moment(at) + LENGTH,
        room=place.venue.rooms[0],
        mediator=place.mediator,
        officer=place.officer,
        booked_at=moment("2026-11-23 09:00"),
    )
    bookings.keep(session, booking)
    return booking


def test_told_on_23_november_the_first_lawful_day_is_1_december(session: Session, case: Case) -> None:
    found = slots.best(session, case, now=TOLD)

    assert starts(found) == ["2026-12-01 10:00", "2026-12-01 10:30", "2026-12-01 13:00"]


def test_a_slot_has_everybody_and_says_why(session: Session, barnet: Town, case: Case) -> None:
    slot = first(session, case)

    assert (slot.room, slot.mediator, slot.officer) == (barnet.venue.rooms[0], barnet.mediator, barnet.officer)
    assert slot.ends_at - slot.starts_at == LENGTH
    assert "which end on Wednesday 23 December 2026" in slot.reasons[0]
    assert slot.reasons[1] == "The family has five clear working days' notice."


def test_two_searches_of_the_same_diary_give_the_same_answer(session: Session, case: Case) -> None:
    assert slots.best(session, case, now=TOLD, limit=20) == slots.best(session, case, now=TOLD, limit=20)


def test_no_slot_lies_outside_the_window_or_on_a_day_off(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, told="2026-12-14 09:00")

    found = slots.best(session, case, now=moment("2026-12-14 09:00"), limit=1000)

    days = {london.london_day(slot.starts_at) for slot in found}
    assert min(days) == date(2026, 12, 22)
    assert max(days) == date(2027, 1, 13)
    assert days.isdisjoint({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)})
    assert date(2026, 12, 24) in days


def test_the_notice_is_counted_from_today_and_not_from_the_telling(session: Session, case: Case) -> None:
    assert starts([first(session, case, now="2026-12-01 16:00")]) == ["2026-12-09 10:00"]


def test_the_last_slots_are_those_after_which_nothing_could_be_booked(session: Session, case: Case) -> None:
    found = slots.best(session, case, now=TOLD, limit=1000)

    assert london.london_day(found[-1].starts_at) == date(2026, 12, 23)
    assert found[0].reasons[0].endswith("there would be time to book once more.")
    assert found[-1].reasons[0].endswith("the last chance.")


def test_the_hours_between_the_school_runs_come_first(session: Session, case: Case) -> None:
    found = slots.best(session, case, now=TOLD, limit=1000)

    kind = [london.london(slot.starts_at).time() in search.BETWEEN_SCHOOL_RUNS for slot in found]
    again = [slot.reasons[0].endswith("once more.") for slot in found]
    assert kind[: kind.index(False)] == [True] * (kind.index(False))
    assert again == sorted(again, reverse=True)
    assert any(not is_kind for is_kind in kind)


def test_a_meeting_lies_within_the_hours_of_the_venue(session: Session, barnet: Town, case: Case) -> None:
    for hours in barnet.venue.hours:
        hours.opens, hours.closes = (time(13), time(15)) if hours.weekday == 3 else (time(9), time(10))
    session.flush()

    assert starts(slots.best(session, case, now=TOLD, limit=3)) == [
        "2026-12-03 13:00",
        "2026-12-10 13:00",
        "2026-12-17 13:00",
    ]


def test_the_officer_cannot_be_in_two_meetings(session: Session, barnet: Town, case: Case) -> None:
    meet(session, barnet, "2026-12-01 10:00")
    barnet.venue.rooms.append(Room(name="Room 2"))
    builders.mediator(session, barnet.authority, "Noor")
    session.flush()

    assert hours_on_1_december(session, case)[0] == "12:00"

    builders.officer(session, barnet.authority, "Ada")
    session.flush()
    session.expire(barnet.authority)
    assert hours_on_1_december(session, case)[0] == "09:00"


@pytest.mark.parametrize(
    ("postcode", "first_start"),
    [
        pytest.param(None, "12:00", id="in the same house the next meeting may begin at once"),
        pytest.param("N3 2BB", "12:30", id="half an hour to another house, however near"),
        pytest.param("AL4 0AA", "12:30", id="20 kilometres are half an hour"),
        pytest.param("LU1 1AA", "13:00", id="34 kilometres are three quarters of an hour, and meetings begin at one"),
        pytest.param("OX1 1AA", "14:00", id="75 kilometres are an hour and three quarters"),
        pytest.param("ZZ9 9ZZ", "13:00", id="an hour where nobody knows how far it is"),
    ],
)
def test_a_mediator_needs_time_for_the_way_between_two_meetings(
    session: Session, barnet: Town, case: Case, postcode: str | None, first_start: str
) -> None:
    meet(session, barnet, "2026-12-01 10:00")
    builders.officer(session, barnet.authority, "Ada")
    if postcode is None:
        barnet.venue.rooms.append(Room(name="Room 2"))
    else:
        builders.venue(session, barnet.authority, "Annexe").postcode = postcode
        barnet.venue.is_active = False
    session.flush()
    session.expire(barnet.authority)

    assert hours_on_1_december(session, case)[0] == first_start


def test_a_room_needs_half_an_hour_between_two_meetings(session: Session, barnet: Town, case: Case) -> None:
    meet(session, barnet, "2026-12-01 10:00")
    builders.mediator(session, barnet.authority, "Noor")
    builders.officer(session, barnet.authority, "Ada")
    session.flush()
    session.expire(barnet.authority)

    assert hours_on_1_december(session, case)[0] == "12:30"


def test_a_mediator_sits_no_more_often_on_a_day_than_agreed(session: Session, barnet: Town, case: Case) -> None:
    barnet.mediator.meetings_a_day = 1
    meet(session, barnet, "2026-12-01 10:00")

    assert starts([first(session, case)]) == ["2026-12-02 10:00"]


def test_the_mediator_with_fewer_meetings_is_asked(session: Session, barnet: Town, case: Case) -> None:
    meet(session, barnet, "2026-12-03 10:00")
    noor = builders.mediator(session, barnet.authority, "Noor")
    session.flush()

    assert first(session, case).mediator is noor


def test_a_family_with_an_advice_appointment_is_not_asked_for_the_same_hour(
    session: Session, barnet: Town, case: Case
) -> None:
    appointment = Booking(
        uid="b-advice@common-ground.example",
        kind=BookingKind.ADVICE,
        case=case,
        starts_at=moment("2026-12-01 11:00"),
        ends_at=moment("2026-12-01 11:30"),
        adviser=barnet.adviser,
        booked_at=TOLD,
    )
    bookings.keep(session, appointment)

    assert starts([first(session, case)]) == ["2026-12-01 13:00"]


def test_ten_in_the_morning_stays_ten_across_the_clock_change(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, told="2027-03-08 09:00", opened="2027-03-08 09:00")
    barnet.venue.closures.append(
        Closure(first_day=date(2027, 3, 8), last_day=date(2027, 3, 24), reason="Painting", closed_at=TOLD)
    )
    session.flush()

    found = slots.best(session, case, now=moment("2027-03-08 09:00"), limit=1000)

    tens = [slot.starts_at for slot in found if london.london(slot.starts_at).time() == time(10)]
    before, after = min(tens), next(start for start in tens if london.london_day(start) == date(2027, 3, 30))
    assert f"{before.astimezone(UTC):%d %H:%M}" == "25 10:00"
    assert f"{after.astimezone(UTC):%d %H:%M}" == "30 09:00"
    assert date(2027, 3, 29) not in {london.london_day(slot.starts_at) for slot in found}


def test_ten_in_the_morning_stays_ten_when_the_clocks_go_back(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, told="2026-10-12 09:00", opened="2026-10-12 09:00")

    found = slots.best(session, case, now=moment("2026-10-12 09:00"), limit=1000)

    tens = {slot.starts_at.astimezone(UTC) for slot in found if london.london(slot.starts_at).time() == time(10)}
    assert {f"{ten:%d %H:%M}" for ten in tens} >= {"23 09:00", "26 10:00"}


def test_nobody_meets_at_christmas_and_the_days_between_are_found(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, told="2026-12-10 10:00", opened="2026-12-10 09:00")

    found = slots.best(session, case, now=moment("2026-12-10 10:00"), limit=1000)

    days = [f"{day:%d}" for day in sorted({london.london_day(slot.starts_at) for slot in found})]
    assert days == ["18", "21", "22", "23", "24", "29", "30", "31", "04", "05", "06", "07", "08"]


def close_venue(place: Town) -> None:
    place.venue.closures.append(
        Closure(first_day=date(2026, 11, 23), last_day=date(2026, 12, 23), reason="Flood", closed_at=TOLD)
    )


def send_mediator_away(place: Town) -> None:
    place.mediator.leave.append(Leave(first_day=date(2026, 11, 1), last_day=date(2026, 12, 31)))


def make_mediator_partial(place: Town) -> None:
    place.mediator.conflicts.append(Conflict(authority_id=place.authority.id, because="worked there until 2024"))


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        pytest.param(
            lambda place: setattr(place.venue, "owner", place.authority),
            "Every venue that serves this authority belongs to it, so none is neutral.",
            id="the council's own building is not neutral",
        ),
        pytest.param(
            lambda place: setattr(place.venue, "step_free", False),
            "No neutral venue that serves this authority is step-free.",
            id="the family needs step-free access",
        ),
        pytest.param(
            lambda place: place.venue.serves.clear(), "No venue serves this authority.", id="no venue in the area"
        ),
        pytest.param(
            lambda place: setattr(place.venue, "is_active", False),
            "No venue that serves this authority is in use.",
            id="the venue was given up",
        ),
        pytest.param(
            lambda place: setattr(place.mediator, "is_active", False),
            "No mediator who works with this authority is active.",
            id="the mediator has retired",
        ),
        pytest.param(
            lambda place: place.mediator.works_with.clear(),
            "No mediator works with this authority.",
            id="no mediator for the area",
        ),
        pytest.param(
            make_mediator_partial,
            "Every mediator who works with this authority has a conflict of interest with it.",
            id="the mediator is not independent of the council",
        ),
        pytest.param(
            lambda place: setattr(place.officer, "may_decide", False),
            "The authority has named no officer who has authority to decide.",
            id="regulation 38: nobody who may decide",
        ),
        pytest.param(
            lambda place: setattr(place.officer, "left_on", date(2026, 12, 1)),
            "At every lawful hour until Wednesday 23 December 2026 the authority's officer is busy.",
            id="the officer leaves before the first lawful day",
        ),
        pytest.param(
            close_venue,
            "At every lawful hour until Wednesday 23 December 2026 no room is free.",
            id="closed for the whole window",
        ),
        pytest.param(
            send_mediator_away,
            "At every lawful hour until Wednesday 23 December 2026 no mediator is free.",
            id="on leave for the whole window",
        ),
    ],
)
def test_without_a_slot_the_constraint_in_the_way_is_named(
    session: Session, barnet: Town, case: Case, spoil: Callable[[Town], None], sentence: str
) -> None:
    case.person.needs_step_free = True
    spoil(barnet)
    session.flush()
    session.expire_all()

    assert slots.best(session, case, now=TOLD) == []
    assert why.none(session, case, now=TOLD) == sentence


def test_when_notice_is_too_late_that_is_what_is_said(session: Session, case: Case) -> None:
    now = moment("2026-12-16 09:00")

    assert slots.best(session, case, now=now) == []
    assert why.none(session, case, now=now) == (
        "Five clear working days' notice can no longer be given before Wednesday 23 December 2026, "
        "when the 30 days end."
    )


def test_before_the_telling_no_day_is_lawful(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet)

    assert slots.best(session, case, now=TOLD) == []
    assert why.none(session, case, now=TOLD) == "The authority has not been told yet."


def test_a_meeting_that_moves_keeps_its_time_where_it_can(session: Session, barnet: Town, case: Case) -> None:
    booking = bookings.book(session, case, first(session, case), by=SERVICE, now=TOLD)
    annexe = builders.venue(session, barnet.authority, "Annexe")
    barnet.venue.is_active = False
    session.flush()

    slot = slots.best(session, case, now=TOLD, limit=1, moving=booking)[0]

    assert slot.starts_at == booking.starts_at
    assert slot.mediator is booking.mediator
    assert slot.room is annexe.rooms[0]


def test_everybody_is_busy_for_as_long_as_the_claims_say(session: Session, barnet: Town) -> None:
    booking = meet(session, barnet, "2026-12-01 10:00")

    spans = {claim.kind: (claim.starts_at, claim.ends_at) for claim in booking.claims}

    assert spans[ResourceKind.ROOM] == (moment("2026-12-01 09:45"), moment("2026-12-01 12:15"))
    assert spans[ResourceKind.MEDIATOR] == (moment("2026-12-01 10:00"), moment("2026-12-01 12:00"))
    assert spans[ResourceKind.FAMILY] == (moment("2026-12-01 10:00"), moment("2026-12-01 12:00"))
    assert spans[ResourceKind.OFFICER] == (moment("2026-12-01 10:00"), moment("2026-12-01 12:00"))
