"""The certificate of a case: which may be issued and what is in the way, one click, and the document itself.

Coordinators may read the page; only advisers issue, since the certificate says that an adviser has informed the family.
"""

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, db, london
from scheduling.cases import certificates, decline, routes
from scheduling.law.certificates import Kind
from scheduling.models import Case, Role
from scheduling.outbox import certificate_numbers
from scheduling.refusals import Refused
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import READS_CASES, WORKS_ON_CASES, console, found
from webapp.console.cases import for_action, with_reference
from webapp.forms import LONGEST_TEXT, tidy

NAMES = {
    Kind.NOT_WANTED: "The family does not want mediation",
    Kind.TOOK_PART: "The family took part in mediation",
    Kind.NOT_ARRANGED: "Mediation could not be arranged",
}


@console.get("/cases/<reference>/certificate")
@staff_only(*READS_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def certificate(reference: str) -> ResponseReturnValue:
    """Each kind of certificate with its due day and every reason against it, or the one that was issued."""
    with db.Reading() as session:
        case = with_reference(session, reference)
        return _page(session, case)


@console.post("/cases/<reference>/certificate")
@staff_only(Role.ADVISER, compartment=Compartment.SHARED, scope=Scope.CASE)
def issue_certificate(reference: str) -> ResponseReturnValue:
    """One click; a refusal says everything that is in the way."""
    kind = request.form.get("kind", "")
    if kind not in set(Kind):
        abort(404)
    refusal = None
    with db.Session.begin() as session:
        case = for_action(session, reference)
        try:
            with session.begin_nested():
                _issue(session, case, Kind(kind))
        except Refused as refused:
            refusal = str(refused)
    if refusal is not None:
        with db.Reading() as session:
            return _page(session, with_reference(session, reference), refusal=refusal), 409
    flash("The certificate has been issued, and goes to the family at once.")
    return redirect(url_for("console.certificate", reference=case.reference))


@console.get("/cases/<reference>/certificate/document")
@staff_only(*READS_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def certificate_document(reference: str) -> ResponseReturnValue:
    """The PDF, byte for byte as it was sent."""
    with db.Reading() as session:
        issued = found(certificates.of(session, with_reference(session, reference)))
    response = make_response(issued.document)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="certificate-{issued.number}.pdf"'
    return response


@console.get("/cases/<reference>/no-mediation")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def confirm_no_mediation(reference: str) -> ResponseReturnValue:
    """Ask once more: a meeting that is booked is given back."""
    with db.Reading() as session:
        case = with_reference(session, reference)
    return render_template("console/cases/no_mediation.html", case=case)


@console.post("/cases/<reference>/no-mediation")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def say_no_mediation(reference: str) -> ResponseReturnValue:
    """The family does not want mediation, from the start or any more."""
    now = clock.now()
    with db.Session.begin() as session:
        case = for_action(session, reference)
        decline.say_no(session, case, by=auth.actor(), said_at=now, now=now)
        due = decline.certificate_due(session, case)
    when = f" If a certificate is needed, it is due by {london.written_day(due.day)}." if due else ""
    flash(f"It is written down.{when}")
    return redirect(url_for("console.certificate", reference=case.reference))


def _issue(session: Session, case: Case, kind: Kind) -> None:
    reason = tidy(request.form.get("reason"))[:LONGEST_TEXT]
    certificates.issue(session, case, kind, reason=reason, by=auth.actor(), now=clock.now())


def _page(session: Session, case: Case, *, refusal: str | None = None) -> str:
    issued = certificates.of(session, case)
    permissions = certificates.permissions(session, case, today=london.london_day(clock.now()))
    return render_template(
        "console/cases/certificate.html",
        case=case,
        route=routes.of(case),
        issued=issued,
        number=certificate_numbers.written_number(issued.number) if issued else "",
        code=certificate_numbers.written_code(issued.code) if issued else "",
        issued_by=issued.issued_by.name if issued else "",
        permissions=[(NAMES[one.kind], one) for one in permissions],
        names=NAMES,
        refusal=refusal,
    )
