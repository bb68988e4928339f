"""The family does not want mediation, from the start or any more: everybody is let go, and a certificate is due.

Said by telephone, by text or by page it is a contact like any other, and the last word until the family says another.
"""

import logging
from datetime import datetime

from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import intake, letting_go, turns
from scheduling.diary import bookings, holds
from scheduling.law import deadlines, rules
from scheduling.law.deadlines import Deadline
from scheduling.models import FAMILY, Actor, BookingKind, Case, Contact, ContactChannel, Said, Side
from scheduling.outbox.wording import case_mails
from scheduling.reference import calendar

log = logging.getLogger(__name__)

BECAUSE = "The family does not want mediation any more."


def say_no(
    session: Session,
    case: Case,
    *,
    by: Actor,
    said_at: datetime,
    now: datetime,
    channel: ContactChannel | None = ContactChannel.CALL,
) -> None:
    """Write the family's no down, once; give back the time that was kept and tell whoever was to come.

    The channel is that of the contact in which it was said; None where that contact has been recorded.
    """
    if channel is not None:
        intake.record_contact(session, channel=channel, said=Said.NO_MEDIATION, received_at=said_at, case=case)
    turns.wait(session, case)
    if case.declined_at is not None:
        return
    case.declined_at = said_at
    wanted = case.mediation_wanted_at is not None
    what = "The family has changed its mind: it does not want mediation" if wanted else "The family wants no mediation"
    due = certificate_due(session, case)
    why = f"If an appeal needs a certificate, it is due by {london.written_day(due.day)}." if due is not None else None
    case.record(what, why=why, by=by, now=now)
    session.flush()
    _release(session, case, by=by, now=now)
    letting_go.tell(
        session,
        case,
        case_mails.mediation_not_wanted,
        purpose="mediation not wanted",
        key=f"declined:{case.id}:{case.declined_at}",
        now=now,
    )
    log.info("mediation declined", extra={"case": case.id})


def certificate_due(session: Session, case: Case) -> Deadline | None:
    """Three working days from the family's no."""
    if case.declined_at is None:
        return None
    changed = case.mediation_wanted_at is not None
    rule = rules.CERTIFICATE_WHEN_MIND_CHANGED if changed else rules.CERTIFICATE_WHEN_DECLINED
    return deadlines.certificate_by(london.london_day(case.declined_at), calendar.working_days(session), rule=rule)


def by_text(
    session: Session, *, number: str, words: str, received_at: datetime, provider_id: str, now: datetime
) -> Contact:
    """A text says that mediation is not wanted: it counts at once, and acts only where one open case has the number."""
    case = _the_one(session, number)
    contact = intake.record_contact(
        session,
        channel=ContactChannel.TEXT,
        said=Said.NO_MEDIATION,
        received_at=received_at,
        number=number,
        provider_id=provider_id,
        words=words,
        case=case,
    )
    if case is not None:
        say_no(session, case, by=FAMILY, said_at=received_at, now=now, channel=None)
        # Left to be read: an adviser rings, tells what is still to be told, and issues the certificate.
    return contact


def wanting(session: Session, number: str) -> Case | None:
    """The one open case with this number, if its family wants mediation: then "I don't want it" speaks of that."""
    case = _the_one(session, number)
    return case if case is not None and case.mediation_wanted_at is not None and case.declined_at is None else None


def _the_one(session: Session, number: str) -> Case | None:
    known = intake.open_cases_with(session, number)
    return known[0] if len(known) == 1 else None


def _release(session: Session, case: Case, *, by: Actor, now: datetime) -> None:
    holds.let_go_of(session, case, because=BECAUSE, by=by, now=now)
    kept = bookings.of(session, case, BookingKind.MEDIATION)
    if kept is not None and kept.starts_at > now:
        bookings.cancel(session, kept, caused_by=Side.FAMILY, because=BECAUSE, by=by, now=now)
