"""Who comes to a booked time, as the console shows it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from scheduling import db
from scheduling.diary import attendance
from scheduling.models import AnsweredBy, Attends, Booking, Case, Message, MessageState
from scheduling.outbox import invites
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW, Told


def says(told: Told, label: str, attends: Attends, *, proposes: bool = False) -> None:
    with db.Session.begin() as session:
        booking = session.get_one(Booking, told.booking)
        (who,) = [one for one in invites.recipients(booking) if one.label == label]
        at = booking.starts_at + timedelta(days=1) if proposes else None
        attendance.answer(
            session, booking, who, attends, channel=AnsweredBy.MAIL, now=NOW, proposes=proposes, proposes_at=at
        )


def test_a_booking_shows_what_everybody_says(coordinator: Browser, told: Told) -> None:
    says(told, "the authority", Attends.YES)

    page = coordinator.opens(f"/cases/{told.booked}")

    assert "Invited: the authority Comes" in page.text
    assert "Invited: the mediator No answer yet" in page.text


@pytest.mark.parametrize(
    ("proposes", "task"),
    [
        pytest.param(False, "Speak with the mediator", id="cannot come"),
        pytest.param(True, "Speak with the mediator about another time", id="would rather come at another time"),
    ],
)
def test_who_cannot_come_is_on_the_list_until_somebody_has_spoken_with_them(
    coordinator: Browser, told: Told, proposes: bool, task: str
) -> None:
    says(told, "the mediator", Attends.NO, proposes=proposes)
    assert task in coordinator.opens("/today").text

    coordinator.opens(f"/cases/{told.booked}")
    page = coordinator.presses("I have spoken with the mediator")

    assert "you have seen to the answer" in page.text
    assert "I have spoken with the mediator" not in page.text
    assert "Speak with the mediator" not in coordinator.opens("/today").text


def test_an_answer_to_an_earlier_time_asks_nobody(coordinator: Browser, told: Told) -> None:
    says(told, "the mediator", Attends.NO)
    with db.Session.begin() as session:
        session.execute(update(Booking).where(Booking.id == told.booking).values(sequence=1))

    assert "Speak with the mediator" not in coordinator.opens("/today").text


def test_the_invites_are_sent_again_by_a_button_and_twice_pressed_once(coordinator: Browser, told: Told) -> None:
    with db.Session.begin() as session:
        session.execute(update(Message).where(Message.calendar.is_not(None)).values(state=MessageState.SENT))
    coordinator.opens(f"/cases/{told.booked}")

    page = coordinator.presses("Send the invites again")
    coordinator.presses("Send the invites again")

    assert "The invites go out again" in page.text
    with db.Reading() as session:
        again = session.scalars(select(Message).where(Message.purpose == "invite again")).all()
        assert sorted(message.recipient for message in again) == ["the authority", "the family", "the mediator"]


def test_an_answer_of_another_case_is_not_found(coordinator: Browser, told: Told) -> None:
    says(told, "the mediator", Attends.NO)
    coordinator.opens(f"/cases/{told.booked}")
    form = coordinator.page.form("I have spoken with the mediator")

    page = coordinator.sends(form.action.replace(told.booked, told.waiting), form.fields)

    assert page.status == 404
    with db.Reading() as session:
        case = session.scalars(select(Case).where(Case.reference == told.booked)).one()
        assert all("seen to" not in entry.what for entry in case.history)
