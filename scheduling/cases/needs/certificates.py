"""What the family needs for its appeal: the certificate, a decision about a late contact, and its last day."""

from collections.abc import Iterator
from datetime import date, time, timedelta

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from scheduling import london
from scheduling.cases import certificates, contacts, routes
from scheduling.cases.item import Item, answer_by
from scheduling.law import deadlines, rules
from scheduling.law.certificates import Kind
from scheduling.law.working_days import Calendar
from scheduling.models import Booking, Case, Certificate, Meeting, Role, Telling

APPEAL_IS_NEAR = timedelta(days=14)
TWO_MONTHS_AT_LEAST, THIRTY_DAYS = timedelta(days=59), timedelta(days=30)
"""Before these a search need not look more closely."""

SAYS = {
    Kind.NOT_WANTED: "the family does not want mediation",
    Kind.TOOK_PART: "the family took part in mediation",
    Kind.NOT_ARRANGED: "mediation could not be arranged",
}


def to_issue(session: Session, today: date) -> Iterator[Item]:
    """Something calls for a certificate: due, whatever may still be in its way."""
    since = london.at(today - THIRTY_DAYS + timedelta(days=1), time())
    called_for = or_(
        Case.declined_at.is_not(None),
        Case.authority_cannot_at.is_not(None),
        exists().where(Meeting.booking_id == Booking.id, Booking.case_id == Case.id),
        exists().where(Telling.case_id == Case.id, Telling.told_at < since),
    )
    open_cases = select(Case).where(
        Case.closed_at.is_(None), ~exists().where(Certificate.case_id == Case.id), called_for
    )
    for case in session.scalars(open_cases.order_by(Case.id).options(joinedload(Case.person))):
        for permission in certificates.permissions(session, case, today=today):
            if permission.due is not None:
                lacking = f"First: {' '.join(permission.why_not)}" if permission.why_not else "Nothing is in its way."
                yield Item(
                    what=f"Issue the certificate that {SAYS[permission.kind]}",
                    why=lacking,
                    who=Role.ADVISER,
                    by=permission.due.day,
                    case=case,
                    rule=permission.due.rule.key,
                )


def late_contacts(session: Session, working_days: Calendar, today: date) -> Iterator[Item]:
    """Nothing is refused for coming late until an adviser has decided."""
    old = select(Case).where(
        Case.closed_at.is_(None), Case.late_contact_allowed.is_(None), Case.letter_date <= today - TWO_MONTHS_AT_LEAST
    )
    for case in session.scalars(old.order_by(Case.id)):
        route, first = routes.of(case), contacts.first_contact(session, case)
        if case.letter_date is None or first is None or (route is not None and not route.needs_certificate):
            continue
        if london.london_day(first) > deadlines.contact_adviser_by(case.letter_date, working_days).day:
            yield Item(
                what="Decide about a late contact",
                why="The family first turned to us after the two months. Nothing is refused until you have decided",
                who=Role.ADVISER,
                by=answer_by(first, working_days),
                case=case,
            )


def appeals(session: Session, working_days: Calendar, today: date) -> Iterator[Item]:
    """The family's own time runs out soon; nobody else may tell them."""
    known = select(Case).where(Case.closed_at.is_(None), Case.letter_date.is_not(None))
    rows = session.execute(select(Certificate.case_id, Certificate.issued_on))
    issued = {row.case_id: row.issued_on for row in rows}
    for case in session.scalars(known.options(joinedload(Case.person), selectinload(Case.tellings))):
        route = routes.of(case)
        if case.letter_date is None or (route is not None and not route.may_appeal):
            continue
        appeal = deadlines.appeal_by(case.letter_date, working_days, certificate_issued=issued.get(case.id))
        if today <= appeal.last_lawful and appeal.day - today <= APPEAL_IS_NEAR:
            without = "" if case.id in issued else f". {rules.APPEAL_AFTER_CERTIFICATE.name}"
            yield Item(
                what="Make sure the family knows its last day to appeal",
                why=f"{appeal.rule.name}{without}",
                who=Role.ADVISER,
                by=appeal.day,
                case=case,
                rule=appeal.rule.key,
            )
