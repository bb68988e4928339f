"""What the mediators' pages share: the blueprint, and a meeting within the visitor's own.

@mediators.get("/mediator/meetings/<id:booking_id>")
@staff_only(Role.MEDIATOR, compartment=Compartment.SHARED, scope=Scope.OWN_MEETINGS)
def meeting(booking_id): ... own_meeting(session, booking_id)
"""

from flask import Blueprint, abort
from sqlalchemy.orm import Session

from scheduling import clock
from scheduling.cases import whose
from scheduling.models import Booking
from webapp import auth

mediators = Blueprint("mediators", __name__)


def own_meeting(session: Session, booking_id: int) -> Booking:
    """The meeting, if it is the visitor's; another's answers like one that does not exist."""
    booking = whose.meeting_of_mediator(session, booking_id, auth.current_staff().id, now=clock.now())
    if booking is None:
        abort(404)
    return booking
