import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling.diary import bookings, slots
from scheduling.diary.bookings import AlreadyBooked, NoLongerKept, NoticeTooShort, SlotTaken
from scheduling.diary.slots import Slot
from scheduling.models import (
    FAMILY,
    SERVICE,
    Actor,
    Booking,
    BookingKind,
    Case,
    Cell,
    Channel,
    Claim,
    Closure,
    Message,
    MessageState,
    ResourceKind,
    Side,
)
from tests import builders
from tests.builders import Town, moment

TOLD = moment("2026-11-23 10:25")
QUARTERS_OF_A_MEETING = {
    ResourceKind.ROOM: 10,
    ResourceKind.MEDIATOR: 8,
    ResourceKind.FAMILY: 8,
    ResourceKind.OFFICER: 8,
}


def found(session: Session, case: Case, number: int = 0) -> Slot:
    return slots.best(session, case, now=TOLD, limit=number + 1)[number]


def booked(session: Session, case: Case, number: int = 0) -> Booking:
    return bookings.book(session, case, found(session, case, number), by=SERVICE, now=TOLD)


def cells(session: Session) -> dict[int, int]:
    counted = select(Cell.kind, func.count()).group_by(Cell.kind)
    return dict(session.execute(counted).all())


def mails(session: Session, booking: Booking, method: str) -> set[tuple[str, int]]:
    """Who was sent an invite of this method, with which sequence."""
    sent = session.scalars(select(Message).where(Message.booking_id == booking.id, Message.calendar_method == method))
    return {(m.recipient, int(str(m.calendar).split("SEQUENCE:")[1].split()[0])) for m in sent}


def texts(session: Session, case: Case) -> list[str]:
    wanted = select(Message.purpose).where(Message.case_id == case.id, Message.channel == Channel.SMS)
    return list(session.scalars(wanted.order_by(Message.id)))


def test_a_booking_keeps_everybodys_time_and_tells_them(session: Session, case: Case) -> None:
    booking = booked(session, case)

    assert cells(session) == QUARTERS_OF_A_MEETING
    assert mails(session, booking, "REQUEST") == {("the family", 0), ("the authority", 0), ("the mediator", 0)}
    assert texts(session, case) == ["meeting booked"]
    assert case.history[-1].what == (
        "Mediation was booked for Tuesday 1 December 2026, 10am to midday at Barnet Library"
    )
    assert case.history[-1].by == SERVICE
    assert bookings.of(session, case, BookingKind.MEDIATION) is booking


def test_a_case_is_not_booked_twice(session: Session, case: Case) -> None:
    booked(session, case)

    with pytest.raises(AlreadyBooked):
        booked(session, case, 5)


def test_a_slot_that_somebody_else_has_taken_is_refused_and_nothing_else_is_lost(
    session: Session, barnet: Town, case: Case
) -> None:
    slot = found(session, case)
    other = builders.case(session, barnet, told="2026-11-23 09:00", number=None)
    booked(session, other)
    case.record("Something that happened before", by=FAMILY, now=TOLD)

    with pytest.raises(SlotTaken, match="taken"):
        bookings.book(session, case, slot, by=SERVICE, now=TOLD)

    assert [entry.what for entry in case.history][-1] == "Something that happened before"
    assert bookings.of(session, case, BookingKind.MEDIATION) is None
    assert cells(session) == QUARTERS_OF_A_MEETING
    assert texts(session, case) == []


def test_a_slot_at_a_venue_that_has_closed_meanwhile_is_refused(session: Session, barnet: Town, case: Case) -> None:
    slot = found(session, case)
    day = slot.starts_at.date()
    session.add(Closure(venue=barnet.venue, first_day=day, last_day=day, reason="Flood", closed_at=TOLD))
    session.flush()

    with pytest.raises(SlotTaken):
        bookings.book(session, case, slot, by=SERVICE, now=TOLD)


def test_notice_is_checked_again_when_the_slot_is_booked(session: Session, case: Case) -> None:
    slot = found(session, case)

    with pytest.raises(NoticeTooShort, match="from Wednesday 2 December 2026 to Wednesday 23 December 2026"):
        bookings.book(session, case, slot, by=SERVICE, now=moment("2026-11-24 00:01"))


def test_a_move_gives_back_the_old_time_and_keeps_the_uid(session: Session, case: Case) -> None:
    booking = booked(session, case)
    uid, old = booking.uid, booking.starts_at

    bookings.move(session, booking, found(session, case, 12), because="The officer is ill", by=SERVICE, now=TOLD)

    assert (booking.uid, booking.sequence) == (uid, 1)
    assert booking.starts_at != old
    assert cells(session) == QUARTERS_OF_A_MEETING
    assert mails(session, booking, "REQUEST") >= {("the family", 1), ("the authority", 1), ("the mediator", 1)}
    assert mails(session, booking, "CANCEL") == set()
    assert texts(session, case) == ["meeting booked", "meeting moved"]
    assert (case.history[-1].why, case.history[-1].by) == ("The officer is ill", SERVICE)


