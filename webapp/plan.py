"""`plan`: a place for every case that waits, found together; proposed to the coordinators, or only shown."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from scheduling import clock, db, london
from scheduling.cases import whole_plan
from scheduling.cases.whole_plan import Found, Moving, Progress
from scheduling.diary import movable
from scheduling.diary.planning import Place
from scheduling.models import SERVICE, Booking, Case, Mediator, Room
from webapp import composition, settings

PARTS = 1000


@click.command()
@click.option("--dry-run", is_flag=True, help="Show what would be proposed, and write nothing down.")
@click.option(
    "--move-booked",
    is_flag=True,
    help="Propose to move booked meetings too, each where it makes room for a case that has none. "
    "A coordinator accepts each of them; none moves on which everybody has agreed, or without lawful notice.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@click.option("--seconds", default=30.0, type=click.FloatRange(0, 3600), help="How long to search at most.")
@click.pass_context
def plan(context: click.Context, *, dry_run: bool, move_booked: bool, as_json: bool, seconds: float) -> None:
    """Find a place for every case that waits, all together. Nothing is booked before a coordinator accepts it."""
    context.call_on_close(composition.prepare(settings.load()).dispose)
    now = clock.now()
    with db.Reading() as session:
        moving = movable.movable(session, now=now) if move_booked else []
        question = whole_plan.read(session, now=now, moving=moving)
    with _bar(is_shown=not as_json) as progress:
        found = whole_plan.find(question, seconds=seconds, progress=progress)
    with db.Reading() as session:
        told = _told(session, found, now=now)
    if not dry_run and question is not None:
        with db.Session.begin() as session:
            whole_plan.write(session, found, by=SERVICE, now=now)
    if as_json:
        click.echo(json.dumps(told, indent=2))
    else:
        _say(told, dry_run=dry_run)


@contextmanager
def _bar(*, is_shown: bool) -> Iterator[Progress | None]:
    if not is_shown:
        yield None
        return
    bar: Any = click.progressbar(length=PARTS, label="Planning", item_show_func=_placed, file=sys.stderr)
    with bar:

        def show(share: float, placed: int) -> None:
            bar.update(max(0, round(share * PARTS) - bar.pos), placed)

        yield show
        bar.update(PARTS - bar.pos)


def _placed(number: int | None) -> str | None:
    return None if number is None else f"{number} placed"


def _told(session: Session, found: Found, *, now: datetime) -> dict[str, Any]:
    left_out = {case: whole_plan.reason(session, case, now=now) for case in found.unplaced}
    return {
        "placed": found.placed,
        "one_by_one": found.one_by_one,
        "at_most": found.at_most,
        "moves": [_move(session, move) for move in found.moves],
        "places": [_place(session, place) for place in sorted(found.places, key=lambda place: place.starts_at)],
        "left_out": [{"case": session.get_one(Case, one).reference, "why": why} for one, why in left_out.items()],
    }


def _place(session: Session, place: Place) -> dict[str, Any]:
    case = session.get_one(Case, place.case_id).reference
    return {"case": case, **_held(session, place.starts_at, place.room_id, place.mediator_id)}


def _move(session: Session, move: Moving) -> dict[str, Any]:
    booking, for_case = session.get_one(Booking, move.booking_id), session.get_one(Case, move.for_case)
    before = _held(session, booking.starts_at, booking.room_id, booking.mediator_id)
    return {**_place(session, move.to), "before": before, "makes_room_for": for_case.reference}


def _held(session: Session, starts_at: datetime, room_id: int | None, mediator_id: int | None) -> dict[str, str | None]:
    room = None if room_id is None else session.get_one(Room, room_id)
    return {
        "starts": starts_at.isoformat(),
        "when": london.written(starts_at),
        "where": "from afar" if room is None else f"{room.venue.name}, {room.name}",
        "mediator": None if mediator_id is None else session.get_one(Mediator, mediator_id).name,
    }


def _say(told: dict[str, Any], *, dry_run: bool) -> None:
    if not told["places"] and not told["left_out"]:
        click.echo("No case waits for a time.")
        return
    click.echo(
        f"{told['placed']} of {told['placed'] + len(told['left_out'])} cases placed; "
        f"{told['one_by_one']} one by one; more than {told['at_most']} nobody could place."
    )
    for place in told["places"]:
        click.echo(f"  {place['case']}  {place['when']}, {place['where']}, with {place['mediator']}")
    for move in told["moves"]:
        click.echo(f"  {move['case']}  would move to {move['when']}, {move['where']}, with {move['mediator']}")
        before = move["before"]
        click.echo(f"            before: {before['when']}, {before['where']}, with {before['mediator']}")
        click.echo(f"            makes room for {move['makes_room_for']}")
    for one in told["left_out"]:
        click.echo(f"  {one['case']}  no place: {one['why']}")
    click.echo("Nothing is written down." if dry_run else "Proposed: a coordinator accepts it on the page /plan.")
