"""Cases that could be closed: nothing is left to do in them, and only a person can say so."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import meeting, owed, routes
from scheduling.cases.item import Item
from scheduling.cases.known import Known
from scheduling.law import deadlines
from scheduling.law.working_days import Calendar
from scheduling.models import Role

CLOSE = "Close the case, if nothing is left to do"


def ready(session: Session, cases: Iterable[Known], working_days: Calendar, now: datetime) -> Iterator[Item]:
    """Without a day: it hurries nobody, and stands at the end of the list."""
    today, open_promises = london.london_day(now), owed.open_in_each(session)
    for about in cases:
        case = about.case
        if case.closed_at is not None or open_promises.get(case.id) or about.is_kept_unrecorded:
            continue
        if why := _why(about, working_days, today=today, is_written_down=case.id in open_promises):
            yield Item(what=CLOSE, why=why, who=Role.COORDINATOR, case=case)


def _why(about: Known, working_days: Calendar, *, today: date, is_written_down: bool) -> str | None:
    case, route = about.case, routes.of(about.case)
    needs_none = about.certificate_on is not None or (route is not None and not route.needs_certificate)
    if is_written_down and needs_none and about.meetings and meeting.was_mediation(about.meetings[-1]):
        return "Mediation is over, and nothing that was promised is open"
    if about.certificate_on is None or case.letter_date is None:
        return None
    appeal = deadlines.appeal_by(case.letter_date, working_days, certificate_issued=about.certificate_on)
    return "It has its certificate, and the time for an appeal is over" if today > appeal.last_lawful else None
