"""Venues and mediators as tables: written for a spreadsheet, and venues read from one, all of it or nothing.

A line is matched by the venue's name: a known one is changed as the line says, an unknown one is added. A column that
is left out leaves alone what is known. Nothing happens before somebody has seen what would; see `alterations`.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from scheduling.diary import hours, mediators, places
from scheduling.diary.alterations import Alteration
from scheduling.diary.hours import WEEKDAYS, Hours
from scheduling.diary.moves import Cause
from scheduling.diary.places import Place
from scheduling.models import Actor, Authority, Mediator, Room, RoomUse, Side, Venue
from scheduling.reference import tables
from scheduling.refusals import Refused

LARGEST: Final = 100_000
MOST_LINES: Final = 500
LONGEST_CELL: Final = 2_000
NEW: Final = Place(name="", address="", postcode="")

TEXTS: Final = {
    "name": "name",
    "address": "address",
    "postcode": "postcode",
    "telephone": "phone",
    "contact": "contact",
    "cost": "cost",
    "directions": "directions",
}
FLAGS: Final = {
    "step-free": "step_free",
    "hearing loop": "hearing_loop",
    "quiet room": "quiet_room",
    "parking": "parking",
    "used": "is_active",
}
DAYS: Final = tuple(day.lower() for day in WEEKDAYS)
COLUMNS: Final = (*TEXTS, "owner", "serves", *FLAGS, *DAYS, "rooms")
NEEDED: Final = ("name", "address", "postcode")

_ROOM = re.compile(r"(?P<name>[^:;()]+):\s*(?P<holds>[0-9]{1,3})\s*(?:\((?P<use>[^()]*)\))?")


@dataclass(eq=False)
class Unreadable(Refused):
    """The file as a whole cannot be read."""

    sentence: str

    def __str__(self) -> str:
        return self.sentence


@dataclass(eq=False)
class WrongLine(Refused):
    """One line of the file cannot be what it says."""

    sentence: str

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """What is wrong with a line of the file."""

    line: int
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the file, understood."""

    place: Place
    rooms: tuple[Room, ...]
    venue: Venue | None
    """The one that is known by this name."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A file that was read: nothing of it holds while there is a mistake."""

    rows: Sequence[Row]
    mistakes: Sequence[Mistake]


def read(session: Session, content: bytes) -> Reading:
    """What a file says of venues, and what is wrong with it, line by line; raises Unreadable."""
    known = {venue.name: venue for venue in _venues(session)}
    named = _authorities(session)
    rows: list[Row] = []
    mistakes: list[Mistake] = []
    lines: dict[str, int] = {}
    for number, cells in _lines(content):
        try:
            row = _row(cells, known.get(cells["name"]), named)
            _must_be_alone(row, lines)
        except WrongLine as mistake:
            mistakes.append(Mistake(line=number, sentence=str(mistake)))
        else:
            rows.append(row)
            lines[row.place.name] = number
    return Reading(rows=rows, mistakes=mistakes)


def alteration(session: Session, rows: Sequence[Row], *, by: Actor, now: datetime) -> Alteration:
    """Everything that the lines of a file change, as one."""
    parts = [part for row in rows for part in _parts(session, row, by=by, now=now)]
    return Alteration(
        resources=sorted({resource for part in parts for resource in part.resources}),
        make=lambda: [part.make() for part in parts],
        cause=Cause(side=Side.VENUE, because="What we know of the venue has changed."),
        lines=[line for part in parts for line in part.lines],
    )


def venues(session: Session) -> str:
    """Every venue, in the form in which they are read."""
    return tables.written(COLUMNS, (_cells(venue) for venue in _venues(session)))


def template() -> str:
    """A file to fill in, with a line that shows how."""
    week = dict.fromkeys(DAYS[:5], "9:00-17:00")
    example = {
        "name": "Town Library",
        "address": "1 High Street, Barnet",
        "postcode": "N3 1AA",
        "telephone": "020 7946 0000",
        "contact": "Jo at the front desk",
        "cost": "£90 a day",
        "serves": "Barnet; Camden",
        "rooms": "Room 1: 8; Small room: 4 (talks apart)",
        **dict.fromkeys(FLAGS, "yes"),
        **week,
    }
    return tables.written(COLUMNS, [[example.get(column, "") for column in COLUMNS]])


def everybody(session: Session) -> str:
    """Every mediator: what is known of each, but for leave and conflicts."""
    wanted = select(Mediator).order_by(Mediator.name, Mediator.id)
    whole = (selectinload(Mediator.works_with), selectinload(Mediator.hours), selectinload(Mediator.spoken))
    written = [mediators.described(mediator).written() for mediator in session.scalars(wanted.options(*whole))]
    heading = list(mediators.EMPTY.written())
    return tables.written(heading, ([row[column] for column in heading] for row in written))


