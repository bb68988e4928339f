"""What the pages for venues and mediators share: authorities to choose from, the mark of a form, the look ahead."""

from datetime import date

from flask import flash, request
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from scheduling import clock, london
from scheduling.diary import alterations
from scheduling.diary.alterations import Alteration, Outcome
from scheduling.diary.mediators import Profile
from scheduling.diary.places import Place
from scheduling.models import Authority
from scheduling.refusals import Refused
from webapp import auth
from webapp.console import place_forms
from webapp.console.place_forms import WeeklyHours

Fields = list[tuple[str, str]]


class ChangedMeanwhile(Refused):
    """Two people had the same form open."""

    def __str__(self) -> str:
        return "Somebody has changed this while you were at it. Open it again, so that you see what holds now"


def authorities(session: Session) -> list[Authority]:
    """Every authority, by name."""
    wanted = select(Authority).order_by(Authority.name).options(selectinload(Authority.contracts))
    return list(session.scalars(wanted))


def served(everybody: list[Authority], *, beside: frozenset[Authority] = frozenset()) -> list[Authority]:
    """Those whom we serve now or later, and those who stand there already."""
    today = london.london_day(clock.now())
    return [one for one in everybody if one in beside or _has_contract(one, today)]


def must_be_as_seen(form: WeeklyHours, known: Place | Profile) -> None:
    """Refuse what was filled in beside something that no longer holds."""
    if form.seen.data != place_forms.mark(known):
        raise ChangedMeanwhile


def posted() -> Fields:
    """What was filled in, to be carried through the page that shows what it does."""
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]


def carry_out(session: Session, alteration: Alteration) -> Outcome:
    """Make what was looked at, and say what has become of it."""
    outcome = alterations.carry_out(session, alteration, by=auth.actor(), now=clock.now())
    flash(_said(outcome) if alteration.lines else "Nothing was changed.")
    return outcome


def _said(outcome: Outcome) -> str:
    moved, stranded, released = len(outcome.moved), len(outcome.stranded), len(outcome.released)
    if not (moved or stranded or released):
        return "Saved. No meeting is affected."
    return f"Saved. Meetings moved: {moved}, without another place or time: {stranded}. Times given back: {released}."


def _has_contract(authority: Authority, today: date) -> bool:
    return any(contract.ends_on is None or contract.ends_on >= today for contract in authority.contracts)
