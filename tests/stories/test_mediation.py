"""From the wish to mediate to the meeting, and what becomes of one that is called off."""

import icalendar

from scheduling.outbox.carriers import Parcel
from tests.stories.desk import Desk
from tests.stories.world import Family, World, written

OFFICER, MEDIATOR = "olu@barnet.example", "morgan@mediators.example"


def calendar_of(parcel: Parcel) -> icalendar.Component:
    assert parcel.calendar is not None
    return icalendar.Calendar.from_ical(parcel.calendar).walk("VEVENT")[0]


def invites(world: World, address: str) -> list[tuple[str | None, str, int]]:
    """Method, day and sequence of what an address was sent for its calendar."""
    found = [parcel for parcel in world.mails.to(address) if parcel.calendar]
    entries = [(parcel.calendar_method, calendar_of(parcel)) for parcel in found]
    return [(method, str(e.decoded("DTSTART"))[:10], int(str(e["SEQUENCE"]))) for method, e in entries]


def booked_for_10_december(world: World, family: Family, desk: Desk) -> None:
    """A letter of 2 November; she asks for mediation on the 23rd, and the library has no heating until 9 December."""
    world.at("2026-11-23 10:05")
    family.rings_for_advice()
    desk.closes_the_library("2026-11-23", "2026-12-09")
    world.at("2026-11-23 10:25")
    desk.records(family, letter="2026-11-02")
    desk.wants_mediation(family)
    world.sweeps()


def test_the_authority_is_told_at_once_and_everybody_invited_within_its_thirty_days(
    world: World, family: Family, desk: Desk
) -> None:
    booked_for_10_december(world, family, desk)

    told = next(parcel for parcel in world.mails.to(OFFICER) if parcel.calendar is None)
    assert written("2026-12-23") in told.body
    assert written("2026-12-23") in desk.case(family).text
    for address in (OFFICER, MEDIATOR):
        assert invites(world, address) == [("REQUEST", "2026-12-10", 0)]
    of_the_call, of_the_meeting = invites(world, family.email)
    assert of_the_call == ("REQUEST", "2026-11-23", 0)
    assert of_the_meeting == ("REQUEST", "2026-12-10", 0)


def test_the_card_says_by_when_notice_of_the_meeting_had_to_go_out(world: World, family: Family, desk: Desk) -> None:
    booked_for_10_december(world, family, desk)

    card = desk.case(family).text

    assert written("2026-12-02") in card
    assert f"Counted the ordinary way it would be {written('2026-12-03')}" in card


def test_a_friday_is_not_offered_on_the_monday_before_without_the_familys_consent(
    world: World, family: Family, desk: Desk
) -> None:
    booked_for_10_december(world, family, desk)
    world.at("2026-12-09 09:00")
    desk.cancels_the_meeting(family, "The authority has called it off")
    world.at("2026-12-14 09:00")

    assert "2026-12-18" not in desk.times(family)
    assert desk.times(family) == ["2026-12-22", "2026-12-23"]


def test_a_meeting_called_off_the_day_before_can_still_be_held_with_clear_notice(
    world: World, family: Family, desk: Desk
) -> None:
    booked_for_10_december(world, family, desk)
    world.at("2026-12-09 09:00")

    desk.cancels_the_meeting(family, "The authority has called it off")
    world.sweeps()

    assert desk.times(family) == ["2026-12-17", "2026-12-18", "2026-12-21", "2026-12-22", "2026-12-23"]


def test_a_meeting_called_off_by_the_authority_is_counted_to_it(world: World, family: Family, desk: Desk) -> None:
    booked_for_10_december(world, family, desk)
    world.at("2026-12-09 09:00")

    desk.cancels_the_meeting(family, "The officer is ill", caused_by="the authority")

    assert "was cancelled, counted to the authority" in desk.case(family).text
    assert desk.called_off("Barnet") == {"The authority": 1}
    world.at("2026-12-24 09:00")
    breach = desk.authority_answers(family)
    assert "The authority: The meeting on Thursday 10 December 2026 was called off" in breach.text


def test_a_meeting_that_the_family_has_texted_off_is_counted_to_the_family(
    world: World, family: Family, desk: Desk
) -> None:
    booked_for_10_december(world, family, desk)
    world.at("2026-12-08 14:00")

    family.texts("I don't want it")

    assert "was cancelled, counted to the family" in desk.case(family).text
    assert desk.called_off("Barnet") == {"The family": 1}


def test_a_day_later_the_first_of_those_days_has_gone(world: World, family: Family, desk: Desk) -> None:
    booked_for_10_december(world, family, desk)
    world.at("2026-12-09 16:00")
    desk.cancels_the_meeting(family, "The authority has called it off")
    world.at("2026-12-10 00:30")

    assert desk.times(family) == ["2026-12-18", "2026-12-21", "2026-12-22", "2026-12-23"]


def test_a_meeting_after_a_cancelled_one_is_another_entry_in_every_calendar(
    world: World, family: Family, desk: Desk
) -> None:
    booked_for_10_december(world, family, desk)
    world.at("2026-12-09 09:00")
    desk.cancels_the_meeting(family, "The authority has called it off")

    desk.books(family, "2026-12-18")
    world.sweeps()

    assert invites(world, OFFICER)[-2:] == [("CANCEL", "2026-12-10", 1), ("REQUEST", "2026-12-18", 0)]
    entries = [calendar_of(parcel)["UID"] for parcel in world.mails.to(OFFICER) if parcel.calendar]
    assert entries[-1] != entries[-2]
