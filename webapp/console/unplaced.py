"""Cases without a time: what stands in the way of each, what would open one, and doing it with a reason.

A look changes nothing. What somebody has allowed is written down on a page of its own, which says what it changes and
asks who allowed it; then the case's times are shown, to be booked or offered.
"""

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from scheduling import clock, db, london
from scheduling.cases import leeway
from scheduling.diary import holds, relaxations, why
from scheduling.diary.relaxations import Change, Relaxation
from scheduling.models import Booking, Case
from scheduling.reference import calendar
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console import clocks, openings
from webapp.console.blueprint import READS_CASES, WORKS_ON_CASES, console
from webapp.console.case_forms import AllowedBySomebody, said_beside
from webapp.console.cases import for_action, page_number, with_reference
from webapp.console.clocks import DayClock
from webapp.console.openings import WhyNot

A_PAGE = 10
"""So many are explained at once: each is searched through and through."""


@dataclass(frozen=True)
class Unplaced:
    """A case that waits for a time."""

    case: Case
    clock: DayClock | None
    why_not: WhyNot | None
    """None while its parties choose between times that are held."""


@dataclass(frozen=True)
class Step:
    """What a change does, for the page that makes it."""

    title: str
    does: str
    hint: str
    for_one_time: bool = True
    """Whether it is allowed for one time alone, which is then chosen."""


STEPS = {
    Change.FARTHER: Step(
        "The family comes farther",
        "The family's record says how far it comes. Ask the family first. Nothing is sent.",
        "For example, “Sam rang: with a taxi 40 km is all right”.",
        for_one_time=False,
    ),
    Change.VIDEO: Step(
        "Meet by video",
        "The case's wishes say that everybody meets by video. Ask the family first. Nothing is sent.",
        "For example, “Sam would rather meet by video than wait”.",
        for_one_time=False,
    ),
    Change.TELEPHONE: Step(
        "Meet by telephone",
        "The case's wishes say that everybody meets by telephone. Ask the family first. Nothing is sent.",
        "For example, “Sam would rather meet by telephone than wait”.",
        for_one_time=False,
    ),
    Change.A_DAY: Step(
        "The mediator takes one more meeting on a day",
        "The mediator's own page says one meeting a day more, until somebody changes it back. Nothing is sent.",
        "For example, “Morgan can take a third meeting that day”.",
    ),
    Change.A_WEEK: Step(
        "The mediator takes one more meeting in a week",
        "The mediator's own page says one meeting a week more, until somebody changes it back. Nothing is sent.",
        "For example, “Morgan can take one more that week”.",
    ),
    Change.LEAVE: Step(
        "The mediator works on a day of leave",
        "That day is taken out of the mediator's leave. Nothing is sent.",
        "For example, “Morgan flies on Thursday only”.",
    ),
    Change.OFFICER: Step(
        "The officer can come after all",
        "What we were told of the officer's other engagement at that time is taken back. Nothing is sent.",
        "For example, “Olu rang: the panel is put off”.",
    ),
    Change.SATURDAY: Step(
        "Meet on a Saturday",
        "The venue and the mediator are written down as open at that hour on Saturdays, and the meeting is booked at "
        "once: everybody is told. Ask the family, the officer, the venue and the mediator first.",
        "For example, “all four agreed by telephone, the caretaker opens”.",
    ),
}


@console.get("/unplaced")
@staff_only(*READS_CASES, compartment=Compartment.SHARED, scope=Scope.CASES)
def unplaced() -> ResponseReturnValue:
    """Every case that waits for a time, the one whose 30 days end first in front."""
    page, now = page_number(request.args.get("page", "")), clock.now()
    with db.Reading() as session:
        days, today = calendar.working_days(session), london.london_day(now)
        waiting = leeway.unplaced(session, now=now)
        begin = (page - 1) * A_PAGE
        rows = [
            Unplaced(case, clocks.of(case, days, today=today), _why_not(session, case))
            for case in waiting[begin : begin + A_PAGE]
        ]
        return render_template(
            "console/unplaced.html", rows=rows, page=page, total=len(waiting), has_more=len(waiting) > begin + A_PAGE
        )


