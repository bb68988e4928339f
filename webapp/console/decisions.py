"""Deciding otherwise: what the service decided, why, and the other lawful ways, each with the page that does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session, selectinload
from wtforms.fields.choices import SelectChoice

from scheduling import clock, db
from scheduling.cases import decisions
from scheduling.cases.decisions import Decision, Line
from scheduling.diary import bookings
from scheduling.models import BookingKind, Case
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import WORKS_ON_CASES, console, found
from webapp.console.case_forms import DecidedOtherwise
from webapp.console.cases import for_action, with_reference

Address = Callable[[Session, Case], str]


@dataclass(frozen=True)
class Way:
    """Another lawful way: what is decided, as history says it, and the page that does it."""

    how: str
    page: Address


def page_of(endpoint: str) -> Address:
    """A page of the case itself."""
    return lambda _session, case: url_for(endpoint, reference=case.reference)


def cancelling(kind: BookingKind) -> Address:
    """The page that gives a booking back."""

    def page(session: Session, case: Case) -> str:
        kept = found(bookings.of(session, case, kind))
        return url_for("console.confirm_cancel", reference=case.reference, booking_id=kept.id)

    return page


WAYS: Final[dict[Decision, tuple[Way, ...]]] = {
    Decision.PLACED: (
        Way("the meeting is to be at another time", page_of("console.slots_for")),
        Way("the meeting is to be cancelled", cancelling(BookingKind.MEDIATION)),
    ),
    Decision.OFFERED: (Way("other times are to be offered, or one booked at once", page_of("console.offered")),),
    Decision.UNPLACED: (
        Way("a time is to be opened", page_of("console.slots_for")),
        Way("the family is to be asked about shorter notice", page_of("console.short_notice_times")),
        Way("the authority can only arrange it later", page_of("console.authority_cannot_form")),
    ),
    Decision.ADVICE: (Way("the advice is to be cancelled", cancelling(BookingKind.ADVICE)),),
    Decision.ROUTE: (Way("the four questions are to be answered anew", page_of("console.route_questions")),),
    Decision.RIGHT_HOLDER: (Way("what is recorded of the child is to be put right", page_of("console.case_people")),),
    Decision.TOLD: (
        Way("the family does not want mediation", page_of("console.confirm_no_mediation")),
        Way("the authority can only arrange it later", page_of("console.authority_cannot_form")),
    ),
    Decision.PREPARED: (Way("the certificate is looked at by a person", page_of("console.certificate")),),
    Decision.BREACH: (Way("somebody else caused it", page_of("console.missed_window_form")),),
    Decision.REMINDED: (
        Way("the family is written to by hand", page_of("console.text_form")),
        Way("how the family is reminded is to be changed", page_of("console.case_people")),
    ),
}


@console.get("/cases/<reference>/decisions/<id:entry_id>")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def decide_otherwise_form(reference: str, entry_id: int) -> ResponseReturnValue:
    """What was decided and why, and what else may be done."""
    with db.Reading() as session:
        case = with_reference(session, reference, selectinload(Case.history))
        line = _line(session, case, entry_id)
        return _page(case, line, _form(line))


@console.post("/cases/<reference>/decisions/<id:entry_id>")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def decide_otherwise(reference: str, entry_id: int) -> ResponseReturnValue:
    """Write the reason down beside the decision, and lead to the page that does it."""
    with db.Session.begin() as session:
        case = for_action(session, reference)
        line = _line(session, case, entry_id)
        form = _form(line, is_posted=True)
        if not form.validate():
            return _page(case, line, form), 422
        way = _ways(line)[int(form.way.data)]
        because, by, now = form.because.data, auth.actor(), clock.now()
        decisions.override(session, case, line.entry, how=way.how, because=because, by=by, now=now)
        page = way.page(session, case)
    flash("Your reason is written down beside the decision. Nothing else has changed yet: do it here.")
    return redirect(page)


def _line(session: Session, case: Case, entry_id: int) -> Line:
    """The line of this case's history, if it decides anything."""
    known = decisions.lines(session, case, now=clock.now())
    return found(next((one for one in known if one.entry.id == entry_id and one.decision is not None), None))


def _ways(line: Line) -> tuple[Way, ...]:
    return () if line.decision is None or not line.is_open else WAYS[line.decision]


def _form(line: Line, *, is_posted: bool = False) -> DecidedOtherwise:
    ways = _ways(line)
    form = DecidedOtherwise(data={"way": "0"} if len(ways) == 1 else None)
    form.way.choices = [SelectChoice(str(n), way.how[:1].upper() + way.how[1:]) for n, way in enumerate(ways)]
    if is_posted:
        form.process(request.form)
    return form


def _page(case: Case, line: Line, form: DecidedOtherwise) -> str:
    return render_template("console/cases/decide_otherwise.html", case=case, line=line, form=form)
