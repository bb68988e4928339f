"""The young person in their own right, a second letter, a leap day, and a contact that came too late."""

import re

from flask import Flask

from scheduling import db
from scheduling.models import Case, Role
from tests.stories.desk import Desk
from tests.stories.world import Family, World, boxes, written
from tests.webapp.browser import Browser
from tests.webapp.letting_in import lets_in


def test_from_the_last_friday_of_june_the_right_is_the_young_persons_own(
    world: World, family: Family, desk: Desk
) -> None:
    world.at("2026-06-26 10:05")
    family.rings_for_advice()
    desk.records(family, letter="2026-06-01")
    adviser = world.staff(Role.ADVISER)
    adviser.opens(f"/cases/{family.reference}/people")

    last_day = adviser.presses("Save", name="Ada", **boxes("born", "2010-03-14")).text
    world.at("2026-06-27 10:00")
    next_day = adviser.opens(f"/cases/{family.reference}/people").text
    adviser.opens(f"/cases/{family.reference}/people/new")
    handed_over = adviser.presses("Add them", role="young person", name="Ada", number="07700 900199").text

    assert "Who decides: the parent." in last_day
    assert "Who decides: the young person." in next_day
    assert "Young person: Ada" in handed_over
    adviser.opens(f"/cases/{family.reference}/mediation")
    assert "has not agreed that the council may be told" in adviser.page.text


def test_a_second_letter_is_a_second_case_with_clocks_and_a_certificate_of_its_own(
    world: World, family: Family, desk: Desk
) -> None:
    world.at("2026-11-23 10:05")
    family.rings_for_advice()
    desk.advises(family, letter="2026-11-02")
    desk.says_no(family)
    desk.issues(family, "not wanted")
    again = Family(world)
    world.at("2026-12-14 10:05")
    again.rings_for_advice()
    desk.advises(again, letter="2026-12-01")
    desk.says_no(again)

    page = desk.issues(again, "not wanted")

    assert again.reference != family.reference
    assert "The certificate has been issued" in page.text
    assert written("2027-02-01") in page.text
    assert "Issue the certificate" not in desk.certificate(family).text


def test_two_months_from_the_last_day_of_december_end_on_the_leap_day(world: World, family: Family, desk: Desk) -> None:
    world.at("2028-02-29 16:00")
    family.rings_for_advice()

    desk.records(family, letter="2027-12-31")

    card = desk.case(family).text
    assert written("2028-02-29") in card
    assert "in time" in world.staff(Role.ADVISER).opens(f"/cases/{family.reference}/contacts").text


def test_a_day_later_it_is_late_and_an_adviser_decides(world: World, family: Family, desk: Desk) -> None:
    world.at("2028-03-01 00:02")
    family.rings_for_advice()
    desk.advises(family, letter="2027-12-31")
    desk.says_no(family)
    adviser = world.staff(Role.ADVISER)
    assert "An adviser decides, with a reason" in desk.certificate(family).text

    adviser.opens(f"/cases/{family.reference}/contacts")
    adviser.presses("Save the decision", allowed="yes", because="The letter named no adviser.")
    issued = desk.issues(family, "not wanted")
    world.sweeps()

    assert "The certificate has been issued" in issued.text
    [told] = [mail for mail in family.mails_got() if "What you can do now" in (mail.subject or "")]
    for way in ("permission", "SENDIASS", "IPSEA", "Disagreement resolution"):
        assert way in told.body


def test_a_text_at_the_last_minute_gets_its_certificate_after_the_bank_holiday(
    world: World, family: Family, desk: Desk
) -> None:
    world.at("2026-08-25 10:05")
    family.rings_for_advice()
    desk.advises(family, letter="2026-06-30")
    world.at("2026-08-30 23:58")

    receipt = family.texts("I don't want mediation. I wish to appeal")

    assert receipt is not None
    assert "Sun 30 Aug" in receipt
    world.at("2026-09-01 09:00")
    assert written("2026-09-03") in desk.certificate(family).text


def test_august_is_explained_on_the_familys_own_page(world: World, family: Family, desk: Desk, app: Flask) -> None:
    world.at("2026-07-06 10:05")
    family.rings_for_advice()
    desk.advises(family, letter="2026-06-10")
    coordinator = world.staff(Role.COORDINATOR)
    coordinator.opens(f"/cases/{family.reference}/people")
    coordinator.presses("Send the family a link to its page")
    world.sweeps()
    link = re.search(r"/family/\S+", family.mails_got()[-1].body)
    assert link is not None

    page = lets_in(Browser(app), link[0]).text

    assert written("2026-08-10") in page
    assert f"Last lawful day: {written('2026-09-01')}" in page
    assert "August counts" in page
    assert "Ada" not in page
    with db.Reading() as session:
        assert session.query(Case).filter_by(reference=family.reference).one().child_name == "Ada"
