"""A coordinator looks at a whole plan, books all of it or a part, or passes it over; the command line proposes one."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from scheduling import db
from scheduling.cases import whole_plan
from scheduling.diary import slots
from scheduling.jobs import timetable
from scheduling.models import SERVICE, Booking, BookingKind, Case, Person, Proposal, ProposedPlace, ProposedState
from tests import builders
from tests.webapp.browser import Browser, Page
from tests.webapp.conftest import NOW, Told
from webapp.cli import commands
from webapp.settings import Settings

TONIGHT = builders.moment("2026-11-25 02:30")


@pytest.fixture
def proposal(told: Told) -> int:
    """A plan for the case that waits and another one."""
    with db.Session.begin() as session:
        first = session.scalars(select(Case).where(Case.reference == told.waiting)).one()
        officer = first.tellings[0].officer
        other = Case(
            reference="20000008",
            person=Person(name="Lee", may_text=False),
            authority=first.authority,
            opened_at=NOW,
            mediation_wanted_at=NOW,
            issues="Speech therapy",
        )
        builders.tell(other, officer, "2026-11-23 12:00")
        session.add(other)
        session.flush()
        found = whole_plan.find(whole_plan.read(session, now=NOW), seconds=0.1)
        return whole_plan.write(session, found, by=SERVICE, now=NOW).id


def places(proposal: int) -> list[tuple[int, ProposedState]]:
    with db.Reading() as session:
        wanted = select(ProposedPlace).where(ProposedPlace.proposal_id == proposal).order_by(ProposedPlace.id)
        return [(place.id, place.state) for place in session.scalars(wanted)]


def booked() -> int | None:
    with db.Reading() as session:
        return session.scalar(select(func.count(Booking.id)).where(Booking.kind == BookingKind.MEDIATION))


def sends(browser: Browser, what: str, *chosen: int) -> Page:
    form = browser.opens("/plan").form("Book all of them")
    return browser.sends(form.action, [*form.fields, ("what", what), *(("place", str(one)) for one in chosen)])


def test_before_there_is_a_plan_the_page_says_how_one_comes(coordinator: Browser, told: Told) -> None:
    assert "No plan has been made yet" in coordinator.opens("/plan").text


def test_the_comparison_is_shown_and_everything_booked_at_once(coordinator: Browser, proposal: int) -> None:
    page = coordinator.opens("/plan")
    assert "This plan places 2" in page.text
    assert "More than this nobody could place 2" in page.text
    before = booked() or 0

    page = sends(coordinator, "all")

    assert "2 booked" in page.text
    assert booked() == before + 2
    assert [state for _one, state in places(proposal)] == [ProposedState.BOOKED] * 2


def test_a_part_can_be_booked_and_the_rest_passed_over(coordinator: Browser, proposal: int) -> None:
    (first, _), (second, _) = places(proposal)

    assert "1 booked" in sends(coordinator, "chosen", first).text
    page = sends(coordinator, "pass over", second)

    assert "1 passed over" in page.text
    assert places(proposal) == [(first, ProposedState.BOOKED), (second, ProposedState.PASSED_OVER)]


@pytest.fixture
def move(proposal: int) -> tuple[int, int]:
    """The first of the two is booked by now, and would move for the second: the place to move to, and the booking."""
    (first, _), _second = places(proposal)
    with db.Session.begin() as session:
        booking = whole_plan.accept(session, first, by=SERVICE, now=NOW)
        assert booking is not None
        other = slots.best(session, booking.case, now=NOW, limit=3, moving=booking)[-1]
        waiting = session.scalars(select(ProposedPlace).where(ProposedPlace.state == ProposedState.PROPOSED)).one()
        moving = ProposedPlace(
            case=booking.case,
            starts_at=other.starts_at,
            mode=other.mode,
            room=other.room,
            mediator=other.mediator,
            officer=other.officer,
            booking=booking,
            for_case=waiting.case,
            was_at=booking.starts_at,
            was_mode=booking.mode,
            was_room=booking.room,
            was_mediator=booking.mediator,
        )
        second = whole_plan.write(session, whole_plan.NOBODY_WAITS, by=SERVICE, now=NOW)
        second.places = [moving]
        session.flush()
        return moving.id, booking.id


def test_a_booked_meeting_moves_only_where_it_was_chosen_itself(coordinator: Browser, move: tuple[int, int]) -> None:
    moving, booking = move
    page = coordinator.opens("/plan")
    form = page.form("Book and move the chosen")
    assert "Booked meetings that would move" in page.text
    assert "Makes room for" in page.text
    assert "#bookings" in page.html

    refused = coordinator.sends(form.action, [*form.fields, ("what", "all")])
    with db.Reading() as session:
        assert (refused.status, session.get_one(Booking, booking).sequence) == (422, 0)
    page = coordinator.sends(form.action, [*form.fields, ("what", "chosen"), ("place", str(moving))])

    assert "1 booked or moved" in page.text
    assert "Moved. Before: " in page.text
    with db.Reading() as session:
        kept, place = session.get_one(Booking, booking), session.get_one(ProposedPlace, moving)
        assert (kept.sequence, kept.starts_at) == (1, place.starts_at)


def test_nothing_chosen_is_said_and_nothing_is_booked(coordinator: Browser, proposal: int) -> None:
    page = sends(coordinator, "chosen")

    assert page.status == 422
    assert "Choose at least one case" in page.text
    assert [state for _one, state in places(proposal)] == [ProposedState.PROPOSED] * 2


def test_a_plan_is_proposed_once_a_night_and_books_nothing(app: Flask, told: Told) -> None:
    before = booked()

    for minutes in (0, 10):
        timetable.plan_the_night(TONIGHT + timedelta(minutes=minutes))
    timetable.plan_the_night(NOW)

    with db.Reading() as session:
        nights = session.scalars(select(Proposal.night)).all()
    assert nights == [TONIGHT.date()]
    assert booked() == before


def plans(settings: Settings, monkeypatch: pytest.MonkeyPatch, *options: str) -> Result:
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("DEMO_CLOCK_OFFSET", str(settings.demo_clock_offset))
    db.Session.kw["bind"].dispose()  # a command opens the database anew
    return CliRunner().invoke(commands, ["plan", "--seconds", "0.1", *options], catch_exceptions=False)


def test_a_dry_run_shows_the_plan_and_writes_nothing_down(
    settings: Settings, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = plans(settings, monkeypatch, "--dry-run")

    assert "1 of 1 cases placed; 1 one by one; more than 1 nobody could place." in result.output
    assert told.waiting in result.output
    with db.Reading() as session:
        assert session.scalars(select(Proposal)).all() == []


def test_the_command_proposes_and_tells_machines_the_same(
    settings: Settings, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = plans(settings, monkeypatch, "--json", "--move-booked")

    said = json.loads(result.stdout)
    assert said["moves"] == []
    assert (said["placed"], said["at_most"], [place["case"] for place in said["places"]]) == (1, 1, [told.waiting])
    with db.Reading() as session:
        assert len(session.scalars(select(Proposal)).all()) == 1