def _lines(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines of the file by the number of the first line of each, as its heading names their cells."""
    text = _text(content)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    heading: list[str] = []
    number = 1
    try:
        for cells in reader:
            if not heading:
                heading = _heading(cells)
            elif any(cell.strip() for cell in cells):
                if number > MOST_LINES:
                    raise Unreadable(f"The file has more than {MOST_LINES} lines. Split it")
                yield number, _named(heading, cells)
            number = reader.line_num + 1
    except csv.Error as broken:
        raise Unreadable(f"Line {reader.line_num} cannot be read: a quotation mark is missing or too many") from broken
    if not heading:
        raise Unreadable("The file is empty")


def _text(content: bytes) -> str:
    if len(content) > LARGEST:
        raise Unreadable(f"The file is larger than {LARGEST // 1000} kB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise Unreadable("The file is not in UTF-8. In Excel, save it as “CSV UTF-8 (comma delimited)”") from wrong
    if any(not (character.isprintable() or character in "\t\r\n") for character in text):
        raise Unreadable("The file holds characters that no text has. Is it a CSV file?")
    return text


def _heading(cells: Sequence[str]) -> list[str]:
    heading = [" ".join(cell.lower().split()) for cell in cells]
    unknown = [name for name in heading if name not in COLUMNS]
    missing = [name for name in NEEDED if name not in heading]
    twice = sorted({name for name in heading if heading.count(name) > 1})
    for names, what in (
        (unknown, "We do not know these columns"),
        (missing, "These columns are missing"),
        (twice, "These columns stand there twice"),
    ):
        if names:
            raise Unreadable(f"{what}: {', '.join(name or 'one without a name' for name in names)}")
    return heading


def _must_be_alone(row: Row, lines: Mapping[str, int]) -> None:
    if row.place.name in lines:
        raise WrongLine(f"{row.place.name} stands on line {lines[row.place.name]} already")


def _named(heading: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Cells by their columns; those without one are named by the empty word, so that the line is refused."""
    given = [*(tables.as_typed(cell.strip()) for cell in cells), *[""] * len(heading)]
    named = dict(zip(heading, given, strict=False))
    too_many = "".join(cells[len(heading) :]).strip()
    return {**named, **({"": too_many} if too_many else {})}


def _row(cells: Mapping[str, str], venue: Venue | None, named: Mapping[str, Authority]) -> Row:
    """One line, understood; raises WrongLine."""
    if "" in cells:
        raise WrongLine("There are more cells than columns")
    too_long = next((column for column, cell in cells.items() if len(cell) > LONGEST_CELL), None)
    if too_long is not None:
        raise WrongLine(f"{too_long} is longer than {LONGEST_CELL:,} characters")
    known = NEW if venue is None else places.described(venue)
    place = replace(known, **dict(_facts(cells, known, named)))
    rooms = tuple(_room(words) for words in cells.get("rooms", "").split(";") if words.strip())
    if len({room.name for room in rooms}) < len(rooms):
        raise WrongLine("rooms: two have one name")
    return Row(place=place, rooms=rooms, venue=venue)


def _facts(cells: Mapping[str, str], known: Place, named: Mapping[str, Authority]) -> Iterator[tuple[str, Any]]:
    for column, field in TEXTS.items():
        if column in cells:
            yield field, _fact(column, cells[column])
    for column, field in FLAGS.items():
        if column in cells:
            yield field, _yes_or_no(column, cells[column], otherwise=column == "used")
    if "owner" in cells:
        yield "owner", _authority("owner", cells["owner"], named) if cells["owner"] else None
    if "serves" in cells:
        words = (one.strip() for one in cells["serves"].split(";"))
        yield "serves", frozenset(_authority("serves", one, named) for one in words if one)
    yield "hours", _hours(cells, known.hours)


def _fact(column: str, cell: str) -> str | None:
    if not cell and column in NEEDED:
        raise WrongLine(f"{column} is missing")
    if column == "telephone":
        return places.telephone(cell)
    if column != "postcode":
        return cell or None
    written = places.postcode(cell)
    if written is None:
        raise WrongLine(f"postcode: “{cell}” is no whole postcode, like N3 1AA")
    return written


def _yes_or_no(column: str, cell: str, *, otherwise: bool) -> bool:
    answers = {"yes": True, "no": False, "": otherwise}
    if cell.lower() not in answers:
        raise WrongLine(f"{column}: write yes or no, not “{cell}”")
    return answers[cell.lower()]


def _authority(column: str, cell: str, named: Mapping[str, Authority]) -> Authority:
    found = named.get(cell.casefold())
    if found is None:
        raise WrongLine(f"{column}: no authority is called “{cell}”")
    return found


def _hours(cells: Mapping[str, str], known: Hours) -> Hours:
    """Days that have a column, as it says; the others as they are known."""
    found = [spell for spell in known if DAYS[spell[0]] not in cells]
    for weekday, day in enumerate(DAYS):
        of_day = hours.of_day(weekday, cells.get(day, ""))
        if of_day is None:
            raise WrongLine(f"{day}: write hours like 9:00-17:00, not “{cells[day]}”")
        found.extend(of_day)
    return hours.in_order(found)


def _room(words: str) -> Room:
    found = _ROOM.fullmatch(words.strip())
    uses = {use.value for use in RoomUse}
    use = RoomUse.MEETINGS.value if found is None or found["use"] is None else found["use"].strip().lower()
    if found is None or use not in uses or int(found["holds"]) == 0:
        raise WrongLine(f"rooms: write them like “Room 1: 8; Small room: 4 (talks apart)”, not “{words.strip()}”")
    return Room(name=found["name"].strip(), capacity=int(found["holds"]), used_for=RoomUse(use))


def _parts(session: Session, row: Row, *, by: Actor, now: datetime) -> Iterator[Alteration]:
    """What a line changes; nothing where everything is known already."""
    venue = row.venue
    if venue is None:
        yield _addition(session, row, by=by, now=now)
        return
    changed = places.alter(session, venue, row.place, by=by, now=now)
    if changed.lines:
        yield replace(changed, lines=[f"{venue.name}. {line}" for line in changed.lines])
    known = {room.name: room for room in venue.rooms}
    for wanted in row.rooms:
        if wanted.name not in known:
            yield _room_addition(session, venue, wanted, by=by, now=now)
            continue
        part = places.alter_room(
            session,
            known[wanted.name],
            name=wanted.name,
            capacity=wanted.capacity,
            used_for=wanted.used_for,
            by=by,
            now=now,
        )
        if part.lines:
            yield replace(part, lines=[f"{venue.name}, {wanted.name}. {line}" for line in part.lines])


def _addition(session: Session, row: Row, *, by: Actor, now: datetime) -> Alteration:
    def make() -> None:
        venue = places.add(session, row.place, by=by, now=now)
        for room in row.rooms:
            places.add_room(session, venue, _again(room), by=by, now=now)

    what = f"{row.place.name} is added, with {len(row.rooms)} {'room' if len(row.rooms) == 1 else 'rooms'}"
    return Alteration(resources=(), make=make, cause=NO_HARM, lines=[what])


def _room_addition(session: Session, venue: Venue, room: Room, *, by: Actor, now: datetime) -> Alteration:
    return Alteration(
        resources=(),
        make=lambda: places.add_room(session, venue, _again(room), by=by, now=now),
        cause=NO_HARM,
        lines=[f"{venue.name}. {room.name} is added"],
    )


NO_HARM: Final = Cause(side=Side.VENUE, because="A place was added.")


def _again(room: Room) -> Room:
    """A new row each time that it is tried."""
    return Room(name=room.name, capacity=room.capacity, used_for=room.used_for)


def _cells(venue: Venue) -> list[str]:
    place = places.described(venue)
    cells = {
        **{column: getattr(place, field) or "" for column, field in TEXTS.items()},
        **{column: "yes" if getattr(place, field) else "no" for column, field in FLAGS.items()},
        "owner": "" if place.owner is None else place.owner.name,
        "serves": "; ".join(sorted(authority.name for authority in place.serves)),
        **{day: hours.typed_for(weekday, place.hours) for weekday, day in enumerate(DAYS)},
        "rooms": "; ".join(sorted(_written(room) for room in venue.rooms)),
    }
    return [cells[column] for column in COLUMNS]


def _written(room: Room) -> str:
    use = "" if room.used_for is RoomUse.MEETINGS else f" ({room.used_for})"
    return f"{room.name}: {room.capacity}{use}"


def _venues(session: Session) -> Sequence[Venue]:
    whole = (Venue.rooms, Venue.hours, Venue.serves, Venue.owner)
    return session.scalars(select(Venue).order_by(Venue.name).options(*(selectinload(part) for part in whole))).all()


def _authorities(session: Session) -> dict[str, Authority]:
    return {authority.name.casefold(): authority for authority in session.scalars(select(Authority))}
