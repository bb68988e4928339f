"""Venues come from a spreadsheet, all of them or none, and go into one that runs nothing."""

import csv
import io

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import mediation
from scheduling.diary import alterations, place_tables, places
from scheduling.diary.place_tables import Unreadable
from scheduling.models import SERVICE, Case, Room, RoomUse, Venue
from scheduling.reference import tables
from tests import builders
from tests.builders import Town, moment

TOLD = moment("2026-11-23 10:25")
NOW = moment("2026-11-23 16:00")
HEADING = "name,address,postcode"


def venue(session: Session, name: str) -> Venue:
    return session.scalars(select(Venue).where(Venue.name == name)).one()


def taken_over(session: Session, content: str) -> list[str]:
    """Read the file, look at what it would do, and do it."""
    reading = place_tables.read(session, content.encode())
    assert reading.mistakes == []
    alteration = place_tables.alteration(session, reading.rows, by=SERVICE, now=NOW)
    alterations.impact(session, alteration, now=NOW)
    alterations.carry_out(session, alteration, by=SERVICE, now=NOW)
    return list(alteration.lines)


def test_a_new_venue_comes_with_its_rooms_and_hours(session: Session, barnet: Town) -> None:
    lines = taken_over(
        session,
        "Name,Address,Postcode,Telephone,Serves,Step-free,Monday,Rooms\r\n"
        '"Hall","2 Low Street, Barnet",n31ab,+442079460001,barnet,yes,"9:00-12:00, 13:00-17:00",'
        "Main room: 12; Nook: 3 (talks apart)\r\n",
    )

    hall = places.described(venue(session, "Hall"))
    assert lines == ["Hall is added, with 2 rooms"]
    assert (hall.postcode, hall.phone, list(hall.serves)) == ("N3 1AB", "020 7946 0001", [barnet.authority])
    assert hall.written()["Opening hours"] == "Monday 9am to midday, Monday 1pm to 5pm"
    assert [(room.name, room.capacity, room.used_for) for room in venue(session, "Hall").rooms] == [
        ("Main room", 12, RoomUse.MEETINGS),
        ("Nook", 3, RoomUse.TALKS_APART),
    ]


def test_a_column_that_is_left_out_leaves_alone_what_is_known(session: Session, barnet: Town) -> None:
    known = places.described(barnet.venue)

    lines = taken_over(session, f"{HEADING},cost\nBarnet Library,{known.address},{known.postcode},£5\n".replace(
        known.address, f'"{known.address}"'
    ))  # fmt: skip

    assert lines == ["Barnet Library. Cost: £5, before that none"]
    assert places.described(barnet.venue).hours == known.hours
    assert [room.name for room in barnet.venue.rooms] == ["Room 1"]


