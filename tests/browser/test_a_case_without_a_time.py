"""A coordinator sees why a family has no time, writes down that it meets by video, and books what that opens."""

import re

from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import db, references
from scheduling.models import Booking, BookingKind, BookingStatus, Case, Person, Role, Side, Telling
from tests.browser import look
from tests.browser.conftest import Visit
from tests.browser.route_list import AT
from tests.journeys.service import Service


def test_a_case_without_a_time_is_opened_and_booked(visit: Visit, told: Service) -> None:
    reference = lives_too_far_away(told)
    desk = visit(Role.COORDINATOR)

    desk.goto("/unplaced")
    waiting = desk.get_by_role("region", name=f"Case {references.written(reference)}")
    expect(waiting).to_contain_text("Day 0 of 30")
    expect(waiting).to_contain_text("the venue is too far from the family")
    assert look.faults(desk, "unplaced") == []
    waiting.get_by_role("link", name="Meet by video").click()

    desk.get_by_role("button", name="Write it down").click()
    expect(desk.get_by_role("alert")).to_contain_text("Enter who allowed it")
    assert look.faults(desk, "leeway-refused") == []
    desk.get_by_label("Who allowed it, and what was said").fill("Kim rang: by video is better than none")
    desk.get_by_role("button", name="Write it down").click()

    expect(desk.get_by_text("these times are open now")).to_be_visible()
    assert look.faults(desk, "slots-opened") == []
    desk.get_by_role("radio").first.check()
    desk.get_by_role("button", name="Continue").click()
    desk.get_by_role("button", name="Book the meeting").click()

    expect(desk.get_by_text("The meeting is booked")).to_be_visible()
    expect(desk.locator(".history")).to_contain_text("So that there is a time, everybody meets by video")


def test_a_decision_of_the_service_says_why_and_is_made_differently(visit: Visit, told: Service) -> None:
    desk = visit(Role.COORDINATOR)
    desk.goto("/cases")
    for reference in desk.locator("th a").all_inner_texts():
        desk.goto(f"/cases/{re.sub(r'[^0-9]', '', reference)}")
        if desk.get_by_role("link", name="Do it differently").count():
            break

    desk.get_by_role("link", name="Do it differently").first.click()
    assert look.faults(desk, "decide-otherwise") == []
    desk.get_by_role("radio").first.check()
    desk.get_by_label("Why").fill("The family has asked for it")
    desk.get_by_role("button", name="Write it down and go on").click()

    expect(desk.get_by_text("Your reason is written down beside the decision")).to_be_visible()


def lives_too_far_away(told: Service) -> str:
    """A family at Land's End that travels no farther than a kilometre, whose meeting was called off; its reference."""
    engine = db.open_engine(told.settings.database)
    with Session(engine) as session, session.begin():
        held = session.scalars(
            select(Booking)
            .where(Booking.kind == BookingKind.MEDIATION, Booking.status == BookingStatus.CONFIRMED)
            .order_by(Booking.starts_at.desc())
            .limit(1)
        ).one()
        case = Case(
            reference=references.new(),
            person=Person(name="Kim", may_text=False, outcode="TR19", travels_km=1),
            authority=held.case.authority,
            opened_at=AT,
            mediation_wanted_at=AT,
            issues="Speech therapy in section F",
            tellings=[Telling(officer=held.officer, issues="Speech therapy in section F", told_at=AT)],
        )
        called_off = Booking(
            uid="b-of-a-family-far-away@example.org",
            kind=BookingKind.MEDIATION,
            case=case,
            starts_at=held.starts_at,
            ends_at=held.ends_at,
            room=held.room,
            mediator=held.mediator,
            officer=held.officer,
            booked_at=AT,
            status=BookingStatus.CANCELLED,
            cancelled_at=AT,
            cancelled_because="The officer is ill",
            cancelled_by_side=Side.AUTHORITY,
        )
        session.add_all([case, called_off])
        session.flush()
        reference = case.reference
    engine.dispose()
    return reference
