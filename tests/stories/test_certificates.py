"""From the family's last word, the meeting's end or the authority's silence to the certificate, with the exact days."""

from scheduling.models import Role
from tests.stories.desk import Desk
from tests.stories.test_mediation import OFFICER, booked_for_10_december, invites
from tests.stories.world import Family, World, written


def rings(world: World, family: Family, at: str) -> None:
    world.at(at)
    family.rings_for_advice()


def test_she_rings_hears_the_information_and_does_not_want_mediation(world: World, family: Family, desk: Desk) -> None:
    rings(world, family, "2026-11-23 10:05")
    world.at("2026-11-23 10:19")
    desk.advises(family, letter="2026-11-02")

    declined = desk.says_no(family)
    issued = desk.issues(family, "not wanted")
    world.sweeps()

    assert f"it is due by {written('2026-11-26')}" in declined.text
    assert written("2027-01-02") in issued.text
    assert f"{written('2027-01-04')}, received by 5pm" in issued.text
    [certificate] = [mail for mail in family.mails_got() if "Your document" in (mail.subject or "")]
    assert written("2026-11-23") in certificate.body
    card = desk.case(family).text
    assert written("2027-01-02") in card
    assert f"Last lawful day: {written('2027-01-04')}" in card


def test_without_the_information_there_is_no_certificate(world: World, family: Family, desk: Desk) -> None:
    rings(world, family, "2026-11-23 10:05")
    desk.records(family, letter="2026-11-02")
    desk.answers(family, "not to assess")
    desk.says_no(family)

    page = desk.certificate(family)

    assert "The family has not been told yet: what mediation is for" in page.text
    assert "Issue the certificate" not in page.text
    assert written("2026-11-26") in page.text


def test_a_meeting_ends_and_the_certificate_is_due_three_working_days_later(
    world: World, family: Family, desk: Desk
) -> None:
    booked_for_10_december(world, family, desk)
    desk.answers(family, "not to assess")
    desk.tells_everything(family)
    world.at("2026-12-10 12:30")

    ended = desk.meeting_ends(family, "12:10")
    issued = desk.issues(family, "took part")

    assert f"The certificate is due by {written('2026-12-15')}" in ended.text
    assert written("2027-01-10") in issued.text
    assert f"{written('2027-01-11')}, received by 5pm" in issued.text


def test_she_changes_her_mind_and_everybody_is_let_go(world: World, family: Family, desk: Desk) -> None:
    booked_for_10_december(world, family, desk)
    desk.answers(family, "not to assess")
    desk.tells_everything(family)
    world.at("2026-12-08 09:30")

    family.texts("I don't want mediation")
    world.sweeps()

    assert written("2026-12-11") in desk.certificate(family).text
    assert invites(world, OFFICER)[-1] == ("CANCEL", "2026-12-10", 1)
    assert any("no longer requested" in (mail.subject or "") for mail in world.mails.to(OFFICER))


def test_she_does_not_come_and_is_asked_on_the_same_day(world: World, family: Family, desk: Desk) -> None:
    booked_for_10_december(world, family, desk)
    desk.answers(family, "not to assess")
    desk.tells_everything(family)
    world.at("2026-12-10 12:30")
    before = len(family.mails_got())

    desk.meeting_ends(family, "10:30", ending="not held", family_came="no")
    world.sweeps()

    page = desk.certificate(family)
    assert "The family did not come, so it has not taken part" in page.text
    assert "Issue the certificate" not in page.text
    assert len(family.mails_got()) == before + 1

    desk.says_no(family)
    assert written("2026-12-15") in desk.certificate(family).text


