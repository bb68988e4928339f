"""What the parties are sent about offered times: a text and a mail to the family, a mail to whoever else would come.

Each message has a key with its round in it, so that a second look writes none again, and a figure that comes back by
text belongs to the round of the text that asked. The family's contact record decides what may be sent to it.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import links
from scheduling.diary import holds, preferences
from scheduling.diary.holds import OFFERED, REMINDED
from scheduling.models import Case, Message, MessageState, Offer, OfferState, Party, Purpose
from scheduling.outbox import messages
from scheduling.outbox.wording import offers as wording
from scheduling.outbox.wording.mails import Mail

TAKEN_BACK = "times no longer held"
LINK_DAYS = 40
"""Longer than the 30 days: whoever is late reads what became of the times."""

CHOOSES = {Party.AUTHORITY: Purpose.AUTHORITY_CHOOSES, Party.HEALTH: Purpose.BOARD_CHOOSES}
LABELS = {Party.AUTHORITY: messages.THE_AUTHORITY, Party.HEALTH: messages.THE_BOARD}

Words = Callable[..., str]


@dataclass(frozen=True)
class Other:
    """Who is asked beside the family, and about which times."""

    party: Party
    key: str
    name: str
    address: str
    times: Sequence[Offer]


def ask(session: Session, held: Sequence[Offer], *, words: Words, now: datetime) -> None:
    """Ask every party which of these times suit it."""
    ask_the_family(session, held, purpose=OFFERED, words=words, now=now)
    ask_the_others(session, held, purpose=OFFERED, now=now)


def remind(session: Session, held: Sequence[Offer], *, now: datetime) -> int:
    """Ask once more whoever has said nothing; gives how many parties that were."""
    silent = preferences.silent(held)
    if Party.FAMILY in silent:
        ask_the_family(session, held, purpose=REMINDED, words=wording.by_text_once_more, now=now)
    ask_the_others(session, held, purpose=REMINDED, now=now, only=silent)
    return len(silent)


def ask_the_family(session: Session, held: Sequence[Offer], *, purpose: str, words: Words, now: datetime) -> None:
    """By text and by mail, as far as its record allows."""
    case, times, closes_at = held[0].case, _told(held), held[0].closes_at
    _text(session, held, purpose=purpose, body=words(times, closes_at=closes_at), expires_at=closes_at, now=now)
    key = f"{key_of(held[0], purpose)}:family"
    if messages.written_already(session, key) is None:
        mail = wording.to_the_family(
            name=case.person.name,
            reference=case.reference,
            times=times,
            closes_at=closes_at,
            link=_link(session, case, Purpose.FAMILY_CHOOSES, now=now),
            again=purpose == REMINDED,
        )
        messages.email_the_family(session, case, purpose=purpose, mail=mail, key=key, now=now)


def ask_the_others(
    session: Session, held: Sequence[Offer], *, purpose: str, now: datetime, only: Collection[Party] = tuple(Party)
) -> None:
    """Each officer who would come to one of them, and the care board where it is a party, by links of their own.

    They read when and where, a name of their own and the reference, and nothing else of the family.
    """
    case = held[0].case
    for other in _others(held):
        key = f"{key_of(held[0], purpose)}:{other.key}"
        if other.party in only and messages.written_already(session, key) is None:
            mail = wording.to_whoever_comes(
                name=other.name,
                reference=case.reference,
                times=_told(other.times),
                closes_at=held[0].closes_at,
                link=_link(session, case, CHOOSES[other.party], now=now),
                again=purpose == REMINDED,
            )
            _mail(session, case, other, purpose=purpose, mail=mail, key=key, now=now)


def say_taken_back(session: Session, held: Sequence[Offer], *, now: datetime) -> None:
    """Nobody need answer any more; nobody hears of it who was not asked."""
    if not _was_asked(session, held):
        return
    case, key = held[0].case, key_of(held[0], TAKEN_BACK)
    _text(session, held, purpose=TAKEN_BACK, body=wording.taken_back_by_text(), expires_at=None, now=now)
    to_family = wording.taken_back(name=case.person.name, reference=case.reference)
    messages.email_the_family(session, case, purpose=TAKEN_BACK, mail=to_family, key=f"{key}:family", now=now)
    for other in _others(held):
        mail = wording.taken_back(name=other.name, reference=case.reference)
        _mail(session, case, other, purpose=TAKEN_BACK, mail=mail, key=f"{key}:{other.key}", now=now)


def unreached(session: Session) -> list[Offer]:
    """The first time of every open round of which the family was told neither by text nor by mail."""
    open_ones = session.scalars(select(Offer).where(Offer.state == OfferState.HELD).order_by(Offer.closes_at, Offer.id))
    rounds = {one.case_id: one for one in reversed(open_ones.all())}
    keys = {f"{key_of(one, OFFERED)}:{way}": case_id for case_id, one in rounds.items() for way in ("text", "family")}
    told = session.scalars(select(Message.key).where(Message.key.in_(keys), Message.state != MessageState.DROPPED))
    for key in told:
        rounds.pop(keys[key], None)
    return list(reversed(rounds.values()))


def key_of(one: Offer, purpose: str) -> str:
    """What the keys of a round's messages begin with."""
    return f"{purpose}:{one.case_id}:{one.round}"


def _text(
    session: Session, held: Sequence[Offer], *, purpose: str, body: str, expires_at: datetime | None, now: datetime
) -> None:
    case = held[0].case
    messages.text(
        session,
        case.person,
        purpose=purpose,
        body=body,
        key=f"{key_of(held[0], purpose)}:text",
        now=now,
        case=case,
        thread=f"offers-of-case-{case.id}",  # in order: the figures belong to the last of them
        expires_at=expires_at,
    )


def _mail(session: Session, case: Case, to: Other, *, purpose: str, mail: Mail, key: str, now: datetime) -> None:
    messages.email(
        session,
        address=to.address,
        recipient=LABELS[to.party],
        purpose=purpose,
        subject=mail.subject,
        body=mail.body,
        key=key,
        now=now,
        case=case,
    )


def _told(held: Sequence[Offer]) -> list[wording.Offered]:
    return [
        wording.Offered(
            number=one.number,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            where=holds.slot_of(one).at_place,
            held_until=one.held_until,
        )
        for one in held
    ]


def _link(session: Session, case: Case, purpose: Purpose, *, now: datetime) -> str:
    return links.address(purpose, links.make(session, purpose, case, now=now, days=LINK_DAYS))


def _others(held: Sequence[Offer]) -> Iterator[Other]:
    """Each officer beside the times to which that officer would come, then the care board."""
    for officer in dict.fromkeys(one.officer for one in held):
        times = [one for one in held if one.officer is officer]
        yield Other(Party.AUTHORITY, f"officer:{officer.id}", officer.name, officer.email, times)
    for board in dict.fromkeys(one.board for one in held if one.board is not None):
        times = [one for one in held if one.board is board]
        yield Other(Party.HEALTH, f"board:{board.id}", board.name, board.email, times)


def _was_asked(session: Session, held: Sequence[Offer]) -> bool:
    if not held:
        return False
    sent = select(Message.id).where(
        Message.case_id == held[0].case_id,
        Message.key.startswith(f"{key_of(held[0], OFFERED)}:", autoescape=True),
        Message.state.not_in((MessageState.QUEUED, MessageState.DROPPED)),
    )
    return session.scalar(sent.limit(1)) is not None
