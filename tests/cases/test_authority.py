"""What an authority is asked, reminded of and held to, once it has been told."""

import re
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import authority, decline, links, mediation, routes, thirty_days
from scheduling.cases.authority import NoHealthCare, NotAgreed, NotTold
from scheduling.cases.mediation import NoSlot
from scheduling.diary import bookings, slots
from scheduling.jobs.timetable import Act, Search
from scheduling.law.routes import Decision
from scheduling.models import (
    FAMILY,
    SERVICE,
    Actor,
    ActorKind,
    Booking,
    BookingKind,
    Breach,
    CareBoard,
    Case,
    Ending,
    Meeting,
    Message,
    Officer,
    Purpose,
    Side,
    Telling,
)
from tests import builders
from tests.builders import Town, moment

TOLD = moment("2026-11-23 10:25")
AUTHORITY = Actor(ActorKind.AUTHORITY)
ASKED_AGAIN = "authority asked again"

CHASING = authority.silent, authority.ask_again
CARE = authority.without_care_board, authority.remind_of_health
PREPARING = thirty_days.to_prepare, thirty_days.prepare
MISSED = thirty_days.missed, thirty_days.note_breach


def sweep(session: Session, search: Search, act: Act, *, now: datetime) -> int:
    """One look of the clock; gives how many cases it did something in."""
    return sum(bool(act(session, case_id, now=now)) for case_id in search(session, now=now))


@pytest.fixture
def telling(session: Session, barnet: Town, case: Case) -> Telling:
    builders.officer(session, barnet.authority, "Ada").is_manager = True
    session.flush()
    told = mediation.want(session, case, by=FAMILY, now=TOLD, said_at=TOLD)
    assert told is not None
    return told


@pytest.fixture
def board(session: Session) -> CareBoard:
    built = CareBoard(name="North London ICB", email="send@northlondon.icb.example")
    session.add(built)
    session.flush()
    return built


def mails(session: Session, purpose: str) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.purpose == purpose).order_by(Message.id)))


def about_health(session: Session, case: Case, *, alone: bool) -> None:
    routes.answer(
        session,
        case,
        decision=Decision.PLAN,
        about_education=not alone,
        about_school=False,
        health=True,
        social_care=False,
        discrimination=False,
        by=SERVICE,
        now=TOLD,
    )


def link_in(mail: Message) -> str:
    found = re.search(r"/acknowledge/([\w-]+)", mail.body)
    assert found is not None
    return found.group(1)


def test_the_notice_holds_a_link_by_which_the_authority_acknowledges_once(session: Session, telling: Telling) -> None:
    [notice] = mails(session, "authority told")
    opened = links.open(session, link_in(notice), Purpose.ACKNOWLEDGE, now=moment("2026-11-24 09:00"))
    assert opened is not None
    assert opened.telling_id == telling.id

    authority.acknowledge(session, telling, by=AUTHORITY, now=moment("2026-11-24 09:00"))
    authority.acknowledge(session, telling, by=AUTHORITY, now=moment("2026-11-25 09:00"))

    assert telling.acknowledged_at == moment("2026-11-24 09:00")
    assert telling.told_at == TOLD
    said = [entry.what for entry in telling.case.history]
    assert said.count("The authority acknowledged that mediation is wanted") == 1


@pytest.mark.parametrize(
    ("at", "asked"),
    [
        pytest.param("2026-11-23 23:50", [], id="the same day is too early"),
        pytest.param("2026-11-24 00:05", ["Olu", "Ada"], id="after one working day the officer and the manager"),
        pytest.param("2026-11-26 00:05", ["Olu", "Ada"], id="after an outage of three days only once"),
    ],
)
def test_an_authority_that_is_silent_is_asked_again(
    session: Session, telling: Telling, at: str, asked: list[str]
) -> None:
    sweep(session, *CHASING, now=moment(at))
    sweep(session, *CHASING, now=moment(at))

    addresses = [mail.address for mail in mails(session, ASKED_AGAIN)]
    assert addresses == [f"{name}@barnet.example".lower() for name in asked]


def test_it_is_asked_after_one_and_after_three_working_days_and_then_no_more(
    session: Session, telling: Telling
) -> None:
    for days in range(40):
        sweep(session, *CHASING, now=TOLD + timedelta(days=days))

    assert [mail.written_at.date() for mail in mails(session, ASKED_AGAIN)] == [
        date(2026, 11, 24),
        date(2026, 11, 24),
        date(2026, 11, 26),
        date(2026, 11, 26),
    ]


