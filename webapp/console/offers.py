"""Offered times in the console: which to offer, what each party has said, and what to do before the clock does it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from scheduling import clock, db
from scheduling.cases import offer_messages, offering
from scheduling.diary import bookings, holds, offers, preferences, slots, why
from scheduling.diary.bookings import SlotTaken
from scheduling.diary.slots import Supposing
from scheduling.models import Answer, AnsweredBy, BookingKind, Case, Offer, Party
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console import openings
from webapp.console.blueprint import WORKS_ON_CASES, console
from webapp.console.bookings import LOOKED_AT, NoLongerFree
from webapp.console.case_forms import Because, OfferAnswered, choices, said_beside
from webapp.console.cases import for_action, with_reference
from webapp.console.choices import Choice, choice_of, nearest

SHOWN = 8


@dataclass(frozen=True)
class Held:
    """An offered time with what each party has said to it."""

    offer: Offer
    place: str
    said: dict[Party, Answer | None]
    is_held: bool


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
    try:
        with db.Session.begin() as session:
            case = for_action(session, reference)
            is_right = 0 < len(keys) <= offers.CHOICES
            page = None if is_right else _page(session, case, problem="Choose one, two or three times")
            held = _offer(session, case, keys) if page is None else []
    except (NoLongerFree, SlotTaken):
        return _others(reference, keys)
    if page is not None:
        return page
    flash("The times are held, and everybody is asked within a minute.")
    if len(held) < len(keys):
        flash(f"Only {len(held)} of {len(keys)}: the others had just gone to somebody else.")
    return redirect(url_for("console.offered", reference=reference))


@console.post("/cases/<reference>/offers/answer")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASE)
def record_offer_answer(reference: str) -> ResponseReturnValue:
    """Write down what a party has said on the telephone."""
    with db.Session.begin() as session:
        case, said = for_action(session, reference), ""
        form = _answer_form(holds.of(session, case))
        if form.validate():
            with said_beside(form, session):
                said = _write_down(session, case, form)
        page = _page(session, case, form=form) if form.errors else None
    if page is not None:
        return page
    flash(said)
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


def _write_down(session: Session, case: Case, form: OfferAnswered) -> str:
    """Keep an answer; where its time had gone the next are offered, and both parties hear of it."""
    number, now = int(form.time.data), clock.now()
    try:
        offering.answer(
            session,
            case,
            {number: Answer(form.answer.data)},
            party=Party(form.party.data),
            channel=AnsweredBy.STAFF,
            by=auth.actor(),
            now=now,
            because=form.because.data,
        )
    except offers.Gone as refusal:
        offering.instead_of(session, case, number, by=auth.actor(), now=now)
        return f"{refusal} Nothing was written down. The next times that are free are offered instead."
    return "The answer is written down."


def _offer(session: Session, case: Case, keys: list[str]) -> list[Offer]:
    by_key = {choice.key: choice.slot for choice in _choices(session, case, limit=LOOKED_AT, now=clock.now())}
    if not set(keys) <= set(by_key):
        raise NoLongerFree
    chosen = sorted((by_key[key] for key in keys), key=lambda slot: slot.starts_at)
    return offering.offer(session, case, by=auth.actor(), now=clock.now(), chosen=chosen)


def _others(reference: str, keys: list[str]) -> ResponseReturnValue:
    """What was chosen has gone: what of it is still free stays ticked, and beside it are the next three."""
    with db.Reading() as session:
        case = with_reference(session, reference)
        free = _choices(session, case, limit=LOOKED_AT, now=clock.now())
        kept = [choice for choice in free if choice.key in keys]
        gone = [key for key in keys if key not in {choice.key for choice in kept}]
        others = nearest([one.slot for one in free if one not in kept], gone[0] if gone else "")
        problem = f"{'One' if len(gone) == 1 else 'Some'} of these times went to somebody else just now. Choose again"
        page = _page(session, case, problem=problem, found=[*kept, *(choice_of(slot) for slot in others)], kept=keys)
    return page[0], 409


def _page(
    session: Session,
    case: Case,
    *,
    problem: str = "",
    found: list[Choice] | None = None,
    kept: Collection[str] = (),
    form: OfferAnswered | None = None,
    withdrawal: Because | None = None,
) -> tuple[str, int]:
    now = clock.now()
    held = holds.of(session, case)
    booking = bookings.of(session, case, BookingKind.MEDIATION)
    choices = [] if held or booking is not None else found or _choices(session, case, limit=SHOWN, now=now)
    page = render_template(
        "console/bookings/offers.html",
        case=case,
        booking=booking,
        held=[_shown(one, now=now) for one in held],
        closes_at=held[0].closes_at if held else None,
        is_reached=case.id not in {one.case_id for one in offer_messages.unreached(session)},
        choices=choices,
        ticked=kept if problem else {choice.key for choice in choices[: offers.CHOICES]},
        ends_at=offers.ends_at(session, now=now),
        told=None if held or choices or booking else openings.of(case, why.explain(session, case, now=now)),
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
