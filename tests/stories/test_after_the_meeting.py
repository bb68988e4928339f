"""What was agreed, by when each promise is due, and what happens when one is not kept."""

import re

from flask import Flask

from scheduling.models import Role
from tests.stories.desk import Desk
from tests.stories.test_mediation import OFFICER, booked_for_10_december
from tests.stories.world import Family, World, boxes, written
from tests.webapp.browser import Browser
from tests.webapp.letting_in import lets_in

AMEND = {"promise-1-action": "amend the plan", "promise-1-words": "Two hours of speech therapy a week"}
TUITION = {"promise-2-action": "anything that could not have been appealed", "promise-2-words": "Refer to home tuition"}
ASSESS = {"promise-3-action": "assess the child's needs, and say so", "promise-3-words": "Assess anew"}


def agreed_on_10_december(world: World, family: Family, desk: Desk, **promises: str) -> str:
    """The meeting has ended; gives the page of what was agreed."""
    booked_for_10_december(world, family, desk)
    world.at("2026-12-10 12:30")
    desk.meeting_ends(family, "12:10")
    return desk.agreed(family, "2026-12-10", **promises).text


def test_each_promise_is_due_on_the_day_of_the_law(world: World, family: Family, desk: Desk) -> None:
    page = agreed_on_10_december(world, family, desk, **AMEND, **TUITION, **ASSESS)

    assert f"Two hours of speech therapy a week Open Due by {written('2027-01-14')}" in page
    assert f"Refer to home tuition Open Due by {written('2026-12-24')}" in page
    assert f"Assess anew Open Due by {written('2026-12-24')}" in page
    assert f"Finish the plan that follows the assessment Open Due by {written('2027-03-18')}" in page


def test_a_day_that_the_parties_wrote_down_rules(world: World, family: Family, desk: Desk) -> None:
    page = agreed_on_10_december(world, family, desk, **AMEND, **boxes("promise-1-written_down", "2027-01-29"))

    assert f"Due by {written('2027-01-29')}" in page
    assert written("2027-01-14") not in page


def test_the_family_says_by_link_that_it_was_not_done_and_the_authority_is_asked(
    world: World, family: Family, desk: Desk, app: Flask
) -> None:
    agreed_on_10_december(world, family, desk, **AMEND)
    world.at("2027-01-15 09:00")
    [asked] = [mail for mail in family.mails_got() if "Has it been done?" in (mail.subject or "")]
    link = re.search(r"/action/\S+", asked.body)
    assert link is not None
    before = len(world.mails.to(OFFICER))

    at_home = Browser(app)
    lets_in(at_home, link[0])
    world.sweeps()
    assert len(world.mails.to(OFFICER)) == before
    at_home.presses("It has not been done")
    world.sweeps()

    last = world.mails.to(OFFICER)[-1]
    assert "The family tells us that it has not been done" in last.body
    assert "speech therapy" not in last.body
    assert "Not done" in world.staff(Role.COORDINATOR).opens(f"/cases/{family.reference}/agreement").text


def test_not_done_by_text_is_understood_as_well(world: World, family: Family, desk: Desk) -> None:
    agreed_on_10_december(world, family, desk, **AMEND)
    world.at("2027-01-15 09:00")

    family.texts("NOT DONE")

    page = world.staff(Role.COORDINATOR).opens(f"/cases/{family.reference}/agreement").text
    assert "Not done The family reported it" in page


def test_what_was_agreed_reaches_neither_mails_nor_the_manager(world: World, family: Family, desk: Desk) -> None:
    agreed_on_10_december(world, family, desk, **AMEND)
    world.every_day("2027-01-11", "2027-01-16", hour="10:00")

    everything = " ".join(f"{mail.subject} {mail.body}" for mail in [*world.mails.parcels, *world.texts.parcels])
    manager = world.staff(Role.MANAGER)
    assert "Two hours" not in everything
    assert "amend" not in everything.lower()
    assert manager.opens(f"/cases/{family.reference}/agreement").status == 404
    assert "Two hours" not in manager.opens(f"/cases/{family.reference}").text
