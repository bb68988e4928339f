"""Disagreement resolution: help with a disagreement for whoever is willing, at any time, with or without a plan.

Nobody has to take part, so it begins when all are willing and ends when one is not. No days are counted, it never leads
to a certificate, and no right of appeal is touched: a case that also has an appeal goes on without it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import routes
from scheduling.law.routes import Decision
from scheduling.models import Actor, Case, Party, Willing
from scheduling.refusals import Refused

OTHER_ROUTES = (
    "The family may complain to whoever refused, in the way that body's own complaints procedure says.",
    "About the authority it may then go to the Local Government and Social Care Ombudsman.",
    "About health care it may then go to the Parliamentary and Health Service Ombudsman.",
    "About a school it may then go to the governors and the Department for Education.",
    "SENDIASS in its area and IPSEA give free advice, independent of us.",
    "A decision that can be appealed can still be appealed, in its own time: nothing here has taken that away.",
)
"""What is still open to the family when one party is not willing."""


@dataclass(eq=False)
class CannotAnswer(Refused):
    """Nobody was asked, or the case is closed."""

    because: str

    def __str__(self) -> str:
        return self.because


def open_for(session: Session, case: Case, parties: Collection[Party], *, by: Actor, now: datetime) -> list[Willing]:
    """The family asks for it, and so is willing; the others are asked."""
    if case.closed_at is not None:
        raise CannotAnswer("The case is closed.")
    others = [party for party in Party if party in parties and party is not Party.FAMILY]
    if not others:
        raise CannotAnswer("Say with whom the family disagrees: the authority, the school or the health body.")
    case.decision = case.decision or Decision.NONE
    known = {one.party for one in of(session, case)}
    asked = [Willing(case_id=case.id, party=party, asked_at=now) for party in others if party not in known]
    if Party.FAMILY not in known:
        asked.append(Willing(case_id=case.id, party=Party.FAMILY, asked_at=now, is_willing=True, answered_at=now))
    session.add_all(asked)
    session.flush()
    if asked:
        what = f"Disagreement resolution was asked for with {_named(others)}"
        case.record(what, why="It is voluntary for everybody, and no days are counted.", by=by, now=now)
    return of(session, case)


def of(session: Session, case: Case) -> list[Willing]:
    """Everybody who is asked to take part, and their answers."""
    return of_each(session, [case.id])[case.id]


def of_each(session: Session, case_ids: Collection[int]) -> dict[int, list[Willing]]:
    """The same for many cases, by their ids."""
    found: dict[int, list[Willing]] = {case_id: [] for case_id in case_ids}
    for one in session.scalars(select(Willing).where(Willing.case_id.in_(case_ids)).order_by(Willing.id)):
        found[one.case_id].append(one)
    return found


def answer(session: Session, case: Case, party: Party, willing: bool, *, by: Actor, now: datetime) -> None:  # noqa: FBT001
    """A party says whether it takes part: when one does not, that is the end of it, with the other routes listed."""
    asked = session.scalar(select(Willing).where(Willing.case_id == case.id, Willing.party == party).with_for_update())
    if asked is None:
        raise CannotAnswer(f"Nobody has asked {party} whether it takes part.")
    if case.closed_at is not None:
        raise CannotAnswer("The case is closed.")
    asked.is_willing, asked.answered_at = willing, now
    session.flush()
    verb = "takes part" if willing else "does not take part"
    case.record(f"{_first_large(party)} {verb} in disagreement resolution", by=by, now=now)
    if not willing:
        _give_up(case, party, by=by, now=now)
    elif all_are_willing(session, case):
        case.record("Everybody is willing", why="A coordinator finds a time with all of them.", by=by, now=now)


def all_are_willing(session: Session, case: Case) -> bool:
    """Then, and only then, there is a meeting to arrange."""
    everybody = of(session, case)
    return bool(everybody) and all(one.is_willing for one in everybody)


def has_ended(session: Session, case: Case) -> bool:
    """One party was not willing."""
    return any(one.is_willing is False for one in of(session, case))


def _give_up(case: Case, party: Party, *, by: Actor, now: datetime) -> None:
    because = f"Disagreement resolution needs everybody, and {party} does not take part."
    route = routes.of(case)
    if route is None or not (route.may_appeal or route.may_mediate):
        case.closed_at, case.closed_because = now, because
    what = "The case was closed" if case.closed_at is not None else "Disagreement resolution has ended"
    case.record(what, why=" ".join([because, *OTHER_ROUTES]), by=by, now=now)


def _named(parties: Collection[Party]) -> str:
    *others, last = parties
    return f"{', '.join(others)} and {last}" if others else str(last)


def _first_large(words: str) -> str:
    return words[:1].upper() + words[1:]
