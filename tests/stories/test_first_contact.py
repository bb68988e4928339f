"""How families reach us, at any hour and with any name for their council, and what that is in law."""

import pytest
from sqlalchemy import select

from scheduling import db, london
from scheduling.models import Authority, Case, Contact, ContactChannel, Role, Said
from tests.stories.desk import Desk
from tests.stories.world import Family, World, written


def contacts() -> list[Contact]:
    with db.Reading() as session:
        return list(session.scalars(select(Contact).order_by(Contact.id)))


def council_of(family: Family) -> str:
    with db.Reading() as session:
        wanted = select(Authority.name).join(Case, Case.authority_id == Authority.id)
        return session.scalars(wanted.where(Case.reference == family.reference)).one()


def test_a_call_on_a_monday_ends_with_an_advisers_time_and_a_text(world: World, family: Family) -> None:
    world.at("2026-11-23 10:05")

    heard = family.rings_for_advice()
    world.sweeps()

    assert "Monday the 23rd of November" in heard
    assert len(family.texts_got()) == 1
    assert "Mon 23 Nov" in family.texts_got()[0]


@pytest.mark.parametrize(
    ("sent", "day", "said"),
    [
        pytest.param(
            "2026-08-30 23:58", "2026-08-30", "Sun 30 Aug, 11:58pm", id="two minutes before midnight: in time"
        ),
        pytest.param("2026-08-31 00:02", "2026-08-31", "Mon 31 Aug, 12:02am", id="two minutes after it: the next day"),
    ],
)
def test_a_text_at_the_last_minute_counts_by_londons_day(
    world: World, family: Family, sent: str, day: str, said: str
) -> None:
    world.at(sent)

    receipt = family.texts("I want mediation")

    [contact] = contacts()
    assert receipt is not None
    assert said in receipt
    assert london.london_day(contact.received_at).isoformat() == day
    assert contact.said is Said.WANTS_MEDIATION


def test_a_text_two_minutes_too_late_is_flagged_and_refuses_nothing(world: World, family: Family, desk: Desk) -> None:
    world.at("2026-08-31 00:02")
    assert family.texts("I want mediation") is not None
    world.at("2026-09-01 10:05")
    family.rings_for_advice()
    desk.records(family, letter="2026-06-30")

    page = desk.contacts(family)

    assert "came after the two months" in page.text
    assert "an adviser decides" in page.text
    assert written("2026-08-30") in desk.case(family).text


def test_a_call_on_a_sunday_evening_counts_on_that_sunday(world: World, family: Family) -> None:
    world.at("2026-08-30 18:30")
    family.rings()

    family.says("I want mediation")

    [contact] = contacts()
    assert (contact.channel, contact.said) == (ContactChannel.CALL, Said.WANTS_MEDIATION)
    assert london.london_day(contact.received_at).isoformat() == "2026-08-30"


def test_a_voicemail_on_a_sunday_evening_counts_on_that_sunday_and_waits_for_somebody(world: World) -> None:
    world.at("2026-08-30 23:58")
    caller = Family(world, number="anonymous")
    caller.rings()
    caller.presses("0")
    for _ in range(3):
        caller.is_silent()

    caller.leaves_a_voicemail()

    left = next(contact for contact in contacts() if contact.channel is ContactChannel.VOICEMAIL)
    assert london.london_day(left.received_at).isoformat() == "2026-08-30"
    assert left.handled_at is None
    assert "voicemail" in world.staff(Role.ADVISER).opens("/today").text.lower()


def test_derby_is_read_back_and_becomes_derbyshire_when_she_reads_her_letter(world: World, family: Family) -> None:
    world.at("2026-11-23 10:05")
    names_a_council(family, "Derby")
    assert "Derby City Council" in family.hears()

    family.presses("2")
    assert "Derbyshire County Council" in family.says("Derbyshire")
    family.presses("1")
    family.hears_a_reference(family.presses("1"))

    assert council_of(family) == "Derbyshire"


def test_a_name_that_may_be_two_councils_is_a_question(world: World, family: Family) -> None:
    world.at("2026-11-23 10:05")

    asked = names_a_council(family, "Northants")

    assert "North Northamptonshire" in asked
    assert "West Northamptonshire" in asked


def test_a_council_can_be_keyed_when_its_name_is_not_understood(world: World, family: Family) -> None:
    world.at("2026-11-23 10:05")
    assert "do not know that council" in names_a_council(family, "Grumbleshire")

    assert "Barnet" in family.presses("227")


def test_two_names_that_nobody_knows_lead_to_a_person(world: World, family: Family) -> None:
    world.at("2026-11-23 10:05")
    names_a_council(family, "Grumbleshire")

    assert "A person will call you back" in family.says("Grumbleshire")


def test_a_family_of_a_council_that_we_do_not_serve_is_shown_where_to_turn(world: World, family: Family) -> None:
    world.at("2026-11-23 10:05")
    names_a_council(family, "West Northamptonshire")

    heard = family.presses("1")

    assert "We do not work with West Northamptonshire" in heard
    assert "Local Offer" in heard


def names_a_council(family: Family, name: str) -> str:
    family.rings()
    family.presses("1")
    family.presses("2")
    return family.says(name)
