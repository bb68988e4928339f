"""What each party says to offered times, and which of them suits everybody best; nothing is changed here.

The family and the authority are asked, and where health care is in issue the integrated care board too.
"""

from collections.abc import Iterable, Sequence

from scheduling import london
from scheduling.models import Answer, Offer, Party

_WORTH = {Answer.YES: 3, Answer.IF_NEED_BE: 2, None: 1, Answer.NO: 0}
_SAID = {
    Answer.YES: "said yes",
    Answer.IF_NEED_BE: "can come if need be",
    Answer.NO: "said no",
    None: "has not answered",
}


def parties(one: Offer) -> tuple[Party, ...]:
    """Who is asked about it."""
    both = (Party.FAMILY, Party.AUTHORITY)
    return both if one.board is None else (*both, Party.HEALTH)


def last_answer(one: Offer, party: Party) -> Answer | None:
    """What the party says to this time; None before it has answered."""
    said = [given.answer for given in one.answers if given.party is party]
    return said[-1] if said else None


def has_answered(held: Iterable[Offer], party: Party) -> bool:
    """Whether a party has said anything to any of these times."""
    return any(last_answer(one, party) is not None for one in held)


def silent(held: Sequence[Offer]) -> list[Party]:
    """Who was asked and has said nothing to any of these times."""
    asked = dict.fromkeys(party for one in held for party in parties(one))
    return [party for party in asked if not has_answered(held, party)]


def is_refused(one: Offer) -> bool:
    """Whether a party's last word to this time is no."""
    return Answer.NO in _answers(one)


def by_worth(held: Iterable[Offer]) -> list[Offer]:
    """All say yes before one can come if need be before somebody has not answered; refused ones are left out."""
    return sorted((one for one in held if not is_refused(one)), key=_worth, reverse=True)


def is_decided(best: Offer, held: Sequence[Offer]) -> bool:
    """All want this one; or all have said what they think of every time, so that nothing better can come."""
    if set(_answers(best)) == {Answer.YES}:
        return True
    return all(is_refused(one) or None not in _answers(one) for one in held)


def in_words(one: Offer, *, is_over: bool) -> str:
    """How this one was chosen, for the history."""
    said = "; ".join(f"{party} {_SAID[last_answer(one, party)]}" for party in parties(one))
    ended = f"The time to choose ended at {london.written(one.closes_at)}. " if is_over else ""
    return f"{ended}{said[:1].upper()}{said[1:]}."


def why_none(held: Iterable[Offer]) -> str:
    """Why none of them is left, for the history."""
    offered = list(held)
    names = [party.value for party in Party if any(last_answer(one, party) is Answer.NO for one in offered)]
    return f"Refused by {' and '.join(names)}." if names else "The time to choose has ended."


def _answers(one: Offer) -> list[Answer | None]:
    return [last_answer(one, party) for party in parties(one)]


def _worth(one: Offer) -> tuple[int, int, int, int]:
    worth = [_WORTH[answer] for answer in _answers(one)]
    return (min(worth), sum(worth), worth[0], -one.number)
