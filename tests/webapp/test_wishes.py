"""How and when to meet is written down in the console, and the next search heeds it."""

import pytest
from sqlalchemy import select

from scheduling import db, london
from scheduling.diary import slots
from scheduling.models import Booking, Busy, Case, Message, Mode
from tests.builders import Town
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW, Told


def best(reference: str) -> str:
    """The best time for a case, on London's clock, and how people would meet."""
    with db.Reading() as session:
        case = session.scalars(select(Case).where(Case.reference == reference)).one()
        [slot] = slots.best(session, case, now=NOW, limit=1)
        return f"{london.london(slot.starts_at):%H:%M}, {slot.mode}"


def test_a_family_that_wants_to_meet_by_video_in_the_afternoon_is_found_such_a_time(
    coordinator: Browser, told: Told
) -> None:
    assert best(told.waiting).endswith("in person")
    coordinator.opens(f"/cases/{told.waiting}/wishes")

    page = coordinator.presses("Write the wishes down", mode="by video", prefers="afternoon", travels_km="20")

    assert "The wishes are written down" in page.text
    assert best(told.waiting) == "13:00, by video"
    assert (
        dict(coordinator.opens(f"/cases/{told.waiting}/wishes").form("Write the wishes down").fields)["travels_km"]
        == "20"
    )


@pytest.mark.parametrize("who", ["the family", "the officer"])
def test_no_search_finds_a_time_at_which_somebody_cannot_come(
    coordinator: Browser, told: Told, town: Town, who: str
) -> None:
    with db.Reading() as session:
        case = session.scalars(select(Case).where(Case.reference == told.waiting)).one()
        [before] = slots.best(session, case, now=NOW, limit=1)
    day = london.london_day(before.starts_at)
    coordinator.opens(f"/cases/{told.waiting}/wishes")
    chosen = f"officer-{town.officer.id}" if who == "the officer" else who

    coordinator.presses(
        "Add this time",
        **{"who": chosen, "day-day": str(day.day), "day-month": str(day.month), "day-year": str(day.year)},
        starts="9:00",
        ends="17:00",
    )

    with db.Reading() as session:
        case = session.scalars(select(Case).where(Case.reference == told.waiting)).one()
        assert london.london_day(slots.best(session, case, now=NOW, limit=1)[0].starts_at) != day
    coordinator.presses("Remove")
    with db.Reading() as session:
        assert session.scalars(select(Busy)).all() == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        pytest.param({"starts": "17:00", "ends": "9:00"}, "The end must be later than the beginning", id="backwards"),
        pytest.param({"starts": "noon", "ends": "13:00"}, "Enter the time as on a 24-hour clock", id="in words"),
        pytest.param({"starts": "9:00", "ends": "10:00", "who": "999"}, "Choose who cannot come", id="a stranger"),
    ],
)
def test_a_time_that_cannot_be_is_refused_in_a_sentence(
    coordinator: Browser, told: Told, typed: dict[str, str], sentence: str
) -> None:
    coordinator.opens(f"/cases/{told.waiting}/wishes")
    day = {"day-day": "2", "day-month": "12", "day-year": "2026"}

    page = coordinator.presses("Add this time", **{"who": "the family", **day, **typed})

    assert page.status == 422
    assert sentence in page.text


def test_everybody_hears_how_to_join_a_meeting_from_afar(coordinator: Browser, told: Told) -> None:
    with db.Session.begin() as session:
        booking = session.get_one(Booking, told.booking)
        booking.mode, booking.room = Mode.VIDEO, None
        sequence = booking.sequence
    coordinator.opens(f"/cases/{told.booked}/wishes")

    coordinator.presses("Tell everybody", words="https://video.example/12345")

    with db.Reading() as session:
        newest = session.scalars(select(Message).where(Message.calendar.is_not(None)).order_by(Message.id.desc()))
        told_last = newest.first()
        assert told_last is not None
        assert f"SEQUENCE:{sequence + 1}" in str(told_last.calendar)
        assert "video.example" in str(told_last.calendar).replace("\r\n ", "")
