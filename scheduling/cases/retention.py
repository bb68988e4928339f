"""How long records are kept: a proposal of what is due, a manager's word, and then the erasing, a record at a time.

A case is due some years after it was closed, and with a certificate some years after that was issued. What is on legal
hold is never due. Each record is erased in a transaction of its own, which says so in the same breath: killed half-way,
the next look goes on with the next record.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import Exists, Select, delete, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from scheduling import audit, db
from scheduling.audit import Action, Fact
from scheduling.cases import erasing
from scheduling.models import (
    Actor,
    ActorKind,
    Case,
    Certificate,
    Contact,
    InboundMail,
    Message,
)
from scheduling.models.retention import Erasure, ErasureBatch, LegalHold, ProviderCopy, RecordClass
from scheduling.outbox.carriers import NotCarried, Trouble
from scheduling.reference import changes, policies
from scheduling.refusals import Refused

log = logging.getLogger(__name__)

YEAR: Final = timedelta(days=365.25)
A_PROPOSAL: Final = 500
"""So many of a class at once: a manager should be able to look them over."""
AT_ONCE: Final = 50
"""So many are erased in one look of the clock."""
ASK_AGAIN: Final = timedelta(minutes=10)
MOST_TRIES: Final = 100
"""Some sixteen hours; after that somebody must look at the provider."""


class Copies(Protocol):
    """Texts that the provider keeps. Raises the troubles of carriers."""

    def remove(self, provider_id: str) -> None:
        """Delete it there; one that is gone already is deleted."""


class NothingWaits(Refused):
    """There is no batch to be confirmed."""

    def __str__(self) -> str:
        return "Nothing waits to be erased. Perhaps a colleague has confirmed it already."


class HeldAlready(Refused):
    """A case has at most one hold at a time."""

    def __str__(self) -> str:
        return "This case is on legal hold already."


class NotHeld(Refused):
    """There is nothing to lift."""

    def __str__(self) -> str:
        return "This case is not on legal hold."


@dataclass(frozen=True)
class Waiting:
    """What waits for a manager's word."""

    batch: ErasureBatch
    counts: Mapping[RecordClass, int]
    references: Sequence[str]


def propose(session: Session, *, now: datetime) -> int:
    """Put together what has been kept long enough and is not proposed yet; gives how much is new."""
    due = [
        Erasure(kind=kind, object_id=object_id)
        for kind, wanted in _due(session, now=now).items()
        for object_id in session.scalars(wanted.limit(A_PROPOSAL))
    ]
    if not due:
        return 0
    batch = _waiting(session)
    if batch is None:
        batch = ErasureBatch(proposed_at=now)
        session.add(batch)
        session.flush()
        _note(session, Action.PROPOSED, batch)
    batch.erasures.extend(due)
    session.flush()
    return len(due)


def waiting(session: Session) -> Waiting | None:
    """What waits for a manager: how many of each class, and the references of cases."""
    batch = _waiting(session)
    if batch is None:
        return None
    counts = Counter(one.kind for one in batch.erasures)
    cases = [one.object_id for one in batch.erasures if one.kind is RecordClass.CASE]
    wanted = select(Case.reference).where(Case.id.in_(cases)).order_by(Case.reference)
    return Waiting(batch, counts, list(session.scalars(wanted)))


def confirm(session: Session, batch_id: int, *, because: str, by: Actor, now: datetime) -> ErasureBatch:
    """A manager lets the batch be erased, as it was shown; what is on hold by now is taken out of it."""
    if not because.strip():
        raise changes.WithoutReason
    batch = session.get(ErasureBatch, batch_id, with_for_update=True)
    if batch is None or batch.confirmed_at is not None:
        raise NothingWaits
    _without_held(session, batch)
    batch.confirmed_at, batch.confirmed_by_id, batch.because = now, by.staff_id, because.strip()
    session.flush()
    _note(session, Action.CONFIRMED, batch, by=by)
    return batch


def confirmed(session: Session, *, now: datetime) -> list[int]:  # noqa: ARG001 - a search of the timetable
    """Some of what is to be erased now, by the ids of the erasures; batches that are done are closed by `finish`."""
    wanted = select(Erasure.id).join(Erasure.batch).where(ErasureBatch.confirmed_at.is_not(None))
    return list(session.scalars(wanted.where(Erasure.done_at.is_(None)).order_by(Erasure.id).limit(AT_ONCE)))


