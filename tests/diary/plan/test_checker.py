"""The proof is worth something only if it sees every broken rule."""

from dataclasses import replace

import pytest

from scheduling.diary.plan import checker, words
from scheduling.diary.plan.instance import Instance, Mediator, Person, Placement, Room, Sitting
from tests.diary.plan import small

FIRST = Placement(meeting=0, day=0, start=0, mediator=0, officer=0, room=0)
SECOND = Placement(meeting=1, day=0, start=16, mediator=0, officer=1, room=1)


def two_meetings() -> Instance:
    always = (small.ALWAYS,) * 2
    return small.instance(
        small.meeting(0, days=(0,), rooms=(0, 1)),
        small.meeting(1, days=(0, 1), officers=(0, 1), rooms=(0, 1)),
        days=2,
        families=(Person(free=always), Person(free=always)),
        officers=(Person(free=always), Person(free=always)),
        mediators=(
            Mediator(free=always, a_day=2, a_week=2, reaches=frozenset({0, 1})),
            Mediator(free=always, a_day=2, a_week=2),
        ),
        rooms=(
            Room(free=always, venue=0, gap=2),
            Room(free=(small.ALWAYS, words.span(8, 40)), venue=1),
            Room(free=always, venue=0),
        ),
        road=4,
    )


def test_a_good_plan_has_no_faults() -> None:
    given = two_meetings()

    assert checker.faults(given, small.whole(given, (FIRST, SECOND))) == []


@pytest.mark.parametrize(
    ("placements", "fault"),
    [
        pytest.param((FIRST._replace(day=1), SECOND), "outside its window", id="another day than its own"),
        pytest.param((FIRST._replace(start=-1), SECOND), "not within a day", id="before the day begins"),
        pytest.param((FIRST._replace(start=60), SECOND), "not within a day", id="past the end of the day"),
        pytest.param((FIRST._replace(start=36), SECOND), "is not free", id="its end is past everybody's hours"),
        pytest.param((FIRST._replace(mediator=1), SECOND), "may not sit", id="a mediator with a conflict"),
        pytest.param((FIRST._replace(officer=1), SECOND), "somebody else", id="an officer of another authority"),
        pytest.param((FIRST._replace(room=2), SECOND), "does not suit", id="a room of the authority's own"),
        pytest.param((FIRST._replace(room=2), SECOND), "too far", id="a room that the mediator does not reach"),
        pytest.param((FIRST, SECOND._replace(day=1, start=6)), "its room is not free", id="before the venue opens"),
        pytest.param((FIRST, SECOND._replace(start=9)), "their mediator", id="no time for the way"),
        pytest.param((FIRST, SECOND._replace(start=9, room=0)), "their room", id="no time to leave the room tidy"),
        pytest.param((FIRST, SECOND._replace(start=4, officer=0)), "their officer", id="the officer is in the other"),
        pytest.param((FIRST, FIRST), "told of 2 times", id="placed twice"),
    ],
)
def test_a_broken_rule_is_seen(placements: tuple[Placement, ...], fault: str) -> None:
    given = two_meetings()

    assert any(fault in sentence for sentence in checker.faults(given, small.whole(given, placements)))


@pytest.mark.parametrize(
    ("limits", "fault"),
    [
        pytest.param((1, 2), "2 times on day 0", id="one a day at most"),
        pytest.param((2, 1), "2 times in week", id="one a week at most"),
    ],
)
def test_a_tired_mediator_is_seen(limits: tuple[int, int], fault: str) -> None:
    given = two_meetings()
    a_day, a_week = limits
    tired = replace(given.mediators[0], a_day=a_day, a_week=a_week)
    given = replace(given, mediators=(tired, given.mediators[1]))

    assert any(fault in sentence for sentence in checker.faults(given, small.whole(given, (FIRST, SECOND))))


def test_a_family_in_two_meetings_at_once_is_seen() -> None:
    given = two_meetings()
    same = replace(given.meetings[1], family=0, mediators=(0, 1))
    given = replace(given, meetings=(given.meetings[0], same))

    faults = checker.faults(given, small.whole(given, (FIRST, SECOND._replace(start=0, mediator=1))))

    assert faults == ["Meetings 0 and 1 are too close for their family."]


def test_a_booking_that_was_moved_unasked_is_seen() -> None:
    given = replace(two_meetings(), kept={0: FIRST._replace(start=4)})

    faults = checker.faults(given, small.whole(given, (FIRST, SECOND)))

    assert faults == ["Meeting 0 was booked and is not where it was."]


def test_somebody_who_was_forgotten_is_seen() -> None:
    given = two_meetings()

    faults = checker.faults(given, replace(small.whole(given, (FIRST,)), unplaced=()))

    assert faults == ["Meeting 1 is told of 0 times."]


def test_no_time_for_the_way_from_what_the_mediator_has_already_is_seen() -> None:
    given = two_meetings()
    busy = replace(given.mediators[0], a_day=3, a_week=3, has=(Sitting(day=0, start=28, end=36, venue=0),))
    given = replace(given, mediators=(busy, given.mediators[1]))

    faults = checker.faults(given, small.whole(given, (FIRST, SECOND._replace(start=18))))

    assert faults == ["Meeting 1 is too close to what its mediator has already."]


def test_what_a_mediator_has_already_counts_among_the_meetings_of_the_day() -> None:
    given = two_meetings()
    busy = replace(given.mediators[0], has=(Sitting(day=0, start=30, end=36, venue=1),))
    given = replace(given, mediators=(busy, given.mediators[1]))

    faults = checker.faults(given, small.whole(given, (FIRST, SECOND)))

    assert faults == ["Mediator 0 sits 3 times on day 0.", "Mediator 0 sits 3 times in week 49."]
