"""One of several processes that fight for the same hours, with several threads in it; started by a test."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from multiprocessing.synchronize import Barrier
from threading import Barrier as Start

from sqlalchemy.orm import Session

from scheduling import db
from scheduling.diary import bookings, slots
from scheduling.diary.bookings import SlotTaken
from scheduling.diary.slots import Slot
from scheduling.models import SERVICE, Case, Mediator, Officer, Room
from tests import our_vault
from tests.builders import moment

NOW = moment("2026-11-23 10:25")
THREE = 3
BOOKED, BOOKED_LATER, REFUSED = "booked", "booked after a refusal", "refused, and given three"
_begin: Barrier


def prepare(url: str, begin: Barrier) -> None:
    """What a process does before it begins."""
    global _begin  # noqa: PLW0603 - a process of its own
    _begin = begin
    our_vault.use()
    patient = db.connect(url).execution_options(busy_milliseconds=60_000)  # the machine may be busy with other tests
    db.Session.configure(bind=patient)


def write(case_ids: Sequence[int]) -> list[str]:
    """Book a time for each of these cases, all at once; gives what became of each."""
    start = Start(len(case_ids))

    def take_part(case_id: int) -> str:
        start.wait()
        return _book(case_id)

    _begin.wait()
    with ThreadPoolExecutor(len(case_ids)) as writers:
        return list(writers.map(take_part, case_ids))


def _book(case_id: int) -> str:
    """Whoever is refused is given the next three that are free, and tries each of them."""
    if _one_of(case_id, _free(case_id, limit=1)):
        return BOOKED
    others = _free(case_id, limit=THREE)
    if len(others) != THREE:
        return f"refused, and given {len(others)}"
    return BOOKED_LATER if _one_of(case_id, others) else REFUSED


def _free(case_id: int, *, limit: int) -> list[Slot]:
    with db.Reading() as session:
        return slots.best(session, session.get_one(Case, case_id), now=NOW, limit=limit, spread=True)


def _one_of(case_id: int, wanted: Sequence[Slot]) -> bool:
    for slot in wanted:
        try:
            with db.Session.begin() as session:
                case = session.get_one(Case, case_id)
                bookings.book(session, case, _of_this(session, slot), by=SERVICE, now=NOW)
        except SlotTaken:
            continue
        return True
    return False


def _of_this(session: Session, slot: Slot) -> Slot:
    """The same slot with the rows as this transaction has them: it was found in an earlier one."""
    return replace(
        slot,
        room=None if slot.room is None else session.get_one(Room, slot.room.id),
        mediator=session.get_one(Mediator, slot.mediator.id),
        officer=session.get_one(Officer, slot.officer.id),
    )
