"""Certificates: which may be issued and why not, the one click that issues one, and the question whether it is genuine.

A certificate is issued once and never changes: its document is stored byte for byte with its digest, and goes to the
family by mail in the same transaction.
"""

import hashlib
import hmac
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import advice, certificate_post, known, people, routes, turns
from scheduling.cases.known import Known
from scheduling.law import certificates, deadlines
from scheduling.law.certificates import Facts, Kind, Permission
from scheduling.law.deadlines import Deadline
from scheduling.law.routes import Clock, Route, Way
from scheduling.law.rules import CERTIFICATE_BEFORE_APPEAL
from scheduling.law.working_days import Calendar
from scheduling.models import (
    Actor,
    Case,
    Certificate,
    Ending,
    PersonRole,
    Staff,
)
from scheduling.outbox import certificate, certificate_numbers, identity
from scheduling.reference import calendar
from scheduling.refusals import Refused

log = logging.getLogger(__name__)

_UNANSWERED = Route(
    way=Way.CERTIFICATE,
    reason=routes.UNANSWERED,
    rule=CERTIFICATE_BEFORE_APPEAL,
    clock=Clock.AUTHORITY,
)
"""Until the questions are answered a certificate may be due: no date is missed because a form is not filled in."""

THIRTY_DAYS = timedelta(days=30)

_NO_CODE = "A" * certificate_numbers.CODE_LENGTH


@dataclass(eq=False)
class MayNotIssue(Refused):
    """Something stands in the way of this certificate."""

    kind: Kind
    why_not: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join([f"The certificate “{self.kind}” cannot be issued.", *self.why_not])


class ReasonMissing(Refused):
    """The authority has said nothing: that is the adviser's judgement, and is written down."""

    def __str__(self) -> str:
        return "The authority has not said that it cannot arrange mediation. Write down why you issue the certificate."


def facts(about: Known) -> Facts:
    """What is recorded about the decision, as the law asks for it. Days are London's."""
    case = about.case
    return Facts(
        route=routes.of(case) or _UNANSWERED,
        decision_sent=case.letter_date,
        contacted=_day(about.contacted_at),
        informed_of=about.informed_of,
        late_contact_allowed=bool(case.late_contact_allowed),
        is_issued=about.certificate_on is not None,
        declined=_day(case.declined_at),
        wanted_before=case.mediation_wanted_at is not None,
        authority_told=_day(case.told_at),
        authority_cannot=_day(case.authority_cannot_at),
        meeting_booked_for=_booked_for(about),
        meeting=_last_meeting(about),
    )


def permissions(session: Session, case: Case, *, today: date) -> list[Permission]:
    """Each of the three certificates: whether it may be issued today, all that is in the way, and when it is due."""
    return permitted(known.of(session, case), calendar.working_days(session), today=today)


def permitted(about: Known, working_days: Calendar, *, today: date) -> list[Permission]:
    """The same from what is known of a case."""
    recorded, incomplete = facts(about), tuple(_incomplete(about.case, today=today))
    return [
        replace(permission, why_not=(*permission.why_not, *incomplete))
        for permission in (
            certificates.may_issue(kind, recorded, working_days, today=today, policy=about.policy) for kind in Kind
        )
    ]


def due(session: Session, case: Case, *, today: date) -> Deadline | None:
    """By when a certificate has to be issued, whichever; None while nothing calls for one."""
    return earliest_due(permissions(session, case, today=today))


def earliest_due(asked: Iterable[Permission]) -> Deadline | None:
    """By when the first of them is due; None while nothing calls for one."""
    calls_for_one = [permission.due for permission in asked if permission.due is not None]
    return min(calls_for_one, key=lambda deadline: deadline.day, default=None)


def may_be_due(about: Known, today: date) -> bool:
    """Whether there is none yet, and something has happened that calls for one: else the law need not be asked."""
    told_at = about.case.told_at
    is_over = told_at is not None and london.london_day(told_at) <= today - THIRTY_DAYS
    said = about.case.declined_at is not None or about.case.authority_cannot_at is not None
    return about.certificate_on is None and (said or is_over or bool(about.meetings))


def issue(session: Session, case: Case, kind: Kind, *, reason: str | None, by: Actor, now: datetime) -> Certificate:
    """Issue the certificate, or refuse with everything that is in the way; it goes to the family at once."""
    if by.staff_id is None:
        message = "only an adviser issues a certificate"
        raise ValueError(message)
    turns.wait(session, case)  # two may click at once
    because = (reason or "").strip() or None
    _must_be_granted(session, case, kind, because, today=london.london_day(now))
    issued = _new(session, case, kind, session.get_one(Staff, by.staff_id), because=because, now=now)
    session.add(issued)
    what = f"The certificate “{kind}” was issued: number {certificate_numbers.written_number(issued.number)}"
    case.record(what, why=because, by=by, now=now)
    session.flush()  # its mail points to it
    certificate_post.send(session, issued, now=now)
    log.info("certificate issued", extra={"case": case.id, "certificate": issued.id})
    return issued