def test_a_booking_may_move_into_hours_that_it_holds_itself(session: Session, case: Case) -> None:
    booking = booked(session, case)
    half_an_hour_later = next(
        slot
        for slot in slots.best(session, case, now=TOLD, limit=99, moving=booking)
        if slot.starts_at == moment("2026-12-01 10:30")
    )

    bookings.move(session, booking, half_an_hour_later, because="School run", by=FAMILY, now=TOLD)

    assert booking.starts_at == moment("2026-12-01 10:30")
    assert cells(session) == QUARTERS_OF_A_MEETING


def test_a_mediator_who_is_replaced_is_told_not_to_come(session: Session, barnet: Town, case: Case) -> None:
    booking = booked(session, case)
    noor = builders.mediator(session, barnet.authority, "Noor")
    barnet.mediator.is_active = False
    session.flush()

    slot = slots.best(session, case, now=TOLD, moving=booking)[0]
    bookings.move(session, booking, slot, because="The mediator is ill", by=SERVICE, now=TOLD)

    [cancel] = session.scalars(select(Message).where(Message.calendar_method == "CANCEL"))
    assert cancel.address == barnet.mediator.email
    assert mails(session, booking, "CANCEL") == {("the mediator", 1)}
    assert booking.mediator is noor


def test_a_move_that_loses_the_race_leaves_everything_as_it_was(session: Session, barnet: Town, case: Case) -> None:
    booking = booked(session, case)
    wanted = found(session, case, 12)
    other = builders.case(session, barnet, told="2026-11-23 09:00", number=None)
    bookings.book(session, other, found(session, other, 12), by=SERVICE, now=TOLD)

    with pytest.raises(SlotTaken):
        bookings.move(session, booking, wanted, because="Better for school", by=FAMILY, now=TOLD)

    assert (booking.starts_at, booking.sequence) == (moment("2026-12-01 10:00"), 0)
    assert len(booking.claims) == 4
    assert session.scalar(select(func.count()).select_from(Claim)) == 8
    assert texts(session, case) == ["meeting booked"]


@pytest.mark.parametrize(
    "now",
    [
        pytest.param("2026-12-01 10:00", id="it begins now"),
        pytest.param("2026-12-02 09:00", id="it was yesterday"),
    ],
)
def test_a_meeting_that_has_begun_is_neither_moved_nor_cancelled(session: Session, case: Case, now: str) -> None:
    booking = booked(session, case)
    later = slots.best(session, case, now=moment(now), moving=booking)[0]

    with pytest.raises(NoLongerKept):
        bookings.move(session, booking, later, because="Too late", by=SERVICE, now=moment(now))
    with pytest.raises(NoLongerKept):
        bookings.cancel(session, booking, caused_by=Side.SERVICE, because="Too late", by=SERVICE, now=moment(now))


def test_a_cancelled_booking_gives_everything_back_and_withdraws_the_invites(
    session: Session, barnet: Town, case: Case
) -> None:
    booking = booked(session, case)

    coordinator = Actor.staff(barnet.coordinator.id)
    bookings.cancel(session, booking, caused_by=Side.FAMILY, because="The family is ill", by=coordinator, now=TOLD)

    assert not booking.is_live
    assert cells(session) == {}
    assert mails(session, booking, "CANCEL") == {("the family", 1), ("the authority", 1), ("the mediator", 1)}
    assert texts(session, case) == ["meeting booked", "meeting cancelled"]
    assert bookings.of(session, case, BookingKind.MEDIATION) is None
    assert case.history[-1].by == coordinator


def test_a_booking_after_a_cancellation_is_a_new_one_for_every_calendar(session: Session, case: Case) -> None:
    first = booked(session, case)
    bookings.cancel(session, first, caused_by=Side.FAMILY, because="The family is ill", by=FAMILY, now=TOLD)

    second = booked(session, case)

    assert second.uid != first.uid
    assert second.sequence == 0


def test_a_family_without_an_email_address_hears_by_text_that_no_invite_comes(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, told="2026-11-23 10:25", email=None)

    booking = booked(session, case)

    assert mails(session, booking, "REQUEST") == {("the authority", 0), ("the mediator", 0)}
    [text] = session.scalars(select(Message).where(Message.channel == Channel.SMS))
    assert "no email address" in text.body


def test_a_time_that_is_no_longer_true_is_not_texted_any_more(session: Session, case: Case) -> None:
    booking = booked(session, case)

    bookings.move(session, booking, found(session, case, 1), because="A burst pipe", by=SERVICE, now=TOLD)
    bookings.cancel(session, booking, caused_by=Side.SERVICE, because="They agreed", by=SERVICE, now=TOLD)

    of_booking = select(Message.purpose, Message.state).where(Message.booking_id == booking.id)
    texted = session.execute(of_booking.where(Message.channel == Channel.SMS).order_by(Message.id)).all()
    invites = session.scalars(of_booking.where(Message.channel == Channel.EMAIL).with_only_columns(Message.state)).all()
    assert [tuple(row) for row in texted] == [
        ("meeting booked", MessageState.DROPPED),
        ("meeting moved", MessageState.DROPPED),
        ("meeting cancelled", MessageState.QUEUED),
    ]
    assert set(invites) == {MessageState.QUEUED}
