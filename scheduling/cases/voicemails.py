"""Voicemails: left at the provider, fetched by the worker, deleted there at once and here after the time they are kept.

A caller who cannot be rung leaves a name and a safe number. The provider names the recording twice, in whatever order:
when the caller has finished, and when the sound can be fetched. Whoever listens is written down.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from scheduling import db, vault
from scheduling.cases import intake
from scheduling.models import Actor, Contact, ContactChannel, Listening, Said, Staff, Voicemail
from scheduling.outbox.carriers import NotCarried, Trouble
from scheduling.reference import policies
from scheduling.refusals import Refused

log = logging.getLogger(__name__)

READY_WITHOUT_NEWS = timedelta(minutes=2)
"""The news that the sound is ready may be lost: then it is simply asked for."""
ASK_AGAIN = timedelta(minutes=5)
MOST_TRIES = 100
"""Some eight hours; after that somebody must look at the provider."""


@dataclass(frozen=True, kw_only=True)
class Sound:
    """What was said, as the provider gives it out."""

    media_type: str
    content: bytes


class Tapes(Protocol):
    """Where the provider keeps recordings. Both raise the troubles of carriers."""

    def fetch(self, recording_id: str) -> Sound:
        """The sound of a recording; `NotCarried` where it can never be had."""

    def remove(self, recording_id: str) -> None:
        """Delete it there; one that is gone already is deleted."""


class NothingToHear(Refused):
    """The sound is not here yet, or not any more."""

    def __str__(self) -> str:
        return "The sound is not here: it has not been fetched yet, or it was deleted after the time we keep it."


def left(
    session: Session, *, recording_id: str, number: str | None, now: datetime, seconds: int | None = None
) -> Voicemail:
    """Somebody has left a message; told twice, it is one."""
    known = select(Voicemail).where(Voicemail.recording_id == recording_id).with_for_update()
    voicemail = session.scalar(known)
    if voicemail is None:
        try:
            with session.begin_nested():
                session.add(_new(session, recording_id, number, now))
        except IntegrityError:
            pass  # the other news of it came at the same moment
        voicemail = session.scalars(known).one()
    voicemail.seconds = voicemail.seconds if seconds is None else seconds
    return voicemail


def is_ready(voicemail: Voicemail, *, now: datetime) -> None:
    """The provider has the sound: fetch it now."""
    if voicemail.removed_at is None:
        voicemail.next_try_at = now


def is_empty(voicemail: Voicemail, *, now: datetime) -> None:
    """Nothing was said after all: nobody need listen."""
    voicemail.next_try_at = None
    voicemail.contact.handled_at = voicemail.contact.handled_at or now


def fetch_due(tapes: Tapes, now: datetime) -> int:
    """One round of the worker: fetch what is ready, and delete it there; says how many were dealt with.

    The sound is kept here before the provider's copy goes, and no transaction is open while the network is asked.
    """
    done = 0
    while (voicemail := _claim(now)) is not None:
        try:
            if voicemail.fetched_at is None:
                _fetch(tapes, voicemail, now)
            tapes.remove(voicemail.recording_id)
        except Trouble as trouble:
            log.warning("a voicemail must wait", extra={"voicemail": voicemail.id, "code": trouble.code})
            break
        _removed(voicemail.id, now)
        done += 1
    return done


def listen(voicemail: Voicemail, *, by: Actor, now: datetime) -> Sound:
    """The sound for a member of staff, which is written down."""
    if not voicemail.sound or voicemail.media_type is None or by.staff_id is None:
        raise NothingToHear
    voicemail.listenings.append(Listening(staff_id=by.staff_id, at=now))
    if voicemail.contact.case is not None:
        voicemail.contact.case.record("A voicemail was listened to", by=by, now=now)
    return Sound(media_type=voicemail.media_type, content=voicemail.sound)


def forget_due(session: Session, *, now: datetime) -> None:
    """Delete the sounds that have been kept long enough; that somebody called stays."""
    kept = timedelta(days=policies.value(session, policies.VOICEMAIL_DAYS))
    due = select(Voicemail.id).where(Voicemail.left_at < now - kept, Voicemail.sound.is_not(None))
    for voicemail_id in session.scalars(due).all():
        forget(session, voicemail_id, now=now)


def forget(session: Session, voicemail_id: int, *, now: datetime) -> None:
    """Delete a sound, and its key: in backups it cannot be heard any more."""
    vault.forget_row(session, Voicemail, voicemail_id)
    voicemail = session.get_one(Voicemail, voicemail_id)
    voicemail.sound, voicemail.forgotten_at = None, now
    session.flush()


def of(session: Session, contact: Contact) -> Voicemail | None:
    """What this contact left on the tape."""
    return session.scalar(select(Voicemail).where(Voicemail.contact_id == contact.id))


def listeners(session: Session, contact: Contact) -> list[tuple[str, datetime]]:
    """Who has listened to what this contact left, and when."""
    of_it = select(Staff.name, Listening.at).join(Listening, Listening.staff_id == Staff.id)
    heard = of_it.join(Voicemail, Voicemail.id == Listening.voicemail_id).where(Voicemail.contact_id == contact.id)
    return [(row.name, row.at) for row in session.execute(heard.order_by(Listening.id))]


def _new(session: Session, recording_id: str, number: str | None, now: datetime) -> Voicemail:
    contact = intake.record_contact(
        session,
        channel=ContactChannel.VOICEMAIL,
        said=Said.OTHER,
        received_at=now,
        number=number,
        provider_id=recording_id,
    )
    return Voicemail(
        contact=contact, recording_id=recording_id, left_at=now, next_try_at=now + READY_WITHOUT_NEWS, attempts=0
    )


def _claim(now: datetime) -> Voicemail | None:
    due = select(Voicemail).where(Voicemail.next_try_at <= now).order_by(Voicemail.id).limit(1)
    with db.claimed(due) as voicemail:
        if voicemail is None:
            return None
        voicemail.attempts += 1
        is_last = voicemail.attempts >= MOST_TRIES
        voicemail.next_try_at = None if is_last else now + ASK_AGAIN
        if is_last:
            log.error("a voicemail is given up", extra={"voicemail": voicemail.id})
        return voicemail


def _fetch(tapes: Tapes, voicemail: Voicemail, now: datetime) -> None:
    try:
        sound = tapes.fetch(voicemail.recording_id)
    except NotCarried as refusal:  # gone, or longer than a minute can be: nothing to keep, and it must not stay there
        log.warning("a voicemail cannot be had", extra={"voicemail": voicemail.id, "code": refusal.code})
        return
    _keep(voicemail.id, sound, now)


def _keep(voicemail_id: int, sound: Sound, now: datetime) -> None:
    with db.Session.begin() as session:
        voicemail = session.get_one(Voicemail, voicemail_id, with_for_update=True)
        voicemail.sound, voicemail.media_type, voicemail.fetched_at = sound.content, sound.media_type, now


def _removed(voicemail_id: int, now: datetime) -> None:
    with db.Session.begin() as session:
        voicemail = session.get_one(Voicemail, voicemail_id, with_for_update=True)
        voicemail.removed_at, voicemail.next_try_at = now, None