def erase(session: Session, erasure_id: int, *, now: datetime) -> None:
    """Erase one record, unless somebody was quicker, or it is on hold by now."""
    one = session.scalar(select(Erasure).where(Erasure.id == erasure_id).with_for_update(skip_locked=True))
    if one is None or one.done_at is not None or one.batch.confirmed_at is None:
        return
    if one.kind is RecordClass.CASE and held(session, one.object_id) is not None:
        session.delete(one)
        return
    one.done_at = now
    if one.kind is RecordClass.CASE:
        erasing.case(session, one.object_id, now=now)
    elif one.kind is RecordClass.ENQUIRY:
        erasing.enquiry(session, one.object_id, now=now)
    else:
        erasing.mail(session, one.object_id)
    _note(session, Action.ERASED, one.batch, case_id=one.object_id if one.kind is RecordClass.CASE else None)
    log.info("records erased", extra={"erasure": one.id, "batch": one.batch_id})


def finish(session: Session, *, now: datetime) -> None:
    """Close every batch of which nothing is left, with the result in the audit."""
    left = exists().where(Erasure.batch_id == ErasureBatch.id, Erasure.done_at.is_(None))
    done = (ErasureBatch.confirmed_at.is_not(None), ErasureBatch.finished_at.is_(None), ~left)
    for batch in session.scalars(select(ErasureBatch).where(*done).with_for_update(skip_locked=True)):
        batch.finished_at = now
        counts = Counter(one.kind.value for one in batch.erasures)
        _note(session, Action.ERASED, batch, reason=", ".join(f"{kind} {n}" for kind, n in sorted(counts.items())))


def hold(session: Session, case: Case, *, because: str, by: Actor, now: datetime) -> LegalHold:
    """Nothing of the case is erased until this is lifted."""
    if not because.strip():
        raise changes.WithoutReason
    if held(session, case.id) is not None:
        raise HeldAlready
    made = LegalHold(case_id=case.id, because=because.strip(), set_at=now, set_by_id=by.staff_id)
    session.add(made)
    case.record("Legal hold: nothing of this case is erased", why=made.because, by=by, now=now)
    session.flush()
    _note_hold(session, Action.HELD, made, by=by)
    return made


def lift(session: Session, case: Case, *, because: str, by: Actor, now: datetime) -> None:
    """The case may be erased again when its time has come."""
    if not because.strip():
        raise changes.WithoutReason
    standing = held(session, case.id)
    if standing is None:
        raise NotHeld
    standing.lifted_at, standing.lifted_by_id, standing.lifted_because = now, by.staff_id, because.strip()
    case.record("The legal hold was lifted", why=because.strip(), by=by, now=now)
    session.flush()
    _note_hold(session, Action.HOLD_LIFTED, standing, by=by)


def held(session: Session, case_id: int) -> LegalHold | None:
    """The hold that stands, if any."""
    return session.scalar(select(LegalHold).where(LegalHold.case_id == case_id, LegalHold.lifted_at.is_(None)))


def forget_links(session: Session, *, now: datetime) -> None:
    """Remove links that ended long ago: nobody can have a use for what they opened."""
    erasing.links(session, ended_before=now - timedelta(days=policies.value(session, policies.LINK_DAYS)))


def forget_words(session: Session, *, now: datetime) -> None:
    """Blank the messages of no case that are old enough."""
    kept = timedelta(days=policies.value(session, policies.MESSAGE_DAYS))
    erasing.messages_of_no_case(session, written_before=now - kept)


def ask_copies_back(session: Session, *, now: datetime) -> None:
    """Have the provider delete the texts that it has kept long enough."""
    before = now - timedelta(days=policies.value(session, policies.PROVIDER_DAYS))
    texts = erasing.texts_of(sent=Message.sent_at < before, received=Contact.received_at < before).subquery()
    asked = select(ProviderCopy.provider_id)
    wanted = select(texts.c.provider_id).where(texts.c.provider_id.not_in(asked)).limit(A_PROPOSAL)
    erasing.ask_back(session, [one for one in session.scalars(wanted) if one], now=now)


def remove_due(copies: Copies, now: datetime) -> int:
    """Delete some texts at the provider, until one must wait; says how many. No transaction is open meanwhile."""
    for done in range(AT_ONCE):
        provider_id = _claim(now)
        if provider_id is None:
            return done
        try:
            copies.remove(provider_id)
        except NotCarried as refusal:
            log.info("a copy is not the provider's any more", extra={"code": refusal.code})
        except Trouble as trouble:
            log.info("the provider's copies must wait", extra={"code": trouble.code})
            return done
        with db.Session.begin() as session:
            copy = session.get_one(ProviderCopy, provider_id)
            copy.removed_at, copy.next_try_at = now, None
    return AT_ONCE


