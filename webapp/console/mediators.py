"""Mediators: the list, and one mediator with hours, leave and diary."""

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from scheduling import clock, db, london
from scheduling.models import Authority, Booking, BookingStatus, Mediator
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import LOOKS_THINGS_UP, console, found
from webapp.console.cases import WITH_PLACE


@console.get("/mediators")
@staff_only(*LOOKS_THINGS_UP, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def mediator_list() -> ResponseReturnValue:
    """Every mediator who works with us, and how many meetings lie ahead."""
    now = clock.now()
    with db.Reading() as session:
        wanted = select(Mediator).where(Mediator.is_active).order_by(Mediator.name)
        rows = session.scalars(wanted.options(selectinload(Mediator.works_with), selectinload(Mediator.leave))).all()
        ahead = (
            select(Booking.mediator_id, func.count().label("number"))
            .where(Booking.status != BookingStatus.CANCELLED, Booking.ends_at > now, Booking.mediator_id.is_not(None))
            .group_by(Booking.mediator_id)
        )
        meetings = {row.mediator_id: row.number for row in session.execute(ahead)}
    return render_template(
        "console/mediators/list.html", mediators=rows, meetings=meetings, today=london.london_day(now)
    )


@console.get("/mediators/<id:mediator_id>")
@staff_only(*LOOKS_THINGS_UP, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def mediator(mediator_id: int) -> ResponseReturnValue:
    """One mediator: with whom, when, when not, and what is booked."""
    now = clock.now()
    everything = (
        selectinload(Mediator.works_with),
        selectinload(Mediator.hours),
        selectinload(Mediator.leave),
        selectinload(Mediator.conflicts),
    )
    with db.Reading() as session:
        mediator = found(session.scalar(select(Mediator).where(Mediator.id == mediator_id).options(*everything)))
        conflicting = session.scalars(
            select(Authority.name).where(Authority.id.in_([conflict.authority_id for conflict in mediator.conflicts]))
        ).all()
        diary = session.scalars(
            select(Booking)
            .where(Booking.mediator_id == mediator.id, Booking.status != BookingStatus.CANCELLED, Booking.ends_at > now)
            .order_by(Booking.starts_at)
            .options(*WITH_PLACE, joinedload(Booking.case))
        ).all()
    return render_template(
        "console/mediators/mediator.html",
        mediator=mediator,
        conflicting=conflicting,
        diary=diary,
        today=london.london_day(now),
    )
