"""The code that lets a family in at a link: sent to the telephone that we know, good for ten minutes, once.

A link alone proves nothing: it may be read over a shoulder, or opened by a scanner of mails. It is asked for by whoever
holds the link and goes to nobody but the person whom the link is for, in the way that their record allows.
"""

import hmac
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling.cases import links, pins, turns
from scheduling.diary import reminder_calls
from scheduling.models import FAMILY, Case, Link, LinkCode, OutgoingCall, Person, Rung
from scheduling.outbox import calls, messages, safe_hours
from scheduling.outbox.wording import family_mails, texts
from scheduling.refusals import Refused

log = logging.getLogger(__name__)

LENGTH = 6
GOOD_FOR = timedelta(minutes=10)
MOST_TRIES = 5
MOST_AT_ONCE, AT_ONCE = 3, timedelta(minutes=10)
MOST_A_DAY, A_DAY = 10, timedelta(days=1)
"""Or whoever finds a link could fill somebody's telephone with our texts."""

PURPOSE = "a code for the family's pages"


class Way(StrEnum):
    """How a code is sent."""

    TEXT = "text"
    CALL = "call"
    EMAIL = "email"


class Entered(StrEnum):
    """What came of a code that was entered."""

    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"
    """There is none that could still be entered: ask for a new one."""


@dataclass(eq=False)
class AskedTooOften(Refused):
    """So many codes were asked for that we send no more for a while."""

    today: bool

    def __str__(self) -> str:
        wait = "Try again tomorrow" if self.today else "Wait ten minutes, and then ask again"
        return f"Too many codes were asked for. {wait}, or call us."


class NoSafeWay(Refused):
    def __str__(self) -> str:
        return "We have no safe way to send a code at this hour. Call us, and we help you another way."


def way(session: Session, person: Person, *, now: datetime) -> Way | None:
    """How this person gets a code, as their record allows; by mail only where that is the one safe way."""
    if person.do_not_contact:
        return None
    if reminder_calls.is_for(session, person) and calls.why_not(str(person.number), person, now) is None:
        return Way.CALL
    if messages.why_not_text(session, person) is None:
        # A text that waited for a safe hour would come when its code is worth nothing any more.
        return Way.TEXT if safe_hours.at_earliest(person, now) <= now else None
    return Way.EMAIL if person.email else None


def send(session: Session, link: Link, *, now: datetime) -> Way:
    """Send a new code to whom the link is for; the one before it opens nothing any more."""
    case, person = link.case, links.person_of(link)
    turns.wait(session, case)
    _must_not_be_too_often(session, person, now=now)
    chosen = None if person is None else way(session, person, now=now)
    if person is None or chosen is None:
        raise NoSafeWay
    code = LinkCode(link_hash=link.token_hash, person=person, sealed="", made_at=now, expires_at=now + GOOD_FOR)
    session.add(code)
    digits = drawn(code, now=now)
    session.flush()
    if chosen is Way.CALL:
        _ring(session, case, code, now=now)
    else:
        _write(session, case, person, chosen, digits=digits, key=_key(code), now=now)
    case.record(f"A code for the pages of the {person.role} was asked for and sent by {chosen}", by=FAMILY, now=now)
    log.info("a code was sent", extra={"case": case.id, "person": person.id})
    return chosen


def drawn(code: LinkCode, *, now: datetime) -> str:
    """Other figures for this code: only this answer ever shows them. Those that were drawn before open nothing."""
    digits = f"{secrets.randbelow(10**LENGTH):0{LENGTH}}"
    code.sealed, code.expires_at = pins.seal(code.link_hash, digits), now + GOOD_FOR
    return digits


def may_be_said(code: LinkCode, *, now: datetime) -> bool:
    """Whether this code, for which somebody is rung, can still be of use."""
    return code.used_at is None and code.tries < MOST_TRIES and now < code.made_at + 2 * GOOD_FOR


def enter(session: Session, link: Link, digits: str, *, now: datetime) -> Entered:
    """Whether this is the code; each try is counted, and what has been used or tried too often opens nothing."""
    turns.wait(session, link.case)  # so that a hundred tries at once are counted one by one
    newest = select(LinkCode).where(LinkCode.link_hash == link.token_hash).order_by(LinkCode.id.desc()).limit(1)
    code = session.scalar(newest.execution_options(populate_existing=True))
    person = links.person_of(link)
    if code is None or person is None or not _is_live(code, person, now=now):
        return Entered.OVER
    code.tries += 1
    if hmac.compare_digest(code.sealed, pins.seal(link.token_hash, digits)):
        code.used_at = now
        link.case.record(f"The {person.role} opened their pages with a code", by=FAMILY, now=now)
        return Entered.RIGHT
    if code.tries >= MOST_TRIES:
        link.case.record(f"A wrong code for the pages of the {person.role} was entered too often", by=FAMILY, now=now)
        return Entered.OVER
    return Entered.WRONG


def _is_live(code: LinkCode, person: Person, *, now: datetime) -> bool:
    is_open = code.used_at is None and code.expires_at > now and code.tries < MOST_TRIES
    return is_open and code.person_id == person.id


def _must_not_be_too_often(session: Session, person: Person | None, *, now: datetime) -> None:
    """Counted by the person and not by the link: somebody may hold several."""
    if person is None:
        return
    for most, within in ((MOST_AT_ONCE, AT_ONCE), (MOST_A_DAY, A_DAY)):
        lately = select(func.count()).where(LinkCode.person_id == person.id, LinkCode.made_at > now - within)
        if session.scalars(lately).one() >= most:
            raise AskedTooOften(today=within is A_DAY)


def _key(code: LinkCode) -> str:
    """Old codes are forgotten, and their numbers used again; their messages stay."""
    return f"code:{code.id}:{code.made_at.isoformat()}"


def _ring(session: Session, case: Case, code: LinkCode, *, now: datetime) -> None:
    """The figures are drawn when somebody has said that the call is for them: no message holds them."""
    call = calls.ring(
        session,
        number=str(code.person.number),
        recipient=messages.THE_FAMILY,
        purpose=PURPOSE,
        key=_key(code),
        case_id=case.id,
        person=code.person,
        now=now,
        expires_at=now + reminder_calls.NOT_PLACED_AFTER,
    )
    session.add(OutgoingCall(message=call, rung=Rung.CODE, code=code, begun_at=now))
    session.flush()


def _write(session: Session, case: Case, person: Person, chosen: Way, *, digits: str, key: str, now: datetime) -> None:
    expires_at = now + GOOD_FOR
    if chosen is Way.TEXT:
        messages.text(
            session,
            person,
            purpose=PURPOSE,
            body=texts.code(digits),
            key=key,
            now=now,
            case=case,
            expires_at=expires_at,
            must_arrive=False,
        )
        return
    mail = family_mails.code(name=person.name, digits=digits)
    messages.email(
        session,
        address=str(person.email),
        recipient=messages.THE_FAMILY,
        purpose=PURPOSE,
        subject=mail.subject,
        body=mail.body,
        key=key,
        now=now,
        case=case,
        person=person,
        expires_at=expires_at,
        must_arrive=False,
    )
