"""One meeting of a mediator: when, where and with whom; handing it back with a reason; and what became of it."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, db, london
from scheduling.cases import handing_back, relay, whose
from scheduling.cases import meeting as meetings
from scheduling.diary import attendance
from scheduling.models import Actor, ActorKind, AnsweredBy, Attends, Booking, Role
from scheduling.outbox import invites, messages, whereabouts
from scheduling.outbox.invites import Recipient
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.case_forms import Outcome, said_beside
from webapp.console.forms import Because
from webapp.console.meetings import certificate_due, record, what_is_next
from webapp.mediators.blueprint import mediators, own_meeting
from webapp.mediators.forms import ToTheFamily
from webapp.mediators.home import shown


@mediators.get("/mediator/meetings/<id:booking_id>")
@staff_only(Role.MEDIATOR, compartment=Compartment.SHARED, scope=Scope.OWN_MEETINGS)
def meeting(booking_id: int) -> ResponseReturnValue:
    """Everything that its mediator needs of it; before it the way to hand it back, after it what became of it."""
    with db.Reading() as session:
        booking = own_meeting(session, booking_id)
        outcome = Outcome(data={"ended_at": london.clock_24h(booking.ends_at)})
        return _page(session, booking, Because(), outcome)


@mediators.post("/mediator/meetings/<id:booking_id>/accept")
@staff_only(Role.MEDIATOR, compartment=Compartment.SHARED, scope=Scope.OWN_MEETINGS)
def accept(booking_id: int) -> ResponseReturnValue:
    """Say that one comes, as a calendar's answer would."""
    with db.Session.begin() as session:
        booking = own_meeting(session, booking_id)
        attendance.answer(session, booking, _invited(booking), Attends.YES, channel=AnsweredBy.LINK, now=clock.now())
    flash("Thank you. The coordinators see that you come.")
    return redirect(url_for("mediators.meeting", booking_id=booking_id))


@mediators.post("/mediator/meetings/<id:booking_id>/decline")
@staff_only(Role.MEDIATOR, compartment=Compartment.SHARED, scope=Scope.OWN_MEETINGS)
def decline(booking_id: int) -> ResponseReturnValue:
    """Hand the meeting back: somebody else takes it at the same time where there is one, else it moves."""
    form, now = Because(request.form), clock.now()
    with db.Session.begin() as session:
        booking = own_meeting(session, booking_id)
        if not form.validate():
            return _page(session, booking, form, Outcome()), 422
        move = handing_back.hand_back(session, booking, str(form.because.data), by=_actor(), now=now)
    if move.to is None:
        flash("Nobody else is free, and no other lawful time. A coordinator sees to it: until then it stands.")
    else:
        flash("You are no longer asked to take it. Everybody concerned will be told within a minute.")
    return redirect(url_for("mediators.home"))


@mediators.post("/mediator/meetings/<id:booking_id>/outcome")
@staff_only(Role.MEDIATOR, compartment=Compartment.SHARED, scope=Scope.OWN_MEETINGS)
def outcome(booking_id: int) -> ResponseReturnValue:
    """Write down who came and whether it is over. Never what was said."""
    form = Outcome(request.form)
    with db.Session.begin() as session:
        booking = own_meeting(session, booking_id)
        if form.validate():
            record(session, booking, form)
        if form.errors or form.form_errors:
            return _page(session, booking, Because(), form), 422
    flash(what_is_next(booking.case))
    return redirect(url_for("mediators.home"))


@mediators.post("/mediator/meetings/<id:booking_id>/write")
@staff_only(Role.MEDIATOR, compartment=Compartment.SHARED, scope=Scope.OWN_MEETINGS)
def write_to_the_family(booking_id: int) -> ResponseReturnValue:
    """Pass words on to the family, as far as its record allows; how it is reached stays with us."""
    form = ToTheFamily(request.form, prefix="family-")
    with db.Session.begin() as session:
        booking = own_meeting(session, booking_id)
        if booking.id not in whose.accepted(session, [booking]):
            abort(404)
        if form.validate():
            with said_beside(form, session):
                relay.pass_on(session, booking, form.words.data, by=_actor(), now=clock.now())
        if form.errors or form.form_errors:
            return _page(session, booking, Because(), Outcome(), to_the_family=form), 422
    flash("We pass it on. The answer comes to our coordinators, who pass it on to you.")
    return redirect(url_for("mediators.meeting", booking_id=booking_id))


def _actor() -> Actor:
    """As history writes it: the mediator, and who it was."""
    return Actor(ActorKind.MEDIATOR, auth.current_staff().id)


def _invited(booking: Booking) -> Recipient:
    """The mediator among those who are invited."""
    return next(who for who in invites.recipients(booking) if who.label == messages.THE_MEDIATOR)


def _has_accepted(session: Session, booking: Booking) -> bool:
    said = (place.answer for place in attendance.of(session, booking) if place.invited == _invited(booking))
    return any(answer is not None and answer.answer is Attends.YES for answer in said)


def _page(
    session: Session,
    booking: Booking,
    reason: Because,
    form: Outcome,
    *,
    to_the_family: ToTheFamily | None = None,
) -> str:
    return render_template(
        "mediators/meeting.html",
        meeting=shown(booking, has_taken_it=booking.id in whose.accepted(session, [booking])),
        directions=whereabouts.directions(booking),
        venue=None if booking.room is None else booking.room.venue,
        to_the_family=to_the_family or ToTheFamily(prefix="family-"),
        has_begun=booking.starts_at <= clock.now(),
        has_accepted=_has_accepted(session, booking),
        is_handed_back=handing_back.is_handed_back(session, booking),
        refused=to_the_family or (reason if reason.errors else None),
        handing_back=reason,
        form=form,
        recorded=meetings.of(session, booking),
        due=certificate_due(session, booking.case, booking),
    )
