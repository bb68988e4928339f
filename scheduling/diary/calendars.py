"""Mediators' own calendars: read by address again and again, or once from a file, for the times at which they are busy.

What they do then is nobody's business: only from when to when is kept, for as far ahead as meetings are booked.
"""

import logging
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from scheduling import confined, db, london
from scheduling.diary import claims
from scheduling.models import Busy, Mediator, ReadCalendar, ResourceKind
from scheduling.outbox import identity
from scheduling.outbox.calendar_addresses import LARGEST, Fetched
from scheduling.refusals import Refused

log = logging.getLogger(__name__)

AHEAD: Final = timedelta(days=120)
READ_EVERY: Final = timedelta(minutes=30)

Times = list[tuple[datetime, datetime]]


class Fetch(Protocol):
    """How an address is read. Raises NotFetched."""

    def __call__(self, address: str, *, etag: str | None) -> Fetched:
        """What stands there now."""


class TooLarge(Refused):
    """More than a person's calendar."""

    def __str__(self) -> str:
        return "This file is larger than 1 MB. Export a shorter time, for example the next six months."


def subscribe(session: Session, mediator: Mediator, address: str, *, now: datetime) -> ReadCalendar:
    """Read this address from now on; whether it may be read was asked before."""
    calendar = ReadCalendar(mediator_id=mediator.id, address=address, added_at=now)
    session.add(calendar)
    session.flush()
    return calendar


def upload(session: Session, mediator: Mediator, times: Times, *, now: datetime) -> ReadCalendar:
    """Keep the busy times of a file in place of those of an earlier one."""
    session.execute(delete(ReadCalendar).where(ReadCalendar.mediator_id == mediator.id, ReadCalendar.address.is_(None)))
    calendar = ReadCalendar(mediator_id=mediator.id, address=None, added_at=now)
    session.add(calendar)
    session.flush()
    keep(session, calendar, times, now=now)
    return calendar


def forget(session: Session, calendar: ReadCalendar) -> None:
    """Read it no more, and forget what stood in it."""
    session.execute(delete(Busy).where(Busy.calendar_id == calendar.id))
    session.delete(calendar)
    session.flush()


def of(session: Session, mediator: Mediator) -> list[ReadCalendar]:
    """The calendars of a mediator, the oldest first."""
    return list(
        session.scalars(select(ReadCalendar).where(ReadCalendar.mediator_id == mediator.id).order_by(ReadCalendar.id))
    )


def busy_in(content: bytes, *, now: datetime) -> Times:
    """When the owner of this calendar is busy in the coming months; raises TooLarge, or confined.TooMuch."""
    if len(content) > LARGEST:
        raise TooLarge
    today = london.london_day(now)
    days = (today.isoformat(), (today + AHEAD).isoformat())
    found = confined.read("scheduling.diary.busy_reading", content, *days, identity.current().domain)
    return [(datetime.fromisoformat(starts), datetime.fromisoformat(ends)) for starts, ends in found]


def keep(session: Session, calendar: ReadCalendar, times: Times, *, now: datetime) -> None:
    """These times in place of those of the last reading; whoever books the mediator at this moment waits for it."""
    claims.lock(session, [(ResourceKind.MEDIATOR, calendar.mediator_id)])
    session.execute(delete(Busy).where(Busy.calendar_id == calendar.id))
    session.add_all(
        Busy(
            kind=ResourceKind.MEDIATOR,
            resource_id=calendar.mediator_id,
            starts_at=starts_at,
            ends_at=ends_at,
            calendar_id=calendar.id,
            noted_at=now,
        )
        for starts_at, ends_at in times
    )
    calendar.read_at = calendar.tried_at = now
    calendar.trouble = None
    session.flush()


def read_due(fetch: Fetch, now: datetime) -> int:
    """One round of the worker: read the addresses that were last tried half an hour ago; says how many."""
    with db.Reading() as session:
        due = list(
            session.scalars(
                select(ReadCalendar)
                .where(
                    ReadCalendar.address.is_not(None),
                    or_(ReadCalendar.tried_at.is_(None), ReadCalendar.tried_at <= now - READ_EVERY),
                )
                .order_by(ReadCalendar.tried_at.nulls_first(), ReadCalendar.id)
                .limit(10)
            )
        )
    for calendar in due:
        _read(fetch, calendar, now)
    return len(due)


def _read(fetch: Fetch, calendar: ReadCalendar, now: datetime) -> None:
    """Read one address, with no transaction open meanwhile; what went wrong stands beside the calendar."""
    try:
        fetched = fetch(str(calendar.address), etag=calendar.etag if _is_of_today(calendar, now) else None)
        times = None if fetched.content is None else busy_in(fetched.content, now=now)
    except Refused as trouble:
        log.warning("a calendar could not be read", extra={"calendar": calendar.id})
        _note(calendar.id, now, trouble=str(trouble))
        return
    with db.Session.begin() as session:
        kept = session.get(ReadCalendar, calendar.id, with_for_update=True)
        if kept is None:
            return  # removed meanwhile
        kept.etag = fetched.etag
        if times is None:
            kept.read_at, kept.tried_at, kept.trouble = now, now, None
        else:
            keep(session, kept, times, now=now)


def _is_of_today(calendar: ReadCalendar, now: datetime) -> bool:
    """An unchanged calendar is read anew once a day all the same: the days for which we keep it move on."""
    return calendar.read_at is not None and london.london_day(calendar.read_at) == london.london_day(now)


def _note(calendar_id: int, now: datetime, *, trouble: str) -> None:
    with db.Session.begin() as session:
        calendar = session.get(ReadCalendar, calendar_id, with_for_update=True)
        if calendar is not None:
            calendar.tried_at, calendar.trouble = now, trouble
