"""A mediator's calendar, both ways: a private feed of their meetings, and their own busy times for us to heed."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.diary import calendars, feeds
from scheduling.models import Feed, Mediator, ReadCalendar, Role
from scheduling.outbox.calendar_addresses import LARGEST, Reader
from scheduling.refusals import Refused
from webapp import auth, exports
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import found
from webapp.console.feeds import made
from webapp.forms import CalendarAddress
from webapp.mediators.blueprint import mediators

WITHOUT_A_FILE = "Choose the calendar file"


@mediators.get("/mediator/calendar")
@staff_only(Role.MEDIATOR, compartment=Compartment.SERVICE, scope=Scope.OWN_ACCOUNT)
def own_calendar() -> ResponseReturnValue:
    """What their calendar reads of ours, and what we read of theirs."""
    with db.Reading() as session:
        return _page(session, CalendarAddress())


@mediators.post("/mediator/calendar/feed")
@staff_only(Role.MEDIATOR, compartment=Compartment.SERVICE, scope=Scope.OWN_ACCOUNT)
def make_own_feed() -> ResponseReturnValue:
    """Make a feed of one's own meetings, and show its address this once."""
    with db.Session.begin() as session:
        token = feeds.make(session, _mediator(session), now=clock.now())
        exports.note(session, "calendar feed", by=auth.actor())
    return made(token, back_to=url_for("mediators.own_calendar"))


@mediators.post("/mediator/calendar/feed/<id:feed_id>/revoke")
@staff_only(Role.MEDIATOR, compartment=Compartment.SERVICE, scope=Scope.OWN_ACCOUNT)
def revoke_own_feed(feed_id: int) -> ResponseReturnValue:
    """Take the address back at once."""
    with db.Session.begin() as session:
        own = select(Feed).where(Feed.id == feed_id, Feed.mediator_id == _mediator(session).id)
        feeds.revoke(found(session.scalar(own)), now=clock.now())
    return redirect(url_for("mediators.own_calendar"))


@mediators.post("/mediator/calendar/address")
@staff_only(Role.MEDIATOR, compartment=Compartment.SERVICE, scope=Scope.OWN_ACCOUNT)
def name_calendar() -> ResponseReturnValue:
    """Let the worker read this address from now on."""
    form = CalendarAddress(request.form)
    with db.Session.begin() as session:
        if form.validate():
            address = _over_https(str(form.address.data))
            try:
                Reader(hosts=current_app.config["SETTINGS"].calendar_hosts).must_be_allowed(address)
                calendars.subscribe(session, _mediator(session), address, now=clock.now())
            except Refused as refusal:
                form.address.errors = [str(refusal)]
        if form.errors:
            return _page(session, form), 422
    flash("The calendar is read within a minute, and again every half an hour.")
    return redirect(url_for("mediators.own_calendar"))


@mediators.post("/mediator/calendar/file")
@staff_only(Role.MEDIATOR, compartment=Compartment.SERVICE, scope=Scope.OWN_ACCOUNT)
def upload_calendar() -> ResponseReturnValue:
    """Keep the busy times of a file; read it before any transaction, since that takes a while."""
    given, now = request.files.get("file"), clock.now()
    content = given.stream.read(LARGEST + 1) if given is not None else b""
    try:
        times = calendars.busy_in(content, now=now) if content else None
    except Refused as refusal:
        return _refused(str(refusal))
    if times is None:
        return _refused(WITHOUT_A_FILE)
    with db.Session.begin() as session:
        calendars.upload(session, _mediator(session), times, now=now)
    flash(f"The calendar has been read: {len(times)} busy times in the next four months.")
    return redirect(url_for("mediators.own_calendar"))


@mediators.post("/mediator/calendar/<id:calendar_id>/forget")
@staff_only(Role.MEDIATOR, compartment=Compartment.SERVICE, scope=Scope.OWN_ACCOUNT)
def forget_calendar(calendar_id: int) -> ResponseReturnValue:
    """Read it no more, and forget what stood in it."""
    with db.Session.begin() as session:
        own = select(ReadCalendar).where(
            ReadCalendar.id == calendar_id, ReadCalendar.mediator_id == _mediator(session).id
        )
        calendars.forget(session, found(session.scalar(own)))
    return redirect(url_for("mediators.own_calendar"))


def _refused(sentence: str) -> ResponseReturnValue:
    with db.Reading() as session:
        return _page(session, CalendarAddress(), about_the_file=sentence), 422


def _page(session: Session, form: CalendarAddress, *, about_the_file: str = "") -> str:
    mediator = _mediator(session)
    return render_template(
        "mediators/calendar.html",
        feeds=feeds.of(session, mediator),
        calendars=calendars.of(session, mediator),
        form=form,
        about_the_file=about_the_file,
    )


def _mediator(session: Session) -> Mediator:
    """Who has signed in."""
    return found(session.scalar(select(Mediator).where(Mediator.staff_id == auth.current_staff().id)))


def _over_https(address: str) -> str:
    """Calendars write `webcal:` for an address that is really read by https."""
    for scheme in ("webcal://", "webcals://"):
        if address.lower().startswith(scheme):
            return "https://" + address[len(scheme) :]
    return address
