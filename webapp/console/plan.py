"""The whole plan in the console: how much it would place and what one after another would, to accept or pass over."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling import clock, db
from scheduling.cases import whole_plan
from scheduling.models import Proposal, ProposedPlace, ProposedState
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import READS_CASES, WORKS_ON_CASES, console, found

NOT_CHOSEN = "Choose at least one case"
BY_HAND = "Passed over by hand."


@console.get("/plan")
@staff_only(*READS_CASES, compartment=Compartment.SHARED, scope=Scope.CASES)
def plan() -> ResponseReturnValue:
    """The latest proposal."""
    return _page()


@console.post("/plan/<id:proposal_id>")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.SHARED, scope=Scope.CASES)
def settle_plan(proposal_id: int) -> ResponseReturnValue:
    """Book what was chosen, or everything, each in a transaction of its own; or pass the chosen over."""
    what = request.form.get("what")
    with db.Reading() as session:
        proposal = found(session.get(Proposal, proposal_id))
        waiting = [place.id for place in proposal.places if place.state is ProposedState.PROPOSED]
        moving = {place.id for place in proposal.places if place.booking_id is not None}
    wanted = set(request.form.getlist("place"))
    # Whoever takes everything has not thought of each family that expects another time: moves are chosen one by one.
    chosen = [one for one in waiting if str(one) in wanted or (what == "all" and one not in moving)]
    chosen.sort(key=lambda one: one not in moving)  # first the meetings that make room
    if not chosen:
        return _page(problem=NOT_CHOSEN), 422
    flash(_pass_over(chosen) if what == "pass over" else _book(chosen))
    return redirect(url_for("console.plan"))


def _page(problem: str = "") -> str:
    with db.Reading() as session:
        proposal = whole_plan.latest(session)
        places = [] if proposal is None else proposal.places
        proposed = [place for place in places if place.state is ProposedState.PROPOSED]
        waits = [_waits(place) for place in places if place.booking_id is None]
        return render_template(
            "console/plan.html",
            proposal=proposal,
            waiting=[place for place in proposed if place.booking_id is None],
            moving=[place for place in proposed if place.booking_id is not None],
            placed=len(waits),
            settled=[place for place in places if place.state is not ProposedState.PROPOSED],
            longest_wait=max(waits, default=0),
            mean_wait=round(sum(waits) / len(waits), 1) if waits else 0,
            problem=problem,
        )


def _waits(place: ProposedPlace) -> int:
    """Days from telling the authority to the proposed meeting."""
    told = place.case.told_at
    return 0 if told is None else (place.starts_at - told).days


def _book(places: list[int]) -> str:
    booked = waiting = 0
    for place in places:
        try:
            with db.Session.begin() as session:
                booking = whole_plan.accept(session, place, by=auth.actor(), now=clock.now())
                booked += booking is not None
        except whole_plan.WaitsForAMove:
            waiting += 1
    gone = len(places) - booked - waiting
    said = [f"{booked} booked or moved. Everybody concerned will be told within a minute."]
    if waiting:
        said.append(f"{waiting} can only be kept once a booked meeting has moved: choose that meeting as well.")
    if gone:
        said.append(f"{gone} could not be kept any more: the list says why.")
    return " ".join(said)


def _pass_over(places: list[int]) -> str:
    with db.Session.begin() as session:
        for place in places:
            whole_plan.pass_over(session, place, because=BY_HAND, now=clock.now())
    return f"{len(places)} passed over. Cases wait on, and meetings stay where they are."
