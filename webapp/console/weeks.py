"""A week of a venue or of a mediator: what is free, held, booked or closed, and from a meeting the way to move it."""

from datetime import date, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from scheduling import clock, db, london
from scheduling.diary import week
from scheduling.diary.week import Day
from scheduling.models import Mediator, Venue
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import LOOKS_THINGS_UP, console, found

EARLIEST, LATEST = date(2014, 9, 1), date(2100, 1, 1)
"""Between which days a week can be asked for: further off lies only a mistake."""


@console.get("/venues/<id:venue_id>/week")
@staff_only(*LOOKS_THINGS_UP, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def venue_week(venue_id: int) -> ResponseReturnValue:
    """The rooms of a venue, day by day."""
    whole = (selectinload(Venue.rooms), selectinload(Venue.hours), selectinload(Venue.closures))
    with db.Reading() as session:
        venue = found(session.scalar(select(Venue).where(Venue.id == venue_id).options(*whole)))
        return _page(venue.name, week.of_venue(session, venue, _monday(), now=clock.now()), venue=venue)


@console.get("/mediators/<id:mediator_id>/week")
@staff_only(*LOOKS_THINGS_UP, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def mediator_week(mediator_id: int) -> ResponseReturnValue:
    """A mediator, day by day."""
    whole = (selectinload(Mediator.hours), selectinload(Mediator.leave))
    with db.Reading() as session:
        mediator = found(session.scalar(select(Mediator).where(Mediator.id == mediator_id).options(*whole)))
        return _page(mediator.name, week.of_mediator(session, mediator, _monday(), now=clock.now()), mediator=mediator)


def _page(name: str, days: list[Day], **whose: object) -> str:
    monday, today = _monday(), london.london_day(clock.now())
    return render_template(
        "console/week.html",
        name=name,
        days=days,
        monday=monday,
        before=monday - timedelta(days=7),
        after=monday + timedelta(days=7),
        this_week=week.first_day(today),
        today=today,
        now=clock.now(),
        **whose,
    )


def _monday() -> date:
    """The Monday of the week that is asked for, or of this one where nothing sensible is."""
    try:
        asked = date.fromisoformat(request.args.get("from", ""))
    except ValueError:
        asked = london.london_day(clock.now())
    return week.first_day(min(max(asked, EARLIEST), LATEST))
