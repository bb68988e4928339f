"""Offered times in the console: which to offer, what each party has said, and what to do before the clock does it.

Also the cases without a time, each with the sentence that says what stands in the way.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from scheduling import clock, db, london
from scheduling.cases import mediation, offer_messages, offering
from scheduling.diary import bookings, holds, offers, preferences, slots, why
from scheduling.diary.slots import Supposing
from scheduling.models import Answer, AnsweredBy, BookingKind, Case, Offer, Party
from scheduling.reference import calendar
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console import clocks
from webapp.console.blueprint import READS_CASES, WORKS_ON_CASES, console
from webapp.console.bookings import LOOKED_AT, Choice, NoLongerFree, choice_of
from webapp.console.case_forms import Because, OfferAnswered, choices, said_beside
from webapp.console.cases import for_action, with_reference
from webapp.console.clocks import DayClock

SHOWN = 8


@dataclass(frozen=True)
class Held:
    """An offered time with what each party has said to it."""

    offer: Offer
    place: str
    said: dict[Party, Answer | None]
    is_held: bool


@dataclass(frozen=True)
class Unplaced:
    """A case that waits for a time, and what stands in the way."""

    case: Case
    clock: DayClock | None
    why: str
    is_choosing: bool


@console.get("/cases/<reference>/offers")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def offered(reference: str) -> ResponseReturnValue:
    """What is offered, or what could be."""
    with db.Reading() as session:
        return _page(session, with_reference(session, reference))


@console.post("/cases/<reference>/offers")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def offer_times(reference: str) -> ResponseReturnValue:
    """Hold the chosen times and ask every party."""
    keys = request.form.getlist("slot")
    with db.Session.begin() as session:
        case = for_action(session, reference)
        is_right = 0 < len(keys) <= offers.CHOICES
        page = None if is_right else _page(session, case, problem="Choose one, two or three times")
        if page is None:
            by_key = {choice.key: choice.slot for choice in _choices(session, case, limit=LOOKED_AT, now=clock.now())}
            if not set(keys) <= set(by_key):
                raise NoLongerFree
            chosen = sorted((by_key[key] for key in keys), key=lambda slot: slot.starts_at)
            offering.offer(session, case, by=auth.actor(), now=clock.now(), chosen=chosen)
    if page is not None:
        return page
    flash("The times are held, and everybody is asked within a minute.")
    return redirect(url_for("console.offered", reference=reference))


@console.post("/cases/<reference>/offers/answer")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def record_offer_answer(reference: str) -> ResponseReturnValue:
    """Write down what a party has said on the telephone."""
    with db.Session.begin() as session:
        case = for_action(session, reference)
        form = _answer_form(holds.of(session, case))
        if form.validate():
            with said_beside(form, session):
                offering.answer(
                    session,
                    case,
                    {int(form.time.data): Answer(form.answer.data)},
                    party=Party(form.party.data),
                    channel=AnsweredBy.STAFF,
                    by=auth.actor(),
                    now=clock.now(),
                    because=form.because.data,
                )
        page = _page(session, case, form=form) if form.errors else None
    if page is not None:
        return page
    flash("The answer is written down.")
    return redirect(url_for("console.offered", reference=reference))


@console.post("/cases/<reference>/offers/<id:number>/book")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def book_offer(reference: str, number: int) -> ResponseReturnValue:
    """Book this one now; the others are given back."""
    with db.Session.begin() as session:
        case = for_action(session, reference)
        offering.confirm(
            session, case, number, because="Booked by hand from the offered times.", by=auth.actor(), now=clock.now()
        )
    flash("The meeting is booked. Everybody concerned will be told within a minute.")
    return redirect(url_for("console.case", reference=reference))


@console.post("/cases/<reference>/offers/take-back")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def take_back_offers(reference: str) -> ResponseReturnValue:
    """Nothing is held any more, and whoever was asked is told."""
    form = Because(request.form, prefix="withdrawal-")
    with db.Session.begin() as session:
        case = for_action(session, reference)
        if form.validate():
            offering.take_back(session, case, because=form.because.data, by=auth.actor(), now=clock.now())
        page = _page(session, case, withdrawal=form) if form.errors else None
    if page is not None:
        return page
    flash("The times are no longer held. Whoever was asked is told within a minute.")
    return redirect(url_for("console.offered", reference=reference))


@console.get("/unplaced")
@staff_only(*READS_CASES, compartment=Compartment.SHARED, scope=Scope.CASES)
def unplaced() -> ResponseReturnValue:
    """Every case that waits for a time, the one whose 30 days end first in front."""
    now = clock.now()
    with db.Reading() as session:
        days, today = calendar.working_days(session), london.london_day(now)
        waiting = mediation.waiting(session, now=now)
        explained = mediation.explanations(session, [case.id for case in waiting])
        rows = [
            Unplaced(
                case,
                clocks.of(case, days, today=today),
                explained.get(case.id, ""),
                is_choosing=bool(holds.of(session, case)),
            )
            for case in waiting
        ]
        return render_template("console/unplaced.html", rows=rows)


def _page(
    session: Session,
    case: Case,
    *,
    problem: str = "",
    form: OfferAnswered | None = None,
    withdrawal: Because | None = None,
) -> ResponseReturnValue:
    now = clock.now()
    held = holds.of(session, case)
    booking = bookings.of(session, case, BookingKind.MEDIATION)
    choices = [] if held or booking is not None else _choices(session, case, limit=SHOWN, now=now)
    page = render_template(
        "console/bookings/offers.html",
        case=case,
        booking=booking,
        held=[_shown(one, now=now) for one in held],
        closes_at=held[0].closes_at if held else None,
        is_reached=case.id not in {one.case_id for one in offer_messages.unreached(session)},
        choices=choices,
        best={choice.key for choice in choices[: offers.CHOICES]},
        ends_at=offers.ends_at(session, now=now),
        reason="" if held or choices or booking is not None else why.none(session, case, now=now),
        problem=problem,
        form=form or _answer_form(held, is_posted=False),
        withdrawal=withdrawal or Because(prefix="withdrawal-"),
    )
    is_refused = problem or (form is not None and form.errors) or (withdrawal is not None and withdrawal.errors)
    return page, 422 if is_refused else 200


def _choices(session: Session, case: Case, *, limit: int, now: datetime) -> list[Choice]:
    """The best times, as unlike each other as they can be, those that the case itself holds among them."""
    own = Supposing(released=frozenset(one.id for one in holds.of(session, case)))
    found = slots.best(session, case, now=now, limit=limit, spread=True, supposing=own)
    return [choice_of(slot) for slot in found]


def _shown(one: Offer, *, now: datetime) -> Held:
    return Held(
        one,
        holds.slot_of(one).place,
        {party: preferences.last_answer(one, party) for party in preferences.parties(one)},
        is_held=one.held_until > now,
    )


def _answer_form(held: list[Offer], *, is_posted: bool = True) -> OfferAnswered:
    form = OfferAnswered()
    form.party.choices = choices(preferences.parties(held[0]) if held else ())
    form.time.choices = [SelectChoice(str(one.number), f"{one.number}. {holds.written(one)}") for one in held]
    if is_posted:
        form.process(request.form)
    return form