def test_every_mail_has_a_link_of_its_own(session: Session, telling: Telling) -> None:
    sweep(session, *CHASING, now=moment("2026-11-24 09:00"))

    tokens = {link_in(mail) for mail in [*mails(session, "authority told"), *mails(session, ASKED_AGAIN)]}
    assert len(tokens) == 3


def test_without_a_manager_the_officer_is_asked_and_history_says_who_is_missing(
    session: Session, barnet: Town, case: Case
) -> None:
    mediation.want(session, case, by=FAMILY, now=TOLD, said_at=TOLD)

    sweep(session, *CHASING, now=moment("2026-11-24 09:00"))

    assert [mail.address for mail in mails(session, ASKED_AGAIN)] == [barnet.officer.email]
    assert str(case.history[-1].why).endswith("No manager of this authority is on our list.")


@pytest.mark.parametrize("answer", ["acknowledged", "declined", "cannot"])
def test_nobody_is_asked_again_when_there_is_nothing_to_answer(session: Session, telling: Telling, answer: str) -> None:
    at = moment("2026-11-23 15:00")
    match answer:
        case "acknowledged":
            authority.acknowledge(session, telling, by=AUTHORITY, now=at)
        case "declined":
            decline.say_no(session, telling.case, by=FAMILY, said_at=at, now=at)
        case _:
            authority.cannot(session, telling.case, because="No officer", by=AUTHORITY, now=at)

    assert sweep(session, *CHASING, now=moment("2026-11-27 09:00")) == 0


def test_what_it_cannot_do_is_told_to_the_family_and_the_case_stays_open(session: Session, telling: Telling) -> None:
    case = telling.case

    due = authority.cannot(session, case, because="No officer", by=AUTHORITY, now=moment("2026-12-14 09:00"))
    again = authority.cannot(session, case, because="Still none", by=AUTHORITY, now=moment("2026-12-15 09:00"))

    assert due is not None
    assert due == again
    assert due.day == date(2026, 12, 17)
    assert case.authority_cannot_at == moment("2026-12-14 09:00")
    assert case.closed_at is None
    [mail] = mails(session, "authority cannot")
    assert mail.address == "sam@family.example"
    assert "by Thursday 17 December 2026" in mail.body


def test_on_a_route_without_a_certificate_none_is_promised(session: Session, telling: Telling) -> None:
    about_health(session, telling.case, alone=True)

    due = authority.cannot(session, telling.case, because="No officer", by=AUTHORITY, now=moment("2026-12-14 09:00"))

    assert due is None
    assert "certificate" not in mails(session, "authority cannot")[0].body


def test_it_cannot_say_so_before_it_was_told_or_without_a_reason(session: Session, case: Case) -> None:
    with pytest.raises(NotTold):
        authority.cannot(session, case, because="No officer", by=AUTHORITY, now=TOLD)
    mediation.want(session, case, by=FAMILY, now=TOLD, said_at=TOLD)
    with pytest.raises(authority.ReasonMissing):
        authority.cannot(session, case, because=" ", by=AUTHORITY, now=TOLD)


def test_on_health_alone_the_care_board_has_thirty_days_of_its_own(
    session: Session, barnet: Town, case: Case, board: CareBoard
) -> None:
    about_health(session, case, alone=True)
    told = moment("2026-12-02 09:00")
    mediation.want(session, case, by=FAMILY, now=told, said_at=told)
    assert thirty_days.end(session, case) is None

    authority.tell_care_board(session, case, board, by=AUTHORITY, now=moment("2026-12-07 11:00"))
    authority.tell_care_board(session, case, board, by=AUTHORITY, now=moment("2026-12-08 11:00"))

    ends = thirty_days.end(session, case)
    assert ends is not None
    assert ends.day == date(2027, 1, 6)
    [mail] = mails(session, "care board told")
    assert (mail.address, mail.recipient) == (board.email, authority.THE_BOARD)
    assert "it is for you to arrange the mediation" in mail.body
    assert "by Wednesday 6 January 2027" in mail.body
    assert mediation.book_waiting(session, now=moment("2026-12-07 11:05")).booked == []


