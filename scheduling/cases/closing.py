"""Closing a case: what has to be done first, what ends with it, and opening it again.

From its closure count the days for which a mediator still sees the family's name, and the years for which we keep the
record, so a case that nobody closes is kept for ever. What was promised goes on: whoever promised it is still reminded,
and the family is still asked.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import (
    authority,
    certificates,
    known,
    leeway,
    letting_go,
    links,
    meeting,
    offering,
    owed,
    retention,
    short_notice,
    turns,
)
from scheduling.cases.known import Known
from scheduling.diary import bookings, holds
from scheduling.law import deadlines
from scheduling.models import SERVICE, Actor, BookingKind, CallBack, Case, Contact, Message, MessageState, Purpose
from scheduling.outbox import identity, messages
from scheduling.outbox.wording import case_mails, texts
from scheduling.reference import calendar
from scheduling.refusals import Refused

log = logging.getLogger(__name__)

CLOSED = "The case was closed"
"""How the line of history begins."""


class Because(StrEnum):
    """Why a case is over, as a coordinator would say it."""

    AGREED = "it was agreed, and nothing is left for us to do"
    CERTIFIED = "the certificate is issued, and nothing further is wanted of us"
    WITHDREW = "the family wants nothing further from us"
    UNREACHABLE = "we cannot reach the family any more"
    REVERSED = "the authority has changed its decision"
    MOVED = "the family has moved to another authority"
    NOT_OURS = "it is not something with which we can help"
    ELSEWHERE = "the right is somebody else's, who has a case of their own"
    OTHER = "another reason"


FREES_THE_AUTHORITY: Final = frozenset({Because.REVERSED, Because.MOVED, Because.NOT_OURS, Because.ELSEWHERE})
"""Then it need not arrange anything any more, whatever the family had wished."""
WITHOUT_CERTIFICATE: Final = FREES_THE_AUTHORITY | {Because.WITHDREW, Because.UNREACHABLE}
"""Then a certificate that cannot be issued is wanted by nobody; one that can be is issued all the same."""
ALWAYS: Final = frozenset(Because)
NEVER: Final[frozenset[Because]] = frozenset()

ENDED: Final = (
    Purpose.ACKNOWLEDGE,
    Purpose.FAMILY_CHOOSES,
    Purpose.AUTHORITY_CHOOSES,
    Purpose.BOARD_CHOOSES,
)
"""Links that open nothing any more. The family's own page says that the case is over; promises are still asked for."""
NOT_SENT: Final = (authority.ASKED_AGAIN, authority.CARE_REMINDER, leeway.ASKED)
"""Mails that ask for what nobody needs any more, where they have not gone out yet."""
TO_FAMILY: Final = "the case is closed"
"""What the family is told."""


@dataclass(frozen=True)
class Obstacle:
    """Something that is not done yet, as a sentence that says what to do first."""

    says: str
    unless: frozenset[Because]
    """The reasons for which the case may be closed all the same."""

    @property
    def is_warning(self) -> bool:
        """Whether the case may be closed in spite of it, whatever the reason."""
        return self.unless == ALWAYS

    @property
    def is_absolute(self) -> bool:
        """Whether there is no reason for which it may."""
        return self.unless == NEVER


@dataclass(eq=False)
class NotYet(Refused):
    """Something has to be done first."""

    why_not: Sequence[str]

    def __str__(self) -> str:
        return " ".join(["The case cannot be closed yet.", *self.why_not])


class ClosedAlready(Refused):
    def __str__(self) -> str:
        return "The case is closed already, perhaps by a colleague. Nothing was changed."


class NotClosed(Refused):
    def __str__(self) -> str:
        return "The case is open, perhaps because a colleague has opened it again. Nothing was changed."


class SayWhy(Refused):
    def __str__(self) -> str:
        return "Write down why, so that the history can say it."


class ErasedAlready(Refused):
    def __str__(self) -> str:
        return "The record was kept long enough and is erased, or is about to be. Begin a new case."


def why_not_close(session: Session, case: Case, *, now: datetime) -> list[Obstacle]:
    """Everything that is not done yet, the gravest first; warnings, which stop nobody, last."""
    about = known.of(session, case)
    found = [
        *_booked(session, case, now=now),
        *_certificate(session, about, now=now),
        *_still_arranging(session, about, now=now),
        *_held(session, case),
        *_waiting(session, case),
        *_promised(session, case),
    ]
    return sorted(found, key=lambda one: len(one.unless))


def close(session: Session, case: Case, because: Because, *, words: str, by: Actor, now: datetime) -> None:
    """The case is over: what was to be asked is asked no more, and whoever still waited hears of it."""
    turns.wait(session, case)
    if case.closed_at is not None:
        raise ClosedAlready
    if because is Because.OTHER and not words.strip():
        raise SayWhy
    if why_not := [one.says for one in why_not_close(session, case, now=now) if because not in one.unless]:
        raise NotYet(why_not)
    why = f"{because[0].upper()}{because[1:]}. {words.strip()}".strip()
    offering.take_back(session, case, because="The case is closed.", by=by, now=now)
    short_notice.take_back(session, case, now=now)
    for purpose in ENDED:
        links.revoke(session, case, purpose, now=now)
    _leave_unsent(session, case, now=now)
    if _is_expected_to_arrange(known.of(session, case)):
        letting_go.tell(
            session,
            case,
            case_mails.nothing_to_arrange,
            purpose="nothing to arrange any more",
            key=f"closed:{case.id}:{now.isoformat()}",
            now=now,
        )
    _tell_the_family(session, case, now=now)
    case.closed_at, case.closed_because = now, why
    case.record(CLOSED, why=why, by=by, now=now)
    session.flush()
    log.info("case closed", extra={"case": case.id})


