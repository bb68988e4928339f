"""Times that need the family's agreement: which there are, what is asked, and what it answered on the telephone.

Choosing a time books nothing. It is booked by the family's stored yes, by text or as somebody heard it.
"""

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, db, london
from scheduling.cases import by_hand, short_notice
from scheduling.cases.short_notice import Outcome
from scheduling.diary import consents
from scheduling.diary.slots import Slot
from scheduling.law import window
from scheduling.law.window import Notice
from scheduling.models import Booking, Case
from scheduling.outbox.wording import texts
from scheduling.reference import calendar
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console import bookings
from webapp.console.blueprint import WORKS_ON_CASES, console
from webapp.console.bookings import NoLongerFree
from webapp.console.case_forms import AskedAboutNotice, said_beside
from webapp.console.cases import for_action, with_reference
from webapp.console.choices import Choice, choice_of

LOOKED_AT = 200
GONE = "This time is no longer free. Nothing was changed. Choose another"


@console.get("/cases/<reference>/short-notice")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def short_notice_times(reference: str) -> ResponseReturnValue:
    """The best time of each day for which it is too late to give full notice, and what the family was asked so far."""
    if "chosen" in request.args:
        return _times_page(reference, problem="Choose a time"), 422
    return _times_page(reference)


@console.get("/cases/<reference>/short-notice/ask")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def ask_about_notice_form(reference: str) -> ResponseReturnValue:
    """The words that are put to the family, and how."""
    key = request.args.get("slot", "")
    if not key:
        return redirect(url_for("console.short_notice_times", reference=reference, chosen="none"))
    try:
        with db.Reading() as session:
            case = with_reference(session, reference)
            choice = _chosen(session, case, key)
            return _ask_page(session, case, choice, AskedAboutNotice())
    except NoLongerFree:
        return _times_page(reference, problem=GONE), 409


@console.post("/cases/<reference>/short-notice/ask")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def ask_about_notice(reference: str) -> ResponseReturnValue:
    """Ask by text, or write down what the family said and book the time on its yes."""
    form, said = AskedAboutNotice(request.form), ""
    try:
        with db.Session.begin() as session:
            case = for_action(session, reference)
            choice = _chosen(session, case, request.form.get("slot", ""))
            if form.validate():
                with said_beside(form, session):
                    said = _act(session, case, choice.slot, form, now=clock.now())
            page = "" if said else _ask_page(session, case, choice, form)
    except NoLongerFree:
        return _times_page(reference, problem=GONE), 409
    if page:
        return page, 422
    flash(said)
    return redirect(url_for("console.case", reference=case.reference))


def _times_page(reference: str, *, problem: str = "") -> str:
    now = clock.now()
    with db.Reading() as session:
        case = with_reference(session, reference)
        booking = bookings.live(session, case)
        choices = _of_each_day(session, case, booking, now=now)
        return render_template(
            "console/bookings/short_notice.html",
            case=case,
            booking=booking,
            choices=[(choice, _notice(session, choice.slot, now=now)) for choice in choices],
            asked=consents.of(session, case),
            problem=problem,
        )


def _act(session: Session, case: Case, slot: Slot, form: AskedAboutNotice, *, now: datetime) -> str:
    if form.how.data == AskedAboutNotice.BY_TEXT:
        short_notice.ask_by_text(session, case, slot, by=auth.actor(), now=now)
        return "The family is asked by text. The time is booked when its YES comes, if it is still free."
    agrees = form.how.data == AskedAboutNotice.SAID_YES
    return _became(
        short_notice.record_spoken(
            session, case, slot, agrees=agrees, because=form.because.data, by=auth.actor(), now=now
        )
    )


def _became(outcome: Outcome) -> str:
    if outcome.booking is not None:
        return "The family's agreement is kept and the meeting is booked. Everybody concerned will be told."
    if outcome.why_not is not None:
        return f"The family's agreement is kept, but the time could not be booked. {outcome.why_not}"
    return "It is written down that the family does not agree. Nothing was booked."


def _ask_page(session: Session, case: Case, choice: Choice, form: AskedAboutNotice) -> str:
    return render_template(
        "console/bookings/ask_about_notice.html",
        case=case,
        choice=choice,
        form=form,
        why_no_text=by_hand.why_not(session, case),
        to_say=short_notice.to_say(session, choice.slot),
        to_write=texts.short_notice(choice.slot.starts_at),
    )


def _notice(session: Session, slot: Slot, *, now: datetime) -> Notice:
    days = calendar.working_days(session)
    return window.notice_of(london.london_day(slot.starts_at), days, given_on=london.london_day(now))


def _of_each_day(session: Session, case: Case, moving: Booking | None, *, now: datetime) -> list[Choice]:
    """The later the day, the more notice the family has: so the last comes first."""
    best = short_notice.best(session, case, now=now, limit=LOOKED_AT, moving=moving)
    of_a_day = {london.london_day(slot.starts_at): slot for slot in reversed(best)}
    return [choice_of(of_a_day[day]) for day in sorted(of_a_day, reverse=True)]


def _chosen(session: Session, case: Case, key: str) -> Choice:
    now, moving = clock.now(), bookings.live(session, case)
    for slot in short_notice.best(session, case, now=now, limit=LOOKED_AT, moving=moving):
        choice = choice_of(slot)
        if choice.key == key:
            return choice
    raise NoLongerFree