def document(session: Session, issued: Certificate) -> bytes:
    """The document written anew from what is recorded: the same bytes, as long as nothing on it was changed since."""
    case = issued.case
    told = _certified(
        session,
        case,
        issued.kind,
        issued.issued_by,
        number=issued.number,
        code=issued.code,
        issued_on=issued.issued_on,
        appeal=_appeal_by(session, case, issued.issued_on),
    )
    return certificate.render(told)


def of(session: Session, case: Case) -> Certificate | None:
    """The certificate of this decision, if it has one."""
    return session.scalar(select(Certificate).where(Certificate.case_id == case.id))


def find(session: Session, number: str, code: str) -> Certificate | None:
    """The genuine certificate with this number and code; the same work for a wrong code and an unknown number."""
    written_number, written_code = certificate_numbers.parse_number(number), certificate_numbers.parse_code(code)
    found = session.scalar(select(Certificate).where(Certificate.number == (written_number or "")))
    # Always compared: the time of the answer must not tell which of the two was wrong.
    fits = hmac.compare_digest(_NO_CODE if found is None else found.code, written_code or "")
    return found if fits else None


def _must_be_granted(session: Session, case: Case, kind: Kind, because: str | None, *, today: date) -> None:
    permission = next(one for one in permissions(session, case, today=today) if one.kind is kind)
    if not permission.is_granted:
        raise MayNotIssue(kind, permission.why_not)
    if permission.needs_reason and because is None:
        raise ReasonMissing


def _incomplete(case: Case, *, today: date) -> Iterator[str]:
    """What has to stand on the paper, beside what the law asks for."""
    if routes.of(case) is None:
        yield routes.UNANSWERED
    if case.authority is None:
        yield "It is not recorded which council decided."
    if not case.person.name:
        yield "The name of the parent or young person is not recorded."
    if not _child(case):
        yield "The child's name is not recorded."
    if people.must_hear_young_person(case, on=today):
        yield "The right is the young person's own by now: hear them, and make the case theirs."


def _new(
    session: Session, case: Case, kind: Kind, adviser: Staff, *, because: str | None, now: datetime
) -> Certificate:
    number, code = _new_number(session)
    issued_on = london.london_day(now)
    appeal = _appeal_by(session, case, issued_on)
    told = _certified(session, case, kind, adviser, number=number, code=code, issued_on=issued_on, appeal=appeal)
    document = certificate.render(told)
    return Certificate(
        case=case,
        kind=kind,
        number=number,
        code=code,
        issued_at=now,
        issued_on=issued_on,
        issued_by=adviser,
        reason=because,
        appeal_by=appeal.day,
        appeal_last_lawful=appeal.last_lawful,
        document=document,
        digest=hashlib.sha256(document).hexdigest(),
    )


def _certified(
    session: Session,
    case: Case,
    kind: Kind,
    adviser: Staff,
    *,
    number: str,
    code: str,
    issued_on: date,
    appeal: Deadline,
) -> certificate.Facts:
    child, family = _child(case), case.person.name
    if case.authority is None or case.decision is None or case.letter_date is None or not child or not family:
        raise AssertionError
    return certificate.Facts(
        number=number,
        code=code,
        kind=kind,
        family=family,
        child=child,
        child_born=case.child_born,
        authority=case.authority.official_name,
        decision=case.decision,
        letter_date=case.letter_date,
        informed_on=london.london_day(max(advice.informed_of(session, case).values())),
        issued_on=issued_on,
        adviser=adviser.name,
        appeal=appeal,
        service=identity.current().name,
        check_at=certificate_post.check_at(number),
    )


def _appeal_by(session: Session, case: Case, issued_on: date) -> Deadline:
    if case.letter_date is None:
        raise AssertionError
    return deadlines.appeal_by(case.letter_date, calendar.working_days(session), certificate_issued=issued_on)


def _new_number(session: Session) -> tuple[str, str]:
    while True:
        number, code = certificate_numbers.number_and_code()
        if session.scalar(select(Certificate.id).where(Certificate.number == number)) is None:
            return number, code


def _child(case: Case) -> str | None:
    """A young person in their own right is the one whom it is about."""
    return case.child_name or (case.person.name if case.person.role is PersonRole.YOUNG_PERSON else None)


def _booked_for(about: Known) -> date | None:
    """The day of the meeting whose end nobody has recorded yet."""
    return london.london_day(about.kept.starts_at) if about.kept is not None and about.is_kept_unrecorded else None


def _last_meeting(about: Known) -> certificates.Meeting | None:
    """The last meeting whose day has come. One that the parties came to and that was not held was none."""
    for meeting in reversed(about.meetings):
        fell_through = meeting.ending is Ending.NOT_HELD and meeting.family_came and meeting.authority_came
        if not fell_through:
            return certificates.Meeting(
                day=london.london_day(meeting.ended_at),
                has_ended=meeting.ending is not Ending.ADJOURNED,
                family_came=meeting.family_came,
                authority_came=meeting.authority_came,
            )
    return None


def _day(at: datetime | None) -> date | None:
    return None if at is None else london.london_day(at)