@console.get("/cases/<reference>/leeway/<change>")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def leeway_form(reference: str, change: str) -> ResponseReturnValue:
    """What this change does and which times it opens, and who allows it."""
    with db.Reading() as session:
        case = with_reference(session, reference)
        return _step_page(session, case, _change(change), AllowedBySomebody())


@console.post("/cases/<reference>/leeway/<change>")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def give_leeway(reference: str, change: str) -> ResponseReturnValue:
    """Make the change, and show the times that are open now."""
    wanted, form, booking = _change(change), AllowedBySomebody(request.form), None
    with db.Session.begin() as session:
        case = for_action(session, reference)
        opens = relaxations.by(session, case, wanted, now=clock.now())
        form.time.choices = _times(opens)
        if opens is None:
            form.form_errors.append(str(leeway.OpensNothing()))
        elif form.validate():
            with said_beside(form, session):
                booking = _give(session, case, opens, form)
        if form.errors:
            return _step_page(session, case, wanted, form, opens=opens), 422
    if booking is not None:
        flash("The meeting is booked. Everybody concerned will be told within a minute.")
        return redirect(url_for("console.case", reference=case.reference))
    flash(
        "It is written down, and these times are open now. Book one or offer several: a case that never had a meeting "
        "is booked by the service itself within a minute."
    )
    return redirect(url_for("console.slots_for", reference=case.reference))


@console.get("/cases/<reference>/ask-the-officer")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def ask_the_officer_form(reference: str) -> ResponseReturnValue:
    """Whom we would ask, about which times."""
    with db.Reading() as session:
        case = with_reference(session, reference)
        opens = relaxations.by(session, case, Change.OFFICER, now=clock.now())
        return render_template("console/bookings/ask_the_officer.html", case=case, opens=opens)


@console.post("/cases/<reference>/ask-the-officer")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def ask_the_officer(reference: str) -> ResponseReturnValue:
    """Write to the officer."""
    with db.Session.begin() as session:
        case = for_action(session, reference)
        leeway.ask_the_officer(session, case, by=auth.actor(), now=clock.now())
    flash("The officer is asked by mail within a minute. Write the answer down on the page of wishes.")
    return redirect(url_for("console.slots_for", reference=reference))


def _why_not(session: Session, case: Case) -> WhyNot | None:
    if holds.of(session, case):
        return None
    return openings.of(case, why.explain(session, case, now=clock.now()))


def _change(typed: str) -> Change:
    """The change of an address; one that is not ours, or has a page of its own, answers as no such page."""
    known = next((change for change in STEPS if change.value == typed), None)
    return abort(404) if known is None else known


def _times(opens: Relaxation | None) -> list[SelectChoice]:
    found = () if opens is None else opens.slots
    return [
        SelectChoice(
            slot.starts_at.isoformat(),
            f"{london.written_day(london.london_day(slot.starts_at))}, "
            f"{london.written_hours(slot.starts_at, slot.ends_at)}, {slot.place}, "
            f"with {slot.mediator.name} and {slot.officer.name}",
        )
        for slot in found
    ]


def _give(session: Session, case: Case, opens: Relaxation, form: AllowedBySomebody) -> Booking | None:
    chosen = next(slot.starts_at for slot in opens.slots if slot.starts_at.isoformat() == form.time.data)
    return leeway.give(session, case, opens.change, chosen, because=form.because.data, by=auth.actor(), now=clock.now())


def _step_page(
    session: Session, case: Case, change: Change, form: AllowedBySomebody, *, opens: Relaxation | None = None
) -> str:
    opens = opens or relaxations.by(session, case, change, now=clock.now())
    form.time.choices = _times(opens)
    return render_template(
        "console/bookings/leeway.html", case=case, step=STEPS[change], change=change.value, opens=opens, form=form
    )