def reopen(session: Session, case: Case, *, because: str, by: Actor, now: datetime) -> None:
    """It is not over after all: its clocks go on as if it had never been closed."""
    turns.wait(session, case)
    if case.closed_at is None:
        raise NotClosed
    if not because.strip():
        raise SayWhy
    if not retention.keep(session, case):
        raise ErasedAlready
    case.closed_at = case.closed_because = None
    case.record("The case was opened again", why=because.strip(), by=by, now=now)
    session.flush()
    log.info("case opened again", extra={"case": case.id})


def _booked(session: Session, case: Case, *, now: datetime) -> Iterator[Obstacle]:
    for kind, what in ((BookingKind.MEDIATION, "meeting"), (BookingKind.ADVICE, "call with an adviser")):
        booking = bookings.of(session, case, kind)
        if booking is not None and booking.ends_at > now:
            says = (
                f"A {what} is booked for {london.written(booking.starts_at)}. Cancel it, so that everybody hears of it."
            )
            yield Obstacle(says, NEVER)


def _certificate(session: Session, about: Known, *, now: datetime) -> Iterator[Obstacle]:
    today, days = london.london_day(now), calendar.working_days(session)
    if about.is_kept_unrecorded and about.kept is not None and about.kept.ends_at <= now:
        day = london.written_day(london.london_day(about.kept.starts_at))
        yield Obstacle(f"Record what became of the meeting on {day}: a certificate may be due after it.", NEVER)
    if not certificates.may_be_due(about, today):
        return
    due = [one for one in certificates.permitted(about, days, today=today) if one.due is not None]
    for one in due:
        if one.due is not None:
            lacking = " ".join(one.why_not)
            says = f"A certificate is due by {london.written_day(one.due.day)}. Issue it. {lacking}".strip()
            yield Obstacle(says, WITHOUT_CERTIFICATE if one.why_not else NEVER)


def _still_arranging(session: Session, about: Known, *, now: datetime) -> Iterator[Obstacle]:
    told_at = about.case.told_at
    if told_at is None or not _is_expected_to_arrange(about):
        return
    ends = deadlines.mediation_window(london.london_day(told_at), calendar.working_days(session)).last_date.day
    if london.london_day(now) <= ends:
        yield Obstacle(
            f"The authority has until {london.written_day(ends)} to mediate. If the family does not want that any "
            "more, write it down: the authority hears of it, and a certificate is due.",
            FREES_THE_AUTHORITY,
        )


def _is_expected_to_arrange(about: Known) -> bool:
    """The authority was told, and there has been neither a no, nor a certificate, nor a mediation."""
    case = about.case
    is_settled = case.declined_at is not None or about.certificate_on is not None
    return case.told_at is not None and not is_settled and not any(meeting.was_mediation(one) for one in about.meetings)


def _held(session: Session, case: Case) -> Iterator[Obstacle]:
    if holds.of(session, case):
        says = (
            "Times are held for the parties to choose from. They are given back, and everybody who was asked hears it."
        )
        yield Obstacle(says, ALWAYS)


def _waiting(session: Session, case: Case) -> Iterator[Obstacle]:
    to_ring = select(CallBack.id).where(CallBack.case_id == case.id, CallBack.done_at.is_(None)).limit(1)
    unread = select(Contact.id).where(Contact.case_id == case.id, Contact.handled_at.is_(None)).limit(1)
    if session.scalar(to_ring) is not None or session.scalar(unread) is not None:
        yield Obstacle("The family waits for a call or an answer, which stays on the list of today's work.", ALWAYS)


def _promised(session: Session, case: Case) -> Iterator[Obstacle]:
    last = owed.until(session, case)
    if last is not None:
        yield Obstacle(
            f"Something that was promised is not done; the last of it is due by {london.written_day(last)}. "
            "Whoever promised it is reminded as before, and what is late stays on the list of today's work.",
            ALWAYS,
        )


def _leave_unsent(session: Session, case: Case, *, now: datetime) -> None:
    queued = select(Message).where(
        Message.case_id == case.id, Message.purpose.in_(NOT_SENT), Message.state == MessageState.QUEUED
    )
    for message in session.scalars(queued.with_for_update()):
        message.state = MessageState.DROPPED
        case.record(f"Not sent any more ({message.purpose})", why="The case is closed.", by=SERVICE, now=now)


def _tell_the_family(session: Session, case: Case, *, now: datetime) -> None:
    """By mail where we may, else by text; nothing of why, which they know or would rather not read in a text."""
    key = f"closed:{case.id}:{now.isoformat()}:family"
    person, we = case.person, identity.current()
    if person.email and not person.do_not_contact:
        mail = case_mails.case_closed(
            name=person.name, reference=case.reference, phone=we.written_phone, address=we.address
        )
        messages.email_the_family(session, case, purpose=TO_FAMILY, mail=mail, key=key, now=now)
    else:
        messages.text(session, person, purpose=TO_FAMILY, body=texts.case_closed(), key=key, now=now, case=case)
