"""Changing or calling off the meeting: what it means is said first, then the answers are checked, then it is done."""

from flask import flash, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import clock, db, london
from scheduling.cases import changing, decline
from scheduling.diary import bookings
from scheduling.models import FAMILY, Booking, BookingKind, ContactChannel
from scheduling.reference import calendar
from webapp import visiting
from webapp.auth import by_code
from webapp.compartments import Compartment
from webapp.console import clocks
from webapp.parties.blueprint import parties, phone
from webapp.parties.forms import ANOTHER_TIME, NO_MEDIATION, ChangeForm
from webapp.visiting import Mine

NO_REASON = "The family cannot come at this time."
CHANGED = "Your meeting has changed since you opened the page, so nothing was done now. Look at it again."
NO_OTHER = "There is no other time in your 30 days, so your meeting stays as it is. We will ring you about it."


@parties.get("/my-case/change")
@by_code(Compartment.SHARED)
def change() -> ResponseReturnValue:
    """What a change means for the 30 days and for the certificate. It changes nothing."""
    with db.Reading() as session:
        mine = visiting.must_be_open(visiting.deciding(session))
        return _page("parties/change.html", session, mine, ChangeForm())


@parties.post("/my-case/change")
@by_code(Compartment.SHARED)
def say_change() -> ResponseReturnValue:
    """Keep the answers in this browser until they have been checked; nothing else is done."""
    form = ChangeForm(request.form)
    with db.Reading() as session:
        mine = visiting.must_be_open(visiting.deciding(session))
        if not form.validate():
            return _page("parties/change.html", session, mine, form), 422
    browser[visiting.UNSENT] = {"wish": form.wish.data, "because": form.because.data}
    return redirect(url_for("parties.check_change"), 303)


@parties.get("/my-case/change/check")
@by_code(Compartment.SHARED)
def check_change() -> ResponseReturnValue:
    """The answers once more, before anything is done; a page of its own, so that the way back works."""
    form = ChangeForm(data=browser.get(visiting.UNSENT, {}))
    if not form.wish.data:
        return redirect(url_for("parties.change"), 303)
    with db.Reading() as session:
        mine = visiting.must_be_open(visiting.deciding(session))
        return _page("parties/check_change.html", session, mine, form)


@parties.post("/my-case/change/confirm")
@by_code(Compartment.SHARED)
def confirm_change() -> ResponseReturnValue:
    """Do it, once: the page says of which meeting it spoke, and another is left alone."""
    said = browser.pop(visiting.UNSENT, {})
    wish, because = said.get("wish"), said.get("because")
    with db.Session.begin() as session:
        mine = visiting.must_be_open(visiting.deciding(session))
        booking = _booking(session, mine)
        if wish is None or request.form.get("meeting", "") != _name(booking):
            flash(CHANGED)
        elif wish == NO_MEDIATION:
            flash(_no_mediation(session, mine, because))
        elif booking is not None:
            flash(_another_time(session, booking, because or NO_REASON))
    return redirect(url_for("parties.status"), 303)


def _no_mediation(session: Session, mine: Mine, because: str | None) -> str:
    now, case = clock.now(), mine.case
    decline.say_no(session, case, by=FAMILY, said_at=now, now=now, channel=ContactChannel.PAGE)
    if because:
        case.record("The family said why it does not want mediation", why=because, by=FAMILY, now=now)
    return "We have written down that you do not want mediation. You can change your mind: call us."


def _another_time(session: Session, booking: Booking, because: str) -> str:
    before = booking.starts_at
    offered = changing.another_time(session, booking, because=because, now=clock.now())
    if offered:
        return "Your meeting is called off, and we have found other times for you. Choose one below."
    if booking.starts_at == before:
        return NO_OTHER
    return f"Your meeting is now on {london.written(booking.starts_at)}. Everybody who comes will be told."


def _page(template: str, session: Session, mine: Mine, form: ChangeForm) -> str:
    booking = _booking(session, mine)
    day = clocks.of(mine.case, calendar.working_days(session), today=london.london_day(clock.now()))
    return render_template(
        template,
        form=form,
        case=mine.case,
        booking=booking,
        meeting=_name(booking),
        clock=day,
        another_time=ANOTHER_TIME,
        phone=phone(),
    )


def _booking(session: Session, mine: Mine) -> Booking | None:
    """The meeting that is to come; not joined, as it is locked before it changes."""
    kept = bookings.of(session, mine.case, BookingKind.MEDIATION)
    if kept is None or kept.starts_at <= clock.now():
        return None
    return session.scalars(select(Booking).where(Booking.id == kept.id)).one()


def _name(booking: Booking | None) -> str:
    """Names a meeting as it stands, so that a page that is old acts on no other."""
    return "" if booking is None else f"{booking.id}-{booking.sequence}"
