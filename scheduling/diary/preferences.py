"""What each party says to offered times, and which of them suits both best; nothing is changed here."""

from collections.abc import Iterable, Sequence

from scheduling import london
from scheduling.models import Answer, Offer, Party

PARTIES = (Party.FAMILY, Party.AUTHORITY)

_WORTH = {Answer.YES: 3, Answer.IF_NEED_BE: 2, None: 1, Answer.NO: 0}
_SAID = {
    Answer.YES: "said yes",
    Answer.IF_NEED_BE: "can come if need be",
    Answer.NO: "said no",
    None: "has not answered",
}


def last_answer(one: Offer, party: Party) -> Answer | None:
    """What the party says to this time; None before it has answered."""
    said = [given.answer for given in one.answers if given.party is party]
    return said[-1] if said else None


def has_answered(held: Iterable[Offer], party: Party) -> bool:
    """Whether a party has said anything to any of these times."""
    return any(last_answer(one, party) is not None for one in held)


def is_refused(one: Offer) -> bool:
    """Whether a party's last word to this time is no."""
    return any(last_answer(one, party) is Answer.NO for party in PARTIES)


def by_worth(held: Iterable[Offer]) -> list[Offer]:
    """Both say yes before one can come if need be before somebody has not answered; refused ones are left out."""
    return sorted((one for one in held if not is_refused(one)), key=_worth, reverse=True)


def is_decided(best: Offer, held: Sequence[Offer]) -> bool:
    """Both want this one; or both have said what they think of every time, so that nothing better can come."""
    if all(last_answer(best, party) is Answer.YES for party in PARTIES):
        return True
    return all(is_refused(one) or all(last_answer(one, party) is not None for party in PARTIES) for one in held)


def in_words(one: Offer, *, is_over: bool) -> str:
    """How this one was chosen, for the history."""
    family, authority = (_SAID[last_answer(one, party)] for party in PARTIES)
    ended = f"The time to choose ended at {london.written(one.closes_at)}. " if is_over else ""
    return f"{ended}The family {family}; the authority {authority}."


def why_none(held: Iterable[Offer]) -> str:
    """Why none of them is left, for the history."""
    offered = list(held)
    names = [party.value for party in PARTIES if any(last_answer(one, party) is Answer.NO for one in offered)]
    return f"Refused by {' and '.join(names)}." if names else "The time to choose has ended."


def _worth(one: Offer) -> tuple[int, int, int, int]:
    family, authority = (_WORTH[last_answer(one, party)] for party in PARTIES)
    return (min(family, authority), family + authority, family, -one.number)
