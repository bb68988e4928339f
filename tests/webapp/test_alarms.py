from datetime import date

from sqlalchemy import select

from scheduling import db
from scheduling.cases import alarms
from scheduling.models import Alarm, Case
from tests.builders import moment
from tests.webapp.browser import Browser
from tests.webapp.conftest import Told

NOW = moment("2026-11-24 10:00")


def test_a_coordinator_says_that_an_alarm_was_seen(coordinator: Browser, told: Told) -> None:
    with db.Session.begin() as session:
        case = session.scalars(select(Case).where(Case.reference == told.waiting)).one()
        case.letter_date = date(2026, 9, 28)
        session.flush()
        alarms.raise_due(session, case.id, now=NOW)
    assert "Alarm: raised at 5 working days" in coordinator.opens("/today").text
    page = coordinator.opens(f"/cases/{told.waiting}")
    assert "Appeal within two months after the decision was sent: 4 days left, on Saturday 28 November" in page.text

    coordinator.presses("I have seen this")

    assert "Alarms that nobody has seen" not in coordinator.opens(f"/cases/{told.waiting}").text
    with db.Reading() as session:
        assert all(alarm.seen_at is not None for alarm in session.scalars(select(Alarm)))


def test_an_alarm_of_another_case_is_not_found(coordinator: Browser, told: Told) -> None:
    with db.Session.begin() as session:
        case = session.scalars(select(Case).where(Case.reference == told.waiting)).one()
        case.letter_date = date(2026, 9, 28)
        session.flush()
        alarms.raise_due(session, case.id, now=NOW)
        alarm = session.scalars(select(Alarm.id)).first()
    page = coordinator.opens(f"/cases/{told.waiting}")
    token = next(field for form in page.forms for field in form.fields if field[0] == "csrf_token")

    assert coordinator.sends(f"/cases/{told.booked}/alarms/{alarm}/seen", [token]).status == 404