def test_a_meeting_that_the_file_hits_is_moved(session: Session, barnet: Town, case: Case) -> None:
    booking = mediation.book_best(session, case, by=SERVICE, now=TOLD)
    library = builders.venue(session, barnet.authority, "Zinnia Library")
    session.flush()

    taken_over(session, f'{HEADING},used\nBarnet Library,"1 High Street, Barnet",N3 1AA,no\n')

    assert booking.room is not None
    assert booking.room.venue is library


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        pytest.param("Hall,,N3 1AA", "address is missing", id="no address"),
        pytest.param("Hall,Street,N3", "postcode: “N3” is no whole postcode, like N3 1AA", id="half a postcode"),
        pytest.param("Hall,Street,N3 1AA,London", "owner: no authority is called “London”", id="no such owner"),
        pytest.param("Hall,Street,N3 1AA,,maybe", "step-free: write yes or no, not “maybe”", id="maybe"),
        pytest.param("Hall,Street,N3 1AA,,,late", "friday: write hours like 9:00-17:00, not “late”", id="no hours"),
        pytest.param(
            "Hall,Street,N3 1AA,,,,Room 1",
            "rooms: write them like “Room 1: 8; Small room: 4 (talks apart)”, not “Room 1”",
            id="a room of no size",
        ),
        pytest.param("Hall,Street,N3 1AA,,,,R: 1; R: 2", "rooms: two have one name", id="a room twice"),
        pytest.param("Hall,Street,N3 1AA,,,,,more", "There are more cells than columns", id="too many cells"),
        pytest.param("Good,Street,N3 1AA", "Good stands on line 2 already", id="a venue twice"),
    ],
)
def test_a_mistake_is_named_with_its_line(session: Session, barnet: Town, line: str, sentence: str) -> None:
    content = f'{HEADING},owner,step-free,friday,rooms\nGood,"Low\nStreet",N3 1AA\n\n{line}\n'

    reading = place_tables.read(session, content.encode())

    assert [(mistake.line, mistake.sentence) for mistake in reading.mistakes] == [(5, sentence)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"", "The file is empty", id="empty"),
        pytest.param(f"{HEADING}\nCaf\u00e9,S,N3 1AA".encode("cp1252"), "not in UTF-8", id="as Excel saves by itself"),
        pytest.param(f"{HEADING}\n".encode("utf-16"), "not in UTF-8", id="in UTF-16"),
        pytest.param(b"name,address\n", "These columns are missing: postcode", id="without a postcode"),
        pytest.param(f"{HEADING},colour\n".encode(), "do not know these columns: colour", id="an unknown column"),
        pytest.param(f"{HEADING},name\n".encode(), "stand there twice: name", id="a column twice"),
        pytest.param(f'{HEADING}\n"Hall,S,N3 1AA\n'.encode(), "quotation mark", id="a quotation mark too few"),
        pytest.param(b"name\x00,address,postcode\n", "characters that no text has", id="no text"),
        pytest.param(b"x" * 100_001, "larger than 100 kB", id="too large"),
        pytest.param(f"{HEADING}\n".encode() + b"A,B,N3 1AA\n" * 501, "more than 500 lines", id="too long"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(
    session: Session, barnet: Town, content: bytes, sentence: str
) -> None:
    with pytest.raises(Unreadable, match=sentence):
        place_tables.read(session, content)


def test_a_byte_order_mark_and_any_line_end_are_read_past(session: Session, barnet: Town) -> None:
    content = f"\ufeff{HEADING}\r\nHall,Street,N3 1AA\r\n".encode()

    [row] = place_tables.read(session, content).rows

    assert row.place.name == "Hall"


def test_what_is_exported_changes_nothing_when_it_is_imported(session: Session, barnet: Town) -> None:
    barnet.venue.directions = "=HYPERLINK(1)"
    barnet.venue.rooms.append(Room(name="Nook", capacity=3, used_for=RoomUse.NOTHING))
    session.flush()

    table = place_tables.venues(session)

    [row] = csv.DictReader(io.StringIO(table))
    assert row["directions"] == "'=HYPERLINK(1)"
    assert row["rooms"] == "Nook: 3 (nothing); Room 1: 8"
    assert taken_over(session, table) == []


def test_the_template_is_read_once_its_authorities_are_ours(session: Session, barnet: Town) -> None:
    template = place_tables.template().replace("Barnet; Camden", "Barnet")

    [row] = place_tables.read(session, template.encode()).rows

    assert (row.place.name, len(row.rooms)) == ("Town Library", 2)


def test_every_mediator_stands_in_the_table(session: Session, barnet: Town) -> None:
    barnet.mediator.name = "@Morgan"

    [row] = csv.DictReader(io.StringIO(place_tables.everybody(session)))

    assert (row["Name"], row["Works with"]) == ("'@Morgan", "Barnet")


@pytest.mark.parametrize(
    "cell", ["=1+1", "+44", "-1", "@x", "\tx", "\rx", "\n=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20x"]
)
def test_no_cell_is_a_formula_and_each_is_read_as_it_was_written(cell: str) -> None:
    assert tables.inert(cell) == f"'{cell}"
    assert tables.as_typed(tables.inert(cell)) == cell
    assert tables.as_typed("'tis") == "'tis"
