"""`slots`, `why` and `bookings`: the diary on the command line, as text or as JSON. No family is named here."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, time, timedelta
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from scheduling import clock, db, london, references
from scheduling.diary import bookings as diary
from scheduling.diary import slots as times
from scheduling.diary import why as reasons
from scheduling.diary.slots import Slot
from scheduling.models import Booking, BookingKind, BookingStatus, Case, Room, Venue
from scheduling.refusals import Refused
from webapp import composition, settings

DAY = click.DateTime(formats=["%Y-%m-%d"])
AHEAD = timedelta(days=30)


class NoSuchCase(Refused):
    def __str__(self) -> str:
        return "No case has this reference. Write its eight digits, for example 40217389."


@click.command()
@click.argument("case")
@click.option("--limit", default=10, help="How many, at most.")
@click.option("--json", "as_json", is_flag=True, help="For another program.")
@click.pass_context
def slots(context: click.Context, case: str, limit: int, *, as_json: bool) -> None:
    """The best times for CASE, the best first, each with its reasons."""
    _open(context)
    with db.Reading() as session:
        now, wanted = clock.now(), _case(session, case)
        found = times.best(session, wanted, now=now, limit=limit)
        listed = [_slot(slot) for slot in found]
        none = None if found else reasons.none(session, wanted, now=now)
        booked = diary.of(session, wanted, BookingKind.MEDIATION)
        kept = None if booked is None or booked.ends_at <= now else _booking(booked)
    if as_json:
        _print({"case": wanted.reference, "booked": kept, "slots": listed, "why_none": none})
        return
    if kept is not None and booked is not None:
        click.echo(f"A meeting is booked already: {london.written(booked.starts_at)}, {booked.place}.\n")
    if none is not None:
        click.echo(none)
    for slot in found:
        click.echo(f"{london.written_day(london.london_day(slot.starts_at))}, {_hours(slot)}  {slot.place}")
        click.echo(f"    with {slot.mediator.name} and {slot.officer.name}. {' '.join(slot.reasons)}")


@click.command()
@click.argument("case")
@click.option("--json", "as_json", is_flag=True, help="For another program.")
@click.pass_context
def why(context: click.Context, case: str, *, as_json: bool) -> None:
    """What stands between CASE and a time: what each constraint takes away, and what would open one."""
    _open(context)
    with db.Reading() as session:
        wanted = _case(session, case)
        told = reasons.explain(session, wanted, now=clock.now())
        opening = [{"what": one.what, "slots": [_slot(slot) for slot in one.slots]} for one in told.relaxations]
    if as_json:
        counted = None if told.tally is None else asdict(told.tally)
        _print({"case": wanted.reference, "why": told.sentence, "tally": counted, "relaxations": opening})
        return
    click.echo(told.sentence or "There is a time for this case.")
    if told.tally is not None:
        rows = [(one.constraint, f"{one.first:,}", f"{one.alone:,}") for one in told.tally.excluded if one.alone]
        click.echo(f"\n{told.tally.candidates:,} days with a venue and a mediator, {told.tally.left:,} left\n")
        _table(("Taken away by", "in turn", "alone"), rows)
    for one in told.relaxations:
        starts = "; ".join(london.short(slot.starts_at) for slot in one.slots)
        click.echo(f"\nWould open a time: {one.what}\n    {starts}")


@click.command()
@click.option("--day", type=DAY, default=None, help="Only this day, as 2026-12-10; else the 30 days from today.")
@click.option("--venue", default=None, help="Only at venues with this in their names.")
@click.option("--json", "as_json", is_flag=True, help="For another program.")
@click.pass_context
def bookings(context: click.Context, day: datetime | None, venue: str | None, *, as_json: bool) -> None:
    """The meetings that are booked, in order."""
    _open(context)
    with db.Reading() as session:
        listed = [_booking(one) for one in _booked(session, day, venue)]
    if as_json:
        _print({"bookings": listed})
        return
    rows = [(one["starts_at"][:16].replace("T", " "), *(str(one[key]) for key in COLUMNS)) for one in listed]
    _table(("When", "Case", "Place", "Mediator", "Authority"), rows)


COLUMNS = ("case", "place", "mediator", "authority")


def _open(context: click.Context) -> None:
    context.call_on_close(composition.prepare(settings.load()).dispose)


def _case(session: Session, text: str) -> Case:
    reference = references.parse(text)
    found = None if reference is None else session.scalar(select(Case).where(Case.reference == reference))
    if found is None:
        raise NoSuchCase
    return found


def _booked(session: Session, day: datetime | None, venue: str | None) -> Sequence[Booking]:
    first = london.london_day(clock.now()) if day is None else day.date()
    begins = london.at(first, time(0))
    ends = london.at(first + (AHEAD if day is None else timedelta(days=1)), time(0))
    wanted = select(Booking).where(
        Booking.kind == BookingKind.MEDIATION,
        Booking.status != BookingStatus.CANCELLED,
        Booking.starts_at >= begins,
        Booking.starts_at < ends,
    )
    if venue is not None:
        wanted = wanted.where(Booking.room.has(Room.venue.has(Venue.name.icontains(venue, autoescape=True))))
    whole = (
        selectinload(Booking.case).selectinload(Case.authority),
        selectinload(Booking.room).selectinload(Room.venue),
        selectinload(Booking.mediator),
    )
    return session.scalars(wanted.options(*whole).order_by(Booking.starts_at, Booking.id)).all()


def _booking(booking: Booking) -> dict[str, Any]:
    authority = booking.case.authority
    return {
        "case": booking.case.reference,
        "starts_at": london.london(booking.starts_at).isoformat(),
        "ends_at": london.london(booking.ends_at).isoformat(),
        "place": booking.place,
        "mediator": None if booking.mediator is None else booking.mediator.name,
        "authority": None if authority is None else authority.name,
    }


def _slot(slot: Slot) -> dict[str, Any]:
    return {
        "starts_at": slot.starts_at.isoformat(),
        "ends_at": slot.ends_at.isoformat(),
        "mode": slot.mode.value,
        "place": slot.place,
        "mediator": slot.mediator.name,
        "officer": slot.officer.name,
        "interpreter": None if slot.interpreter is None else slot.interpreter.name,
        "care_board": None if slot.board is None else slot.board.name,
        "reasons": list(slot.reasons),
    }


def _hours(slot: Slot) -> str:
    return london.written_hours(slot.starts_at, slot.ends_at)


def _print(answer: dict[str, Any]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        click.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())
