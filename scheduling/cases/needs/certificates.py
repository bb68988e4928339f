"""What the family needs for its appeal: the certificate, a decision about a late contact, and its last day."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from scheduling import london
from scheduling.cases import certificates, routes
from scheduling.cases.item import Item, answer_by
from scheduling.cases.known import Known
from scheduling.law import deadlines, rules
from scheduling.law.certificates import Kind
from scheduling.law.working_days import Calendar
from scheduling.models import Case, Role

APPEAL_IS_NEAR = timedelta(days=14)
TWO_MONTHS_AT_LEAST = timedelta(days=59)
"""Before that a search need not look more closely."""

ISSUE = "Issue the certificate"
"""How everything begins that calls for one, so that the day's board can count them."""

SAYS = {
    Kind.NOT_WANTED: "the family does not want mediation",
    Kind.TOOK_PART: "the family took part in mediation",
    Kind.NOT_ARRANGED: "mediation could not be arranged",
}


def to_issue(cases: Iterable[Known], working_days: Calendar, today: date) -> Iterator[Item]:
    """Something calls for a certificate: due, whatever may still be in its way."""
    for about in cases:
        if (
            about.case.closed_at is not None
            or about.certificate_on is not None
            or not certificates.may_be_due(about, today)
        ):
            continue
        for permission in certificates.permitted(about, working_days, today=today):
            if permission.due is not None:
                lacking = f"First: {' '.join(permission.why_not)}" if permission.why_not else "Nothing is in its way."
                yield Item(
                    what=f"{ISSUE} that {SAYS[permission.kind]}",
                    why=lacking,
                    who=Role.ADVISER,
                    by=permission.due.day,
                    case=about.case,
                    rule=permission.due.rule.key,
                )


def late_contacts(cases: Iterable[Known], working_days: Calendar, today: date) -> Iterator[Item]:
    """Nothing is refused for coming late until an adviser has decided."""
    for about in cases:
        case, first = about.case, about.contacted_at
        if case.closed_at is not None or case.late_contact_allowed is not None or first is None:
            continue
        if case.letter_date is None or case.letter_date > today - TWO_MONTHS_AT_LEAST or not _needs_one(case):
            continue
        if london.london_day(first) > deadlines.contact_adviser_by(case.letter_date, working_days).day:
            yield Item(
                what="Decide about a late contact",
                why="The family first turned to us after the two months. Nothing is refused until you have decided",
                who=Role.ADVISER,
                by=answer_by(first, working_days),
                case=case,
            )


def appeals(cases: Iterable[Known], working_days: Calendar, today: date) -> Iterator[Item]:
    """The family's own time runs out soon; nobody else may tell them."""
    for about in cases:
        case, route = about.case, routes.of(about.case)
        if case.closed_at is not None or case.letter_date is None or (route is not None and not route.may_appeal):
            continue
        appeal = deadlines.appeal_by(case.letter_date, working_days, certificate_issued=about.certificate_on)
        if today <= appeal.last_lawful and appeal.day - today <= APPEAL_IS_NEAR:
            without = "" if about.certificate_on is not None else f". {rules.APPEAL_AFTER_CERTIFICATE.name}"
            yield Item(
                what="Make sure the family knows its last day to appeal",
                why=f"{appeal.rule.name}{without}",
                who=Role.ADVISER,
                by=appeal.day,
                case=case,
                rule=appeal.rule.key,
            )


def _needs_one(case: Case) -> bool:
    """Before its appeal; that is taken to be so until the route is known."""
    route = routes.of(case)
    return route is None or route.needs_certificate
