"""Calendar feeds: who may read which meetings, by an address that can be taken back.

The mediator's, the venue's and the coordinators' calendars fetch them by themselves. What stands in a feed is the
time, the place and the reference, never a name: calendars are shared, and an address can be passed on.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from scheduling import references, tokens
from scheduling.models import (
    Booking,
    BookingKind,
    BookingStatus,
    Feed,
    Mediator,
    Offer,
    OfferState,
    Room,
    Staff,
    Venue,
)
from scheduling.outbox import feeds, identity, whereabouts
from scheduling.outbox.feeds import Happening

PAST: Final = timedelta(days=30)
"""So long a meeting that is over stays in the feed."""
NOTED_EVERY: Final = timedelta(minutes=15)
"""How exactly we know when a feed was last read: a calendar that asks every minute makes no work."""

Owner = Mediator | Venue | Staff
Kept = TypeVar("Kept", Booking, Offer)


def make(session: Session, owner: Owner, *, now: datetime) -> str:
    """The token of a new feed of somebody's meetings: it is known now and never again."""
    token = tokens.new()
    feed = Feed(token_hash=tokens.hashed(token), made_at=now)
    match owner:
        case Mediator():
            feed.mediator = owner
        case Venue():
            feed.venue = owner
        case Staff():
            feed.staff = owner
    session.add(feed)
    session.flush()
    return token


def address(token: str) -> str:
    """Where a calendar finds it."""
    return f"{identity.current().base_url.rstrip('/')}/cal/{token}.ics"


def open(session: Session, token: str) -> Feed | None:  # noqa: A001 - feeds.open
    """The feed of this token; None for one that is not ours, was taken back, or whose owner has left us."""
    feed = session.scalar(select(Feed).where(Feed.token_hash == tokens.hashed(token), Feed.revoked_at.is_(None)))
    return feed if feed is not None and _may_read(feed) else None


def is_to_be_noted(feed: Feed, *, now: datetime) -> bool:
    """Whether the last reading that we know of is too long ago."""
    return feed.last_read_at is None or now - feed.last_read_at >= NOTED_EVERY


def revoke(feed: Feed, *, now: datetime) -> None:
    """Take the address back: it opens nothing from now on."""
    feed.revoked_at = feed.revoked_at or now


def of(session: Session, owner: Owner | None = None) -> list[Feed]:
    """The feeds that still open, of one owner or of all, the newest first."""
    wanted = select(Feed).where(Feed.revoked_at.is_(None)).order_by(Feed.id.desc())
    match owner:
        case Mediator():
            wanted = wanted.where(Feed.mediator_id == owner.id)
        case Venue():
            wanted = wanted.where(Feed.venue_id == owner.id)
        case Staff():
            wanted = wanted.where(Feed.staff_id == owner.id)
    whole = (selectinload(Feed.mediator), selectinload(Feed.venue), selectinload(Feed.staff))
    return list(session.scalars(wanted.options(*whole)))


def text(session: Session, feed: Feed, *, now: datetime) -> str:
    """What a calendar reads in it: the same text until something changes."""
    return feeds.compose(name_of(feed), sorted(_happenings(session, feed, now=now), key=lambda one: one.uid))


def name_of(feed: Feed) -> str:
    """What the calendar is called: nobody's name, since it shows on every device of its reader."""
    return f"{identity.current().name}: {feed.venue.name}" if feed.venue is not None else identity.current().name


def _may_read(feed: Feed) -> bool:
    owner = feed.mediator or feed.venue or feed.staff
    return owner is not None and owner.is_active


def _happenings(session: Session, feed: Feed, *, now: datetime) -> Iterator[Happening]:
    meetings = select(Booking).where(
        Booking.kind == BookingKind.MEDIATION,
        Booking.status != BookingStatus.CANCELLED,
        Booking.ends_at > now - PAST,
    )
    held = select(Offer).where(Offer.state == OfferState.HELD, Offer.held_until > now)
    for booking in session.scalars(_of(meetings, Booking, feed)):
        yield Happening(
            uid=booking.uid,
            sequence=booking.sequence,
            stamp=booking.booked_at,
            starts_at=booking.starts_at,
            ends_at=booking.ends_at,
            title=f"Meeting (reference {references.written(booking.case.reference)})",
            place=whereabouts.place(booking),
        )
    for offer in session.scalars(_of(held, Offer, feed)):
        yield Happening(
            uid=f"o-{offer.id}@{identity.current().domain}",
            sequence=0,
            stamp=offer.offered_at,
            starts_at=offer.starts_at,
            ends_at=offer.ends_at,
            title=f"Held for a meeting (reference {references.written(offer.case.reference)})",
            place=whereabouts.at(offer.mode, offer.room),
            is_sure=False,
        )


def _of(wanted: Select[Kept], kind: type[Kept], feed: Feed) -> Select[Kept]:
    """Those of the feed's mediator or venue; a coordinator's has them all."""
    wanted = wanted.options(selectinload(kind.case), selectinload(kind.room).selectinload(Room.venue))
    if feed.mediator_id is not None:
        return wanted.where(kind.mediator_id == feed.mediator_id)
    if feed.venue_id is not None:
        return wanted.where(kind.room.has(Room.venue_id == feed.venue_id))
    return wanted
