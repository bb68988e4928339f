"""Who comes to a booked time: inviting everybody once more, and seeing to an answer that needs somebody."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from scheduling import clock, db
from scheduling.diary import attendance
from scheduling.models import Attendance, Booking
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import WORKS_ON_CASES, console, found
from webapp.console.cases import for_action


@console.post("/cases/<reference>/bookings/<id:booking_id>/invites")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def invite_again(reference: str, booking_id: int) -> ResponseReturnValue:
    """Send everybody the invite that they have already, or should have."""
    with db.Session.begin() as session:
        case = for_action(session, reference)
        booking = found(session.scalar(select(Booking).where(Booking.id == booking_id, Booking.case_id == case.id)))
        attendance.invite_again(session, booking, by=auth.actor(), now=clock.now())
    flash("The invites go out again within a minute. Calendars that have the entry show it once.")
    return redirect(url_for("console.case", reference=case.reference))


@console.post("/cases/<reference>/answers/<id:attendance_id>/seen")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def answer_seen(reference: str, attendance_id: int) -> ResponseReturnValue:
    """Somebody has spoken with the one who cannot come."""
    with db.Session.begin() as session:
        case = for_action(session, reference)
        of_the_case = select(Attendance).join(Attendance.booking).where(Booking.case_id == case.id)
        said = found(session.scalar(of_the_case.where(Attendance.id == attendance_id)))
        attendance.seen(said, by=auth.actor(), now=clock.now())
    flash("It is written down that you have seen to the answer.")
    return redirect(url_for("console.case", reference=case.reference))
