"""What the authority has answered, what it owes, and who caused it when its 30 days went by."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from scheduling import clock, db, london
from scheduling.cases import attendees, authority, certificates, thirty_days
from scheduling.models import Breach, CareBoard, CareTelling, Case, Side
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import KEEPS_DATA, READS_CASES, WORKS_ON_CASES, console, found
from webapp.console.case_forms import Because, ForCareBoard, MissedWindow, NewCareBoard, said_beside
from webapp.console.cases import for_action, with_reference


@console.get("/cases/<reference>/authority")
@staff_only(*READS_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def authority_answers(reference: str) -> ResponseReturnValue:
    """Whether it has acknowledged, whether it cannot, whom it has told, and what was missed."""
    with db.Reading() as session:
        case = with_reference(session, reference)
        return render_template(
            "console/cases/authority.html",
            case=case,
            care_tellings=_care_tellings(session, case),
            boards=_boards(session),
            breach=session.get(Breach, case.id),
            comes=attendees.of(session, case),
        )


@console.post("/cases/<reference>/authority/acknowledged")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def authority_acknowledged(reference: str) -> ResponseReturnValue:
    """It told us by telephone or by mail that it knows."""
    with db.Session.begin() as session:
        case = for_action(session, reference)
        telling = found(case.tellings[0] if case.tellings else None)
        authority.acknowledge(session, telling, by=auth.actor(), now=clock.now())
    flash("It is written down that the authority has acknowledged.")
    return redirect(url_for("console.authority_answers", reference=case.reference))


@console.get("/cases/<reference>/authority/cannot")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def authority_cannot_form(reference: str) -> ResponseReturnValue:
    """Ask why."""
    with db.Reading() as session:
        case = with_reference(session, reference)
    return render_template("console/cases/authority_cannot.html", case=case, form=Because())


@console.post("/cases/<reference>/authority/cannot")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def authority_cannot(reference: str) -> ResponseReturnValue:
    """It cannot arrange mediation in its 30 days: a certificate is due, and the case stays open."""
    form = Because(request.form)
    with db.Session.begin() as session:
        case = for_action(session, reference)
        if form.validate():
            with said_beside(form, session):
                authority.cannot(session, case, because=form.because.data, by=auth.actor(), now=clock.now())
        due = certificates.due(session, case, today=london.london_day(clock.now()))
    if form.errors:
        return render_template("console/cases/authority_cannot.html", case=case, form=form), 422
    when = f" The certificate is due by {london.written_day(due.day)}." if due else ""
    flash(f"It is written down.{when} The case stays open for a later meeting.")
    return redirect(url_for("console.authority_answers", reference=case.reference))


@console.get("/cases/<reference>/authority/missed")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def missed_window_form(reference: str) -> ResponseReturnValue:
    """Who caused that no meeting was held in the 30 days, as it is known so far."""
    with db.Reading() as session:
        case = with_reference(session, reference)
        breach = session.get(Breach, case.id)
    form = MissedWindow(data={"caused_by": breach.caused_by, "because": breach.because} if breach else None)
    return render_template("console/cases/missed_window.html", case=case, form=form)


@console.post("/cases/<reference>/authority/missed")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def missed_window(reference: str) -> ResponseReturnValue:
    """Write it down; a better answer replaces it, and history keeps both."""
    form = MissedWindow(request.form)
    with db.Session.begin() as session:
        case = for_action(session, reference)
        if form.validate():
            side, because, by = Side(form.caused_by.data), form.because.data, auth.actor()
            with said_beside(form, session):
                thirty_days.record_breach(session, case, caused_by=side, because=because, by=by, now=clock.now())
    if form.errors:
        return render_template("console/cases/missed_window.html", case=case, form=form), 422
    flash("It is written down who caused it.")
    return redirect(url_for("console.authority_answers", reference=case.reference))


@console.get("/cases/<reference>/care-board")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def care_board_form(reference: str) -> ResponseReturnValue:
    """Choose the integrated care board."""
    with db.Reading() as session:
        case = with_reference(session, reference)
        form = _for_care_board(session)
    return render_template("console/cases/care_board.html", case=case, form=form)


@console.post("/cases/<reference>/care-board")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def tell_care_board(reference: str) -> ResponseReturnValue:
    """The board is told; where health alone is in issue its own 30 days run from now."""
    with db.Session.begin() as session:
        case = for_action(session, reference)
        form = _for_care_board(session)
        form.process(request.form)
        if form.validate():
            board = session.get_one(CareBoard, int(form.board.data))
            with said_beside(form, session):
                authority.tell_care_board(session, case, board, by=auth.actor(), now=clock.now())
    if form.errors:
        return render_template("console/cases/care_board.html", case=case, form=form), 422
    flash("The integrated care board has been told.")
    return redirect(url_for("console.authority_answers", reference=case.reference))


@console.get("/care-boards")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def care_boards() -> ResponseReturnValue:
    """Every integrated care board that we know."""
    return _list(NewCareBoard())


@console.post("/care-boards")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def add_care_board() -> ResponseReturnValue:
    """Another one."""
    form = NewCareBoard(request.form)
    with db.Session.begin() as session:
        if form.validate() and session.scalar(select(CareBoard.id).where(CareBoard.name == form.name.data)):
            form.name.errors = ["An integrated care board of this name is on the list already"]
        elif not form.errors:
            session.add(CareBoard(name=form.name.data, email=form.email.data))
    if form.errors:
        return _list(form), 422
    flash("The integrated care board has been added.")
    return redirect(url_for("console.care_boards"))


def _list(form: NewCareBoard) -> str:
    with db.Reading() as session:
        boards = _boards(session)
    return render_template("console/care_boards.html", boards=boards, form=form)


def _boards(session: Session) -> list[CareBoard]:
    return list(session.scalars(select(CareBoard).order_by(CareBoard.name)))


def _for_care_board(session: Session) -> ForCareBoard:
    form = ForCareBoard()
    form.board.choices = [SelectChoice(str(board.id), board.name) for board in _boards(session)]
    return form


def _care_tellings(session: Session, case: Case) -> list[tuple[str, CareTelling]]:
    rows = session.scalars(select(CareTelling).where(CareTelling.case_id == case.id).order_by(CareTelling.told_at))
    return [(telling.board.name, telling) for telling in rows]
