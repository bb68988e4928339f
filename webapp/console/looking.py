"""Opening a case: one's own at once, another's after a reason, and each look written down.

Every page of the console comes to a case through `opened`, so that no page can forget it. The look itself is written
after the page was made, in a unit of work of its own: most pages only read.
"""

from collections.abc import Iterable
from datetime import timedelta

from flask import Flask, Response, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from scheduling import clock, db, references
from scheduling.cases import looks, many_looks
from scheduling.cases.looks import ReasonTooShort
from scheduling.models import Case, LookAlarm, Role
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import READS_CASES, console, found
from webapp.console.forms import WhyLook

WEEKS = timedelta(weeks=4)


def register(app: Flask) -> None:
    """Write down, after each request, which cases were seen."""
    app.after_request(_note)


def opened(session: Session, case: Case) -> Case:
    """The case, if the visitor may see it now; a page that asks why otherwise."""
    visitor = auth.current_staff()
    if looks.needs_reason(session, case, staff_id=visitor.id, role=visitor.role, now=clock.now()):
        goes_to = request.full_path.rstrip("?") if request.method in {"GET", "HEAD"} else None
        abort(redirect(url_for("console.why_look", reference=case.reference, next=goes_to), 303))
    g.cases_seen = {*g.get("cases_seen", ()), case.id}
    return case


def open_cases(session: Session, cases: Iterable[Case | None]) -> set[int]:
    """Which of these the visitor may see without a reason now, by their ids; of others a list shows initials."""
    visitor = auth.current_staff()
    known = {case.id: case for case in cases if case is not None}
    return looks.open_among(session, known.values(), staff_id=visitor.id, role=visitor.role, now=clock.now())


@console.get("/cases/<reference>/why")
@staff_only(*READS_CASES, compartment=Compartment.SERVICE, scope=Scope.CASES)
def why_look(reference: str) -> ResponseReturnValue:
    """Ask why, before anything of the case is shown."""
    with db.Reading() as session:
        case = _by_reference(session, reference)
    return render_template("console/cases/why.html", case=case, form=WhyLook(), next=_next())


@console.post("/cases/<reference>/why")
@staff_only(*READS_CASES, compartment=Compartment.SERVICE, scope=Scope.CASES)
def look(reference: str) -> ResponseReturnValue:
    """Write the reason down and open the case."""
    form, visitor = WhyLook(request.form), auth.current_staff()
    with db.Session.begin() as session:
        case = _by_reference(session, reference)
        if form.validate():
            try:
                reason = form.reason.data
                looks.with_reason(session, case, reason, staff_id=visitor.id, role=visitor.role, now=clock.now())
            except ReasonTooShort as refusal:
                form.reason.errors = [str(refusal)]
    if form.errors:
        return render_template("console/cases/why.html", case=case, form=form, next=_next()), 422
    return redirect(_next() or url_for("console.case", reference=case.reference))


@console.get("/who-looked")
@staff_only(Role.MANAGER, Role.ADMINISTRATOR, compartment=Compartment.AUDIT, scope=Scope.EVERYTHING)
def who_looked() -> ResponseReturnValue:
    """Which cases were opened by somebody whose they were not, and why."""
    with db.Reading() as session:
        opened_for_a_reason = looks.with_reasons(session, since=clock.now() - WEEKS)
        wanted = select(Case.id, Case.reference).where(Case.id.in_({one.case_id for one in opened_for_a_reason}))
        by_case = {row.id: row.reference for row in session.execute(wanted)}
        alarms = many_looks.waiting(session)
    return render_template(
        "console/who_looked.html",
        looks=opened_for_a_reason,
        references=by_case,
        weeks=many_looks.by_week(opened_for_a_reason),
        alarms=alarms,
        me=auth.current_staff().id,
    )


@console.post("/who-looked/alarms/<id:alarm_id>/seen")
@staff_only(Role.MANAGER, Role.ADMINISTRATOR, compartment=Compartment.AUDIT, scope=Scope.EVERYTHING)
def looks_asked_about(alarm_id: int) -> ResponseReturnValue:
    """Somebody has asked the one who looked so often; not that one themselves."""
    with db.Session.begin() as session:
        alarm = found(session.get(LookAlarm, alarm_id, with_for_update=True))
        many_looks.seen(alarm, by=auth.actor(), now=clock.now())
    return redirect(url_for("console.who_looked"))


def _by_reference(session: Session, reference: str) -> Case:
    digits = references.parse(reference)
    wanted = select(Case).where(Case.reference == digits).options(joinedload(Case.adviser), joinedload(Case.authority))
    return found(session.scalar(wanted) if digits else None)


def _next() -> str | None:
    return auth.safe_path(request.args.get("next"))


def _note(response: Response) -> Response:
    seen: set[int] = g.get("cases_seen", set())
    visitor, now = g.get("staff"), clock.now()
    if not seen or visitor is None or response.status_code >= 400:
        return response
    with db.Reading() as session:
        is_noted = not looks.unnoted(session, seen, staff_id=visitor.id, now=now)
    if not is_noted:
        with db.Session.begin() as session:
            looks.note(session, seen, staff_id=visitor.id, role=visitor.role, now=now)
    return response