def _claim(now: datetime) -> str | None:
    due = select(ProviderCopy).where(ProviderCopy.next_try_at <= now).order_by(ProviderCopy.next_try_at).limit(1)
    with db.claimed(due) as copy:
        if copy is None:
            return None
        copy.attempts += 1
        is_last = copy.attempts >= MOST_TRIES
        copy.next_try_at = None if is_last else now + ASK_AGAIN
        if is_last:
            log.error("the provider keeps a text that it should delete", extra={"attempts": copy.attempts})
        return copy.provider_id


def keep(session: Session, case: Case) -> bool:
    """Take an open case out of what is proposed; gives whether it was in time, before a manager let it be erased."""
    proposed = (Erasure.kind == RecordClass.CASE, Erasure.object_id == case.id)
    batch_id = session.scalar(select(Erasure.batch_id).where(*proposed))
    if batch_id is None:
        return True
    # The manager's confirmation holds the batch too: whoever comes second sees what the first has done.
    batch = session.get_one(ErasureBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch.confirmed_at is not None:
        return False
    session.execute(delete(Erasure).where(*proposed))
    session.expire(batch, ["erasures"])
    return True


def _due(session: Session, *, now: datetime) -> Mapping[RecordClass, Select[int]]:
    """What is due of each class and not proposed yet, the oldest in front."""
    closed_before = now - policies.value(session, policies.CASE_YEARS) * YEAR
    issued_before = now - policies.value(session, policies.CERTIFICATE_YEARS) * YEAR
    came_before = now - timedelta(days=policies.value(session, policies.ENQUIRY_DAYS))
    sent_before = now - timedelta(days=policies.value(session, policies.MAIL_DAYS))
    is_certified = exists().where(Certificate.case_id == Case.id, Certificate.issued_at >= issued_before)
    is_held = exists().where(LegalHold.case_id == Case.id, LegalHold.lifted_at.is_(None))
    return {
        RecordClass.CASE: select(Case.id)
        .where(Case.closed_at < closed_before, ~is_certified, ~is_held, ~_is_proposed(RecordClass.CASE, Case.id))
        .order_by(Case.closed_at),
        RecordClass.ENQUIRY: select(Contact.id)
        .where(
            Contact.case_id.is_(None),
            Contact.received_at < came_before,
            ~_is_proposed(RecordClass.ENQUIRY, Contact.id),
        )
        .order_by(Contact.received_at),
        RecordClass.MAIL: select(InboundMail.id)
        .where(
            InboundMail.case_id.is_(None),
            InboundMail.received_at < sent_before,
            ~_is_proposed(RecordClass.MAIL, InboundMail.id),
        )
        .order_by(InboundMail.received_at),
    }


def _is_proposed(kind: RecordClass, object_id: InstrumentedAttribute[int]) -> Exists:
    return exists().where(Erasure.kind == kind, Erasure.object_id == object_id)


def _waiting(session: Session) -> ErasureBatch | None:
    wanted = select(ErasureBatch).where(ErasureBatch.confirmed_at.is_(None)).order_by(ErasureBatch.id).limit(1)
    return session.scalar(wanted.with_for_update())


def _without_held(session: Session, batch: ErasureBatch) -> None:
    """They are proposed again once the hold is lifted."""
    standing = select(LegalHold.case_id).where(LegalHold.lifted_at.is_(None))
    on_hold = (Erasure.batch_id == batch.id, Erasure.kind == RecordClass.CASE, Erasure.object_id.in_(standing))
    session.execute(delete(Erasure).where(*on_hold))
    session.expire(batch, ["erasures"])


def _note(
    session: Session,
    action: Action,
    batch: ErasureBatch,
    *,
    by: Actor | None = None,
    case_id: int | None = None,
    reason: str | None = None,
) -> None:
    audit.record(
        session,
        Fact(
            action=action,
            case_id=case_id,
            actor_kind=(by.kind if by else ActorKind.SERVICE).value,
            actor_id=by.staff_id if by else None,
            object_kind=ErasureBatch.__tablename__,
            object_id=batch.id,
            reason=reason,
        ),
    )


def _note_hold(session: Session, action: Action, standing: LegalHold, *, by: Actor) -> None:
    audit.record(
        session,
        Fact(
            action=action,
            case_id=standing.case_id,
            actor_kind=by.kind.value,
            actor_id=by.staff_id,
            object_kind=LegalHold.__tablename__,
            object_id=standing.id,
        ),
    )