def test_on_health_alone_no_day_is_lawful_until_the_board_was_told(
    session: Session, case: Case, board: CareBoard
) -> None:
    about_health(session, case, alone=True)
    told = moment("2026-12-02 09:00")
    mediation.want(session, case, by=FAMILY, now=told, said_at=told)
    with pytest.raises(NoSlot, match="The integrated care board has not been told yet"):
        mediation.book_best(session, case, by=SERVICE, now=told)

    authority.tell_care_board(session, case, board, by=AUTHORITY, now=moment("2026-12-07 11:00"))

    lawful = slots.window_of(session, case, now=moment("2026-12-07 11:00"))
    assert lawful is not None
    assert lawful.closes == date(2027, 1, 6)


def test_where_health_is_only_part_the_board_takes_part_in_the_authority_s_days(
    session: Session, case: Case, board: CareBoard
) -> None:
    about_health(session, case, alone=False)
    mediation.want(session, case, by=FAMILY, now=TOLD, said_at=TOLD)

    authority.tell_care_board(session, case, board, by=AUTHORITY, now=moment("2026-11-25 11:00"))

    [mail] = mails(session, "care board told")
    assert "you must take part" in mail.body
    assert "by Wednesday 23 December 2026" in mail.body


def test_no_board_hears_of_what_does_not_concern_it_or_was_not_agreed_to(
    session: Session, case: Case, board: CareBoard
) -> None:
    with pytest.raises(NoHealthCare):
        authority.tell_care_board(session, case, board, by=AUTHORITY, now=TOLD)
    about_health(session, case, alone=True)
    with pytest.raises(NotTold):
        authority.tell_care_board(session, case, board, by=AUTHORITY, now=TOLD)
    mediation.want(session, case, by=FAMILY, now=TOLD, said_at=TOLD)
    case.consent_to_share_at = None
    with pytest.raises(NotAgreed):
        authority.tell_care_board(session, case, board, by=AUTHORITY, now=TOLD)


def test_the_authority_is_reminded_of_the_care_board_before_and_after_its_three_days(
    session: Session, barnet: Town, case: Case, board: CareBoard
) -> None:
    builders.officer(session, barnet.authority, "Ada").is_manager = True
    about_health(session, case, alone=False)
    mediation.want(session, case, by=FAMILY, now=TOLD, said_at=TOLD)

    for days in range(10):
        sweep(session, *CARE, now=TOLD + timedelta(days=days))

    reminders = mails(session, "care board reminder")
    assert [(mail.written_at.date(), mail.address) for mail in reminders] == [
        (date(2026, 11, 25), "olu@barnet.example"),
        (date(2026, 11, 27), "olu@barnet.example"),
        (date(2026, 11, 27), "ada@barnet.example"),
    ]
    assert "You must tell each" in reminders[0].body
    assert "You had to tell each" in reminders[1].body


def test_a_care_board_that_was_told_needs_no_reminder(session: Session, case: Case, board: CareBoard) -> None:
    about_health(session, case, alone=False)
    mediation.want(session, case, by=FAMILY, now=TOLD, said_at=TOLD)
    authority.tell_care_board(session, case, board, by=AUTHORITY, now=TOLD)

    assert sweep(session, *CARE, now=moment("2026-11-30 09:00")) == 0


def test_an_officer_who_has_left_is_not_chased(session: Session, telling: Telling) -> None:
    manager = session.scalars(select(Officer).where(Officer.is_manager)).one()
    manager.left_on = date(2026, 11, 1)
    session.flush()

    sweep(session, *CHASING, now=moment("2026-11-24 09:00"))

    assert [mail.address for mail in mails(session, ASKED_AGAIN)] == [telling.officer.email]


# The thirty days as they run out.


def test_after_twenty_days_without_a_meeting_the_certificate_is_prepared_once(
    session: Session, telling: Telling
) -> None:
    for days in range(18, 26):
        sweep(session, *PREPARING, now=TOLD + timedelta(days=days))

    [entry] = [entry for entry in telling.case.history if entry.what == thirty_days.PREPARED]
    assert entry.at == moment("2026-12-13 10:25")
    assert "has not been told yet" in (entry.why or "")


def test_a_case_with_a_meeting_in_time_needs_no_draft(session: Session, telling: Telling) -> None:
    mediation.book_waiting(session, now=TOLD)

    assert thirty_days.to_prepare(session, now=moment("2026-12-20 09:00")) == []


def breach_of(session: Session, case: Case, at: str = "2026-12-24 00:05") -> Breach | None:
    sweep(session, *MISSED, now=moment(at))
    sweep(session, *MISSED, now=moment(at) + timedelta(days=3))
    return session.get(Breach, case.id)


