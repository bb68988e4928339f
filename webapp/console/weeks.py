"""A week of a venue, a mediator or all: what is free, held, booked or closed, and from a meeting the way to move it."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from scheduling import clock, db, london
from scheduling.diary import week
from scheduling.diary.week import Day, Row
from scheduling.models import Authority, Mediator, Venue
from scheduling.models.mediator import mediator_works_with
from scheduling.models.venue import venue_serves
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import LOOKS_THINGS_UP, console, found

MOST = 60
"""So many are read with ease; whoever has more chooses an authority."""
SATURDAY = 5
EARLIEST, LATEST = date(2014, 9, 1), date(2100, 1, 1)
"""Between which days a week can be asked for: further off lies only a mistake."""


@console.get("/calendar")
@staff_only(*LOOKS_THINGS_UP, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def calendar() -> ResponseReturnValue:
    """Every venue's week, or every mediator's, one below the other; narrowed to those who serve an authority."""
    chosen, monday = request.args.get("authority", ""), _monday()
    by = "mediator" if request.args.get("by") == "mediator" else "venue"
    with db.Reading() as session:
        authorities = session.scalars(_who_are_served(by)).all()
        rows, left_out = (_of_mediators if by == "mediator" else _of_venues)(session, chosen, monday)
    return render_template(
        "console/calendar.html",
        by=by,
        chosen=chosen,
        authorities=authorities,
        rows=rows,
        days=_days_of(rows, monday),
        left_out=left_out,
        **_around(monday),
    )


def _of_venues(session: Session, chosen: str, monday: date) -> tuple[list[Row], int]:
    """As many as a page holds, and how many are left out."""
    venues = session.scalars(_venues(chosen)).all()
    return week.of_venues(session, venues[:MOST], monday, now=clock.now()), max(len(venues) - MOST, 0)


def _of_mediators(session: Session, chosen: str, monday: date) -> tuple[list[Row], int]:
    mediators = session.scalars(_mediators(chosen)).all()
    return week.of_mediators(session, mediators[:MOST], monday, now=clock.now()), max(len(mediators) - MOST, 0)


def _venues(authority: str) -> Select[Venue]:
    whole = (selectinload(Venue.rooms), selectinload(Venue.hours), selectinload(Venue.closures))
    wanted = select(Venue).where(Venue.is_active).order_by(Venue.name).options(*whole)
    return wanted.where(Venue.serves.any(Authority.code == authority)) if authority else wanted


def _mediators(authority: str) -> Select[Mediator]:
    wanted = select(Mediator).where(Mediator.is_active).order_by(Mediator.name)
    wanted = wanted.options(selectinload(Mediator.hours), selectinload(Mediator.leave))
    return wanted.where(Mediator.works_with.any(Authority.code == authority)) if authority else wanted


def _who_are_served(by: str) -> Select[Authority]:
    """The authorities to choose from: those whom somebody here serves at all."""
    ids = select(mediator_works_with.c.authority_id if by == "mediator" else venue_serves.c.authority_id)
    return select(Authority).where(Authority.id.in_(ids)).order_by(Authority.name)


def _days_of(rows: Sequence[Row], monday: date) -> list[date]:
    """Monday to Friday, and the days beside them on which there is something."""
    known = {one.day for row in rows for one in row.days}
    week_days = [monday + timedelta(days=number) for number in range(week.DAYS)]
    return [day for day in week_days if day.weekday() < SATURDAY or day in known]


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
    return render_template("console/week.html", name=name, days=days, **_around(_monday()), **whose)


def _around(monday: date) -> dict[str, object]:
    """What every page of a week says: where it stands in time, and the ways to the next."""
    today = london.london_day(clock.now())
    return {
        "monday": monday,
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
        "this_week": week.first_day(today),
        "today": today,
        "now": clock.now(),
    }


def _monday() -> date:
    """The Monday of the week that is asked for, or of this one where nothing sensible is."""
    try:
        asked = date.fromisoformat(request.args.get("from", ""))
    except ValueError:
        asked = london.london_day(clock.now())
    return week.first_day(min(max(asked, EARLIEST), LATEST))