def test_the_authority_says_that_it_cannot_and_the_case_stays_open(world: World, family: Family, desk: Desk) -> None:
    rings(world, family, "2026-11-20 09:30")
    desk.closes_the_library("2026-11-20", "2026-12-31")
    desk.advises(family, letter="2026-10-26")
    desk.wants_mediation(family)
    world.at("2026-12-14 10:00")
    assert written("2026-12-20") in desk.case(family).text

    said = desk.authority_cannot(family, "Nobody who may decide is there before Christmas.")
    issued = desk.issues(family, "could not be arranged")

    assert f"The certificate is due by {written('2026-12-17')}" in said.text
    assert f"The appeal should reach the Tribunal by {written('2027-01-14')}" in issued.text
    assert f"{written('2027-01-14')}, received by 5pm" in issued.text
    assert "Closed" not in desk.case(family).text


def test_a_silent_authority_is_asked_again_and_at_the_end_a_reason_is_enough(
    world: World, family: Family, desk: Desk
) -> None:
    rings(world, family, "2026-11-23 10:05")
    desk.closes_the_library("2026-11-23", "2026-12-31")
    desk.advises(family, letter="2026-11-02")
    desk.wants_mediation(family)
    world.sweeps()

    world.every_day("2026-11-24", "2026-12-22", hour="10:00")
    assert "Issue the certificate" not in desk.certificate(family).text
    world.at("2026-12-23 09:00")
    refused = desk.issues(family, "could not be arranged")
    issued = desk.issues(family, "could not be arranged", reason="No answer to three mails.")

    asked_again = [mail for mail in world.mails.to("mena@barnet.example") if "No answer yet" in (mail.subject or "")]
    assert len(asked_again) == 2
    assert "Write down why" in refused.errors[0]
    assert "The certificate has been issued" in issued.text


def test_only_the_school_needs_no_certificate_until_she_adds_section_f(
    world: World, family: Family, desk: Desk
) -> None:
    rings(world, family, "2026-11-23 10:05")
    plan = "a plan was made, amended or replaced"
    desk.records(family, letter="2026-11-16")

    school = desk.answers(family, plan, about_school="y").text
    nothing_to_issue = desk.certificate(family)
    both = desk.answers(family, plan, about_education="y").text

    assert "No certificate needed" in school
    assert written("2027-01-16") in school
    assert written("2027-01-18") in school
    assert "No certificate is needed" in nothing_to_issue.text
    assert "Certificate needed" in both


def test_health_alone_goes_by_the_boards_own_days_and_has_no_certificate(
    world: World, family: Family, desk: Desk
) -> None:
    rings(world, family, "2026-12-02 10:05")
    coordinator = world.staff(Role.COORDINATOR)
    coordinator.opens("/care-boards")
    coordinator.presses("Add it", name="North Central London", email="mediation@icb.example")
    desk.records(family, letter="2026-11-16")
    desk.answers(family, "a plan was made, amended or replaced", health="y")
    desk.wants_mediation(family)
    assert written("2026-12-07") in desk.case(family).text

    world.at("2026-12-07 15:00")
    coordinator.opens(f"/cases/{family.reference}/care-board")
    coordinator.presses("Tell it now", board="1")
    world.sweeps()

    card = desk.case(family).text
    assert written("2027-01-06") in card
    assert written("2027-01-01") not in card
    assert world.mails.to("mediation@icb.example")
    assert "Issue the certificate" not in desk.certificate(family).text


def test_a_dispute_with_a_school_has_no_clock_and_ends_when_the_school_refuses(
    world: World, family: Family, desk: Desk
) -> None:
    rings(world, family, "2026-11-23 10:05")
    desk.answers(family, "no decision")
    coordinator = world.staff(Role.COORDINATOR)
    coordinator.opens(f"/cases/{family.reference}/resolution")
    coordinator.presses("The family asks for it", school="y")

    refused = coordinator.presses("Write the answer down", party="the school", is_willing="no")

    assert "Department for Education" in refused.text
    assert "Closed" in desk.case(family).text
    assert "Disagreement resolution never leads to a certificate" in desk.certificate(family).text
    assert "Issue the certificate" not in desk.certificate(family).text