def met(booking: Booking, *, family_came: bool = True, authority_came: bool = True, by: Actor) -> Meeting:
    return Meeting(
        booking=booking,
        ending=Ending.CONCLUDED if family_came and authority_came else Ending.NOT_HELD,
        family_came=family_came,
        authority_came=authority_came,
        could_decide=authority_came,
        childs_views_sought=True,
        ended_at=booking.ends_at,
        recorded_at=booking.ends_at,
        recorded_by_id=by.staff_id,
    )


def test_silence_is_the_authority_s(session: Session, telling: Telling) -> None:
    breach = breach_of(session, telling.case)

    assert breach is not None
    assert (breach.caused_by, breach.because) == (Side.AUTHORITY, "It never answered.")
    said = [entry.what for entry in telling.case.history]
    assert said.count("The 30 days passed without a meeting, caused by the authority") == 1


def test_the_thirtieth_day_itself_is_in_time(session: Session, telling: Telling) -> None:
    assert sweep(session, *MISSED, now=moment("2026-12-23 23:59")) == 0
    assert sweep(session, *MISSED, now=moment("2026-12-24 00:00")) == 1


def test_who_called_the_last_meeting_off_has_caused_it(session: Session, telling: Telling) -> None:
    mediation.book_waiting(session, now=TOLD)
    booking = bookings.of(session, telling.case, BookingKind.MEDIATION)
    assert booking is not None
    bookings.cancel(
        session, booking, caused_by=Side.FAMILY, because="We are ill", by=FAMILY, now=moment("2026-11-30 09:00")
    )

    breach = breach_of(session, telling.case)

    assert breach is not None
    assert (breach.caused_by, breach.because) == (
        Side.FAMILY,
        "The meeting on Tuesday 1 December 2026 was called off, and no other could be held in time.",
    )


@pytest.mark.parametrize(
    ("came", "caused_by"),
    [
        pytest.param({"family_came": False}, Side.FAMILY, id="the family stayed away"),
        pytest.param({"authority_came": False}, Side.AUTHORITY, id="nobody came for the authority"),
    ],
)
def test_who_did_not_come_has_caused_it(
    session: Session, barnet: Town, telling: Telling, came: dict[str, bool], caused_by: Side
) -> None:
    [booking] = mediation.book_waiting(session, now=TOLD).booked
    session.add(met(booking, **came, by=Actor.staff(barnet.coordinator.id)))
    session.flush()

    breach = breach_of(session, telling.case)

    assert breach is not None
    assert breach.caused_by is caused_by


def test_no_free_time_is_ours(session: Session, barnet: Town, telling: Telling) -> None:
    barnet.mediator.is_active = False
    session.flush()
    mediation.book_waiting(session, now=TOLD)

    breach = breach_of(session, telling.case)

    assert breach is not None
    assert breach.caused_by is Side.SERVICE


def test_a_meeting_that_was_held_or_whose_end_nobody_recorded_is_no_breach(
    session: Session, barnet: Town, telling: Telling
) -> None:
    [booking] = mediation.book_waiting(session, now=TOLD).booked
    assert breach_of(session, telling.case) is None

    session.add(met(booking, by=Actor.staff(barnet.coordinator.id)))
    session.flush()

    assert breach_of(session, telling.case, "2027-01-04 09:00") is None


def test_a_family_that_wants_no_mediation_any_more_has_missed_nothing(session: Session, telling: Telling) -> None:
    decline.say_no(session, telling.case, by=FAMILY, said_at=TOLD, now=TOLD)

    assert breach_of(session, telling.case) is None


def test_a_coordinator_who_knows_better_corrects_the_cause(session: Session, barnet: Town, telling: Telling) -> None:
    by = Actor.staff(barnet.coordinator.id)
    breach_of(session, telling.case)

    thirty_days.record_breach(
        session, telling.case, caused_by=Side.VENUE, because="Flooded", by=by, now=moment("2027-01-05 09:00")
    )

    breach = session.get(Breach, telling.case.id)
    assert breach is not None
    assert (breach.caused_by, breach.because) == (Side.VENUE, "Flooded")
    assert [e.why for e in telling.case.history if e.what.startswith("The 30 days passed")] == [
        "It never answered.",
        "Flooded",
    ]


def test_nothing_is_missed_before_the_days_are_over(session: Session, telling: Telling) -> None:
    with pytest.raises(thirty_days.NotOver):
        thirty_days.record_breach(
            session, telling.case, caused_by=Side.AUTHORITY, because="Slow", by=SERVICE, now=moment("2026-12-23 09:00")
        )
