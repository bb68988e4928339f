"""What an offered time holds: claims like a booking's, until it is settled or its time is over.

From `held_until` on an offer's hours are free for whoever wants them, whether or not anybody has tidied up.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from scheduling import london
from scheduling.diary import claims
from scheduling.diary.slots import Slot
from scheduling.models import Actor, Case, Message, MessageState, Offer, OfferState, Room

OFFERED, REMINDED = "times to choose from", "reminder to choose a time"
"""The purposes of the messages that ask."""
NO_LONGER = "No longer offered"
"""So a line of history begins that says why hours were given back."""


def of(session: Session, case: Case) -> list[Offer]:
    """The times between which the case's parties may choose, by their numbers; none where nothing is offered."""
    offered = select(Offer).where(Offer.case_id == case.id, Offer.state == OfferState.HELD)
    return list(session.scalars(offered.order_by(Offer.number).options(*WITH_PEOPLE)))


def slot_of(offer: Offer, *reasons: str) -> Slot:
    """The slot that it offers, with the reasons for which it was found and any that have come since."""
    return Slot(
        starts_at=offer.starts_at,
        ends_at=offer.ends_at,
        mode=offer.mode,
        room=offer.room,
        mediator=offer.mediator,
        officer=offer.officer,
        interpreter=offer.interpreter,
        board=offer.board,
        reasons=(*offer.reasons.splitlines(), *reasons),
    )


def let_go(session: Session, offers: Iterable[Offer], *, because: str, by: Actor, now: datetime) -> int:
    """Give the hours of these offers back, and say why in the history; gives how many there were."""
    released = [offer for offer in offers if offer.state is OfferState.HELD]
    for offer in released:
        claims.free(session, offer)
        offer.state, offer.settled_at = OfferState.RELEASED, now
    if released:
        times = "; ".join(written(offer) for offer in released)
        released[0].case.record(f"{NO_LONGER}: {times}", why=because, by=by, now=now)
    session.flush()
    return len(released)


def let_go_of(session: Session, case: Case, *, because: str, by: Actor, now: datetime) -> int:
    """The same for everything that the case holds; a question that has not gone out yet stays here."""
    held = of(session, case)
    if held:
        _drop_questions(session, case)
    return let_go(session, held, because=because, by=by, now=now)


def written(offer: Offer) -> str:
    """Thursday 10 December 2026, 10am to midday."""
    day = london.written_day(london.london_day(offer.starts_at))
    return f"{day}, {london.written_hours(offer.starts_at, offer.ends_at)}"


def _drop_questions(session: Session, case: Case) -> None:
    unsent = select(Message).where(
        Message.case_id == case.id,
        Message.purpose.in_((OFFERED, REMINDED)),
        Message.state == MessageState.QUEUED,
    )
    for message in session.scalars(unsent.with_for_update()):
        message.state = MessageState.DROPPED


WITH_PEOPLE = (
    # Not by joins: PostgreSQL locks no outer join.
    selectinload(Offer.answers),
    selectinload(Offer.room).selectinload(Room.venue),
    selectinload(Offer.mediator),
    selectinload(Offer.officer),
    selectinload(Offer.board),
)
