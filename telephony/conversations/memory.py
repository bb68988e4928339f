"""What the line remembers between two requests: calls by their sid, text threads by the two numbers.

Rows are locked while they are used: two requests of one call, or two texts of one sender, may come at once.
"""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from scheduling.models import Call, Case, Contact, TextThread
from telephony import understanding
from telephony.callers import Caller

_CALL = select(Call).where(Call.sid == bindparam("called")).with_for_update()


def call(session: Session, sid: str) -> Call | None:
    """The call as it stands."""
    return session.scalar(_CALL, {"called": sid})


def new_call(sid: str, caller: Caller, *, now: datetime) -> Call:
    """A call of which nothing is known but the number, not yet written down."""
    return Call(sid=sid, number=caller.number, is_relay=caller.is_relay, step="", turn=0, misses=0, started_at=now)


def keep(session: Session, call: Call) -> None:
    """Write down a call that has just been picked up."""
    session.add(call)
    session.flush()


def contact(session: Session, call: Call) -> Contact | None:
    """What this call was recorded as, once the caller has said what it is about."""
    return session.scalar(select(Contact).where(Contact.provider_id == call.sid))


def case(session: Session, reference: str) -> Case | None:
    """The case of a reference that somebody keyed, which proves nothing."""
    return session.scalar(select(Case).where(Case.reference == reference))


def thread(session: Session, *, ours: str, theirs: str) -> TextThread:
    """The conversation by text between these two numbers, begun if there is none."""
    known = select(TextThread).where(TextThread.ours == ours, TextThread.theirs == theirs).with_for_update()
    if (found := session.scalar(known)) is not None:
        return found
    try:
        with session.begin_nested():
            session.add(TextThread(ours=ours, theirs=theirs))
    except IntegrityError:
        pass  # their other text came at the same moment and began it
    return session.scalars(known).one()


def settle_figures(session: Session, last: Contact, *, since: datetime) -> None:
    """The figures that led to a promise need nobody any more; words beside them still do."""
    open_ones = select(Contact).where(
        Contact.number == last.number, Contact.handled_at.is_(None), Contact.received_at >= since
    )
    for contact in session.scalars(open_ones):
        if understanding.figure(contact.words or "") is not None:
            contact.handled_at = last.received_at
