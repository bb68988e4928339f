"""Choosing a time by link: each party says of every offered time whether it suits, until one is booked.

To the family the page is one of its own, behind its code. To the others it shows days and hours and no name or place,
which stand in the mail, so it asks them for no code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.cases import offering
from scheduling.diary import bookings, holds, offers, preferences
from scheduling.diary.offers import Gone, NotOffered
from scheduling.models import (
    FAMILY,
    SERVICE,
    Actor,
    ActorKind,
    Answer,
    AnsweredBy,
    BookingKind,
    Case,
    Offer,
    Party,
    Purpose,
)
from webapp import visiting
from webapp.auth import by_code, by_link
from webapp.compartments import Compartment
from webapp.parties.blueprint import opened, parties, phone

ACTORS = {Party.FAMILY: FAMILY, Party.AUTHORITY: Actor(ActorKind.AUTHORITY), Party.HEALTH: SERVICE}
PURPOSES = {
    Party.AUTHORITY: Purpose.AUTHORITY_CHOOSES,
    Party.HEALTH: Purpose.BOARD_CHOOSES,
}
PAGES = {
    Party.FAMILY: "parties.own_times",
    Party.AUTHORITY: "parties.times_for_the_authority",
    Party.HEALTH: "parties.times_for_the_board",
}
NO_TOKEN = ""
"""A family's own page has no token in its address."""
WORDS = {answer.value: answer for answer in Answer}

NOTHING_SAID = "Say of at least one time whether it suits you, or choose “None of these times”"
CHANGED = "The times have changed since you opened this page. Look at them again"


@dataclass(frozen=True)
class Time:
    """One offered time as the page shows it."""

    offer: Offer
    said: str
    left: str
    """How long it is held, in words; empty where its hold has run out and it may go to others."""


@parties.get("/my-case/times")
@by_code(Compartment.SHARED)
def own_times() -> ResponseReturnValue:
    """The family's page; opening it says nothing to anybody."""
    return _page(NO_TOKEN, Party.FAMILY)


@parties.post("/my-case/times")
@by_code(Compartment.SHARED)
def choose_times() -> ResponseReturnValue:
    """The family has answered, or has changed its answer."""
    return _answered(NO_TOKEN, Party.FAMILY)


@parties.get("/times-for-the-authority/<token>")
@by_link(Compartment.SHARED)
def times_for_the_authority(token: str) -> ResponseReturnValue:
    """The officer's page; opening it says nothing to anybody."""
    return _page(token, Party.AUTHORITY)


@parties.post("/times-for-the-authority/<token>")
@by_link(Compartment.SHARED)
def choose_times_for_the_authority(token: str) -> ResponseReturnValue:
    """The officer has answered, or has changed the answer."""
    return _answered(token, Party.AUTHORITY)


@parties.get("/times-for-the-care-board/<token>")
@by_link(Compartment.SHARED)
def times_for_the_board(token: str) -> ResponseReturnValue:
    """The integrated care board's page; opening it says nothing to anybody."""
    return _page(token, Party.HEALTH)


@parties.post("/times-for-the-care-board/<token>")
@by_link(Compartment.SHARED)
def choose_times_for_the_board(token: str) -> ResponseReturnValue:
    """The integrated care board has answered, or has changed its answer."""
    return _answered(token, Party.HEALTH)


def _page(token: str, party: Party, *, problem: str = "", posted: dict[int, str] | None = None) -> ResponseReturnValue:
    now = clock.now()
    with db.Reading() as session:
        case = _case(session, token, party)
        held = holds.of(session, case)
        booking = bookings.of(session, case, BookingKind.MEDIATION)
        page = render_template(
            "parties/times.html",
            action=_address(token, party),
            reference=case.reference,
            times=[_time(one, party, posted, now=now) for one in held],
            round=held[0].round if held else 0,
            closes_at=held[0].closes_at if held else None,
            has_answered=preferences.has_answered(held, party),
            booking=booking,
            is_over=case.closed_at is not None or case.declined_at is not None,
            gone="gone" in request.args,
            problem=problem,
            is_family=party is Party.FAMILY,
            phone=phone(),
        )
    return page, 422 if problem else 200


def _answered(token: str, party: Party) -> ResponseReturnValue:
    said = _said()
    wants_none = "none" in request.form
    gone = ""
    with db.Session.begin() as session:
        case = _case(session, token, party)
        held = holds.of(session, case)
        problem = _problem(held, said, wants_none=wants_none)
        if held and not problem:
            gone = _write_down(session, case, party, {} if wants_none else said)
    if problem:
        return _page(token, party, problem=problem, posted=said)
    return redirect(_address(token, party, gone=gone or None), 303)


def _case(session: Session, token: str, party: Party) -> Case:
    """The family has entered its code before; the others are known by their link alone."""
    if party is Party.FAMILY:
        return visiting.deciding(session).case
    return opened(session, token, PURPOSES[party]).case


def _address(token: str, party: Party, *, gone: str | None = None) -> str:
    return url_for(PAGES[party], token=token or None, gone=gone)


def _write_down(session: Session, case: Case, party: Party, said: dict[int, str]) -> str:
    """Keep the answer; gives "gone" where a chosen time has gone to somebody else, and then the next are offered."""
    by, now, link = ACTORS[party], clock.now(), AnsweredBy.LINK
    try:
        if said:
            words = {number: WORDS[word] for number, word in said.items()}
            offering.answer(session, case, words, party=party, channel=link, by=by, now=now)
        else:
            offering.refuse_all(session, case, party=party, channel=link, by=by, now=now)
    except Gone as refusal:
        offering.instead_of(session, case, refusal.number, by=by, now=now)
        return "gone"
    except NotOffered:  # settled in this very moment: the page that follows says how
        return ""
    return ""


def _problem(held: Sequence[Offer], said: dict[int, str], *, wants_none: bool) -> str:
    if not held:
        return ""  # the page says what became of them
    is_of_this_round = request.form.get("round", "") == str(held[0].round)
    if not is_of_this_round or not set(said) <= {one.number for one in held}:
        return CHANGED
    return "" if said or wants_none else NOTHING_SAID


def _said() -> dict[int, str]:
    """What was posted, by the numbers of the times; what no page of ours would post is left out."""
    posted = {number: request.form.get(f"time-{number}", "") for number in range(1, offers.CHOICES + 1)}
    return {number: word for number, word in posted.items() if word in WORDS}


def _time(one: Offer, party: Party, posted: dict[int, str] | None, *, now: datetime) -> Time:
    before = preferences.last_answer(one, party)
    said = (posted or {}).get(one.number) or ("" if before is None else before.value)
    return Time(one, said, _left(one.held_until - now))


def _left(left: timedelta) -> str:
    """About how long, in words that somebody would say."""
    minutes = int(left.total_seconds() // 60)
    if minutes <= 0:
        return ""
    for size, name in ((24 * 60, "day"), (60, "hour"), (1, "minute")):
        number = minutes // size
        if number > 1 or (number == 1 and size < 24 * 60):
            return f"{number} {name}" if number == 1 else f"{number} {name}s"
    return "1 minute"
