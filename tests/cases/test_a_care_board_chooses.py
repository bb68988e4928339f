"""Where an integrated care board is a party it is asked like the officer, and its word counts like the officer's."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import authority, links, mediation, offering, wishes
from scheduling.diary import bookings, holds, offers
from scheduling.diary.offers import Became
from scheduling.models import (
    SERVICE,
    Answer,
    AnsweredBy,
    BookingKind,
    CareBoard,
    Case,
    Message,
    Party,
    Purpose,
)
from scheduling.reference import policies
from tests import builders
from tests.builders import Town, moment

TOLD = moment("2026-11-23 10:25")
LATER = moment("2026-11-23 11:00")
YES, IF_NEED_BE, NO = Answer.YES, Answer.IF_NEED_BE, Answer.NO


@pytest.fixture
def told(session: Session, barnet: Town) -> Case:
    """The parties have a day to choose."""
    policies.choose(session, policies.OFFER_HOURS, 24, by_staff_id=None, now=TOLD)
    return builders.case(session, barnet, told="2026-11-23 10:25")


@pytest.fixture
def board(session: Session, told: Case) -> CareBoard:
    return builders.care_board(session, told)


def mails_to(session: Session, address: str) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.address == address).order_by(Message.id)))


def says(session: Session, case: Case, party: Party, word: Answer, *numbers: int) -> offers.Settled:
    said = dict.fromkeys(numbers, word)
    return offering.answer(session, case, said, party=party, channel=AnsweredBy.LINK, by=SERVICE, now=LATER)


def test_it_is_asked_by_mail_with_a_link_of_its_own_and_told_nothing_else_of_the_family(
    session: Session, told: Case, board: CareBoard
) -> None:
    offering.offer(session, told, by=SERVICE, now=TOLD)

    [asked] = mails_to(session, board.email)
    assert (asked.purpose, asked.recipient) == ("times to choose from", "the care board")
    assert asked.body.startswith("Dear North London,")
    assert "/times-for-the-care-board/" in asked.body
    for private in (told.person.name, told.person.email, told.issues, "Olu", "olu@barnet.example"):
        assert str(private) not in f"{asked.subject}{asked.body}"
    for other in ("sam@family.example", "olu@barnet.example"):
        assert all(board.email not in mail.body and board.name not in mail.body for mail in mails_to(session, other))


def test_its_link_opens_its_own_page_alone(session: Session, told: Case, board: CareBoard) -> None:
    offering.offer(session, told, by=SERVICE, now=TOLD)
    [asked] = mails_to(session, board.email)
    token = asked.body.partition("/times-for-the-care-board/")[2].split()[0]

    opened = {purpose: links.open(session, token, purpose, now=LATER) is not None for purpose in Purpose}

    assert [purpose for purpose, opens in opened.items() if opens] == [Purpose.BOARD_CHOOSES]


def test_a_time_is_booked_when_all_three_want_it_and_each_gets_an_invite_of_its_own(
    session: Session, told: Case, board: CareBoard
) -> None:
    offering.offer(session, told, by=SERVICE, now=TOLD)

    assert says(session, told, Party.FAMILY, YES, 2).became is Became.WAITS
    assert says(session, told, Party.AUTHORITY, YES, 2).became is Became.WAITS
    settled = says(session, told, Party.HEALTH, YES, 2)

    assert settled.became is Became.BOOKED
    assert settled.booking is not None
    assert settled.booking.board is board
    last = told.history[-1].why or ""
    assert "The family said yes; the authority said yes; the health body said yes." in last
    [invite] = [mail for mail in mails_to(session, board.email) if mail.calendar]
    assert board.email in (invite.calendar or "")
    assert "sam@family.example" not in (invite.calendar or "") + invite.body


def test_a_time_that_it_refuses_is_not_booked_whatever_the_others_say(
    session: Session, told: Case, board: CareBoard
) -> None:
    held = offering.offer(session, told, by=SERVICE, now=TOLD)
    says(session, told, Party.HEALTH, NO, 1)
    says(session, told, Party.FAMILY, YES, 1)
    says(session, told, Party.AUTHORITY, YES, 1)

    settled = offering.settle(session, told, now=held[0].closes_at)

    assert settled.booking is not None
    assert settled.booking.starts_at != held[0].starts_at


def test_its_silence_lasts_no_longer_than_the_round(session: Session, told: Case, board: CareBoard) -> None:
    held = offering.offer(session, told, by=SERVICE, now=TOLD)
    says(session, told, Party.FAMILY, YES, 3)
    says(session, told, Party.AUTHORITY, YES, 3)

    settled = offering.settle(session, told, now=held[0].closes_at)

    assert settled.booking is not None
    assert settled.booking.starts_at == held[2].starts_at
    assert "the health body has not answered" in (told.history[-1].why or "")


def test_it_alone_is_reminded_when_only_it_is_silent_and_hears_when_times_are_taken_back(
    session: Session, told: Case, board: CareBoard
) -> None:
    offering.offer(session, told, by=SERVICE, now=TOLD)
    says(session, told, Party.FAMILY, IF_NEED_BE, 1)
    says(session, told, Party.AUTHORITY, IF_NEED_BE, 2)
    now = moment("2026-11-24 09:00")

    assert offering.remind(session, told.id, now=now) == 1
    for mail in session.scalars(select(Message)):
        mail.state, mail.sent_at = mail.state.SENT, now
    offering.take_back(session, told, because="By hand", by=SERVICE, now=now)

    purposes = [mail.purpose for mail in mails_to(session, board.email)]
    assert purposes == ["times to choose from", "reminder to choose a time", "times no longer held"]


def test_no_time_is_found_or_kept_at_which_it_cannot_come(session: Session, told: Case, board: CareBoard) -> None:
    first = offering.offer(session, told, by=SERVICE, now=TOLD)[0]
    assert board in wishes.others(session, told)
    wishes.cannot_come(session, told, board, first.starts_at, first.ends_at, now=LATER)
    became = [says(session, told, party, YES, 1).became for party in (Party.FAMILY, Party.AUTHORITY, Party.HEALTH)]

    assert Became.BOOKED not in became
    assert bookings.of(session, told, BookingKind.MEDIATION) is None
    assert all(one.starts_at != first.starts_at for one in holds.of(session, told))


def test_times_offered_before_it_was_told_are_given_back_and_it_is_asked_with_the_next(
    session: Session, told: Case
) -> None:
    offering.offer(session, told, by=SERVICE, now=TOLD)
    board = CareBoard(name="North London", email="send@board.example")
    session.add(board)
    told.health_in_issue = True
    authority.tell_care_board(session, told, board, by=SERVICE, now=LATER)
    assert holds.of(session, told) == []

    placed = offering.place_if_waiting(session, told.id, now=LATER)

    assert isinstance(placed, list)
    assert {one.board for one in placed} == {board}


def told_after_booking(session: Session, case: Case) -> CareBoard:
    case.health_in_issue = True
    board = CareBoard(name="North London", email="send@board.example")
    session.add(board)
    session.flush()
    authority.tell_care_board(session, case, board, by=SERVICE, now=LATER)
    authority.tell_care_board(session, case, board, by=SERVICE, now=LATER)
    return board


def test_one_that_is_told_after_the_booking_is_invited_to_it_and_nobody_else_hears_of_that(
    session: Session, told: Case
) -> None:
    kept = mediation.book_best(session, told, by=SERVICE, now=TOLD)
    before = {one.address: len(mails_to(session, one.address)) for one in session.scalars(select(Message))}

    board = told_after_booking(session, told)

    assert (kept.board, kept.sequence) == (board, 0)
    assert [one.calendar_method for one in mails_to(session, board.email)] == [None, "REQUEST"]
    assert {address: len(mails_to(session, address)) for address in before} == before


def test_one_that_sits_elsewhere_then_is_not_invited_and_history_says_so(session: Session, told: Case) -> None:
    kept = mediation.book_best(session, told, by=SERVICE, now=TOLD)
    other = builders.case(session, builders.town(session, "Camden", "202"), told="2026-11-23 10:25")
    taken = mediation.book_best(session, other, by=SERVICE, now=TOLD)
    board = told_after_booking(session, other)
    assert (taken.board, taken.starts_at) == (board, kept.starts_at)

    told.health_in_issue = True
    authority.tell_care_board(session, told, board, by=SERVICE, now=LATER)

    assert kept.board is None
    assert [one.calendar_method for one in mails_to(session, board.email)] == [None, "REQUEST", None]
    assert told.history[-1].what.endswith("it needs another time")
