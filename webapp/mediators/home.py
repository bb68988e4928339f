"""A mediator's meetings: when, where, with which authority, and the first name of whoever comes for the family."""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from flask.typing import ResponseReturnValue

from scheduling import clock, db
from scheduling.cases import whose
from scheduling.models import Booking, Role
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.mediators.blueprint import mediators


@dataclass(frozen=True, kw_only=True)
class MediatorsMeeting:
    """A meeting as far as its mediator needs it. What a family has said is not in it, nor how it is reached."""

    booking_id: int
    reference: str
    starts_at: datetime
    ends_at: datetime
    place: str
    authority: str
    officer: str | None
    family: str | None
    """A first name, to greet somebody by; None until the meeting has been taken."""


@mediators.get("/mediator")
@staff_only(Role.MEDIATOR, compartment=Compartment.SHARED, scope=Scope.OWN_MEETINGS)
def home() -> ResponseReturnValue:
    """What is to come, and what was lately."""
    now = clock.now()
    with db.Reading() as session:
        theirs = whose.meetings_of_mediator(session, auth.current_staff().id, now=now)
        taken = whose.accepted(session, theirs)
        meetings = [shown(booking, has_taken_it=booking.id in taken) for booking in theirs]
    return render_template(
        "mediators/home.html",
        coming=[meeting for meeting in meetings if meeting.ends_at > now],
        been=[meeting for meeting in meetings if meeting.ends_at <= now],
    )


def shown(booking: Booking, *, has_taken_it: bool) -> MediatorsMeeting:
    """The meeting as its mediator sees it."""
    first_name = (booking.case.person.name or "").partition(" ")[0] or "Name not known"
    case = booking.case
    return MediatorsMeeting(
        booking_id=booking.id,
        reference=case.reference,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        place=booking.place,
        authority=case.authority.name if case.authority is not None else "",
        officer=booking.officer.name if booking.officer is not None else None,
        family=first_name if has_taken_it else None,
    )
