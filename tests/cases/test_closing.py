"""A case that is over is closed, by a person and for a reason: from then count the days for which we keep it."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import (
    agreements,
    authority,
    closing,
    decline,
    links,
    mediation,
    offering,
    promises,
    retention,
    thirty_days,
    whose,
    worklist,
)
from scheduling.cases.closing import Because, ClosedAlready, ErasedAlready, NotClosed, NotYet, SayWhy
from scheduling.cases.needs.closing import CLOSE
from scheduling.diary import bookings, holds
from scheduling.diary.bookings import CaseClosed
from scheduling.law.agreements import Action
from scheduling.law.certificates import Kind
from scheduling.models import (
    FAMILY,
    Actor,
    Booking,
    BookingKind,
    Case,
    Certificate,
    Channel,
    Ending,
    Extent,
    Meeting,
    Message,
    MessageState,
    Purpose,
    Role,
    Side,
)
from scheduling.reference import policies
from tests import builders
from tests.builders import Town, moment

TOLD = moment("2026-11-23 10:25")
NOW = moment("2026-11-24 09:00")
OVER = moment("2026-12-28 09:00")


@pytest.fixture
def by(barnet: Town) -> Actor:
    return Actor.staff(barnet.coordinator.id)


@pytest.fixture
def told(session: Session, case: Case) -> Case:
    mediation.want(session, case, by=FAMILY, now=TOLD, said_at=TOLD)
    return case


@pytest.fixture
def met(session: Session, barnet: Town) -> Booking:
    """A meeting that was held on 10 December."""
    held = Booking(
        uid="b-1@common-ground.example",
        case=builders.case(session, barnet, told="2026-11-23 10:25"),
        kind=BookingKind.MEDIATION,
        starts_at=moment("2026-12-10 10:00"),
        ends_at=moment("2026-12-10 12:00"),
        room=barnet.venue.rooms[0],
        mediator=barnet.mediator,
        officer=barnet.officer,
        booked_at=TOLD,
    )
    bookings.keep(session, held)
    return held


def certify(session: Session, town: Town, case: Case, day: date = date(2026, 12, 11)) -> None:
    session.add(
        Certificate(
            case=case,
            kind=Kind.TOOK_PART,
            number=f"{case.id:010}",
            code="ACDEFHJK",
            issued_at=moment(f"{day} 10:00"),
            issued_on=day,
            issued_by=town.adviser,
            appeal_by=date(2027, 1, 11),
            appeal_last_lawful=date(2027, 1, 11),
            document=b"%PDF",
            digest="0" * 64,
        )
    )
    session.flush()


def conclude(session: Session, town: Town, booking: Booking) -> None:
    came = {"family_came": True, "authority_came": True, "could_decide": True, "childs_views_sought": True}
    when = {"ended_at": booking.ends_at, "recorded_at": booking.ends_at, "recorded_by_id": town.coordinator.id}
    session.add(Meeting(booking=booking, ending=Ending.CONCLUDED, **came, **when))
    session.flush()


def promise(session: Session, case: Case, by: Actor) -> None:
    promised = [(Action.WITHOUT_APPEAL, "Ten hours", None)]
    at = moment("2026-12-10 15:00")
    agreements.record(session, case, extent=Extent.FULL, agreed_on=date(2026, 12, 10), actions=promised, by=by, now=at)


def close(session: Session, case: Case, by: Actor, because: Because, *, words: str = "", now: datetime = NOW) -> None:
    closing.close(session, case, because, words=words, by=by, now=now)


def obstacles(session: Session, case: Case, now: datetime) -> list[str]:
    return [one.says for one in closing.why_not_close(session, case, now=now)]


def to_close(session: Session, now: datetime) -> list[tuple[str, str]]:
    return [(item.why, item.who) for item in worklist.items(session, now=now) if item.what == CLOSE]


def test_a_case_that_is_closed_says_why_and_nobody_closes_it_twice(session: Session, case: Case, by: Actor) -> None:
    close(session, case, by, Because.NOT_OURS, words=" The school's own complaint. ")

    assert (case.closed_at, case.closed_because) == (
        NOW,
        "It is not something with which we can help. The school's own complaint.",
    )
    assert (case.history[-1].what, case.history[-1].by) == (closing.CLOSED, by)
    with pytest.raises(ClosedAlready):
        close(session, case, by, Because.NOT_OURS)


@pytest.mark.parametrize(
    ("email", "channel"),
    [
        pytest.param("sam@family.example", Channel.EMAIL, id="a mail where there is an address"),
        pytest.param(None, Channel.SMS, id="else a text"),
    ],
)
def test_the_family_hears_that_its_case_is_closed_and_how_to_come_back_but_not_why(
    session: Session, case: Case, by: Actor, email: str | None, channel: Channel
) -> None:
    case.person.email = email

    close(session, case, by, Because.OTHER, words="They are at war with the school.")

    [told] = session.scalars(select(Message).where(Message.purpose == closing.TO_FAMILY))
    assert (told.channel, told.person_id) == (channel, case.person_id)
    assert "If you need us again, call" in told.body
    assert "war" not in told.body


def test_a_family_that_must_not_be_contacted_is_not_told(session: Session, case: Case, by: Actor) -> None:
    case.person.do_not_contact = True

    close(session, case, by, Because.UNREACHABLE)

    assert session.scalars(select(Message)).all() == []


def test_another_reason_is_put_in_words(session: Session, case: Case, by: Actor) -> None:
    with pytest.raises(SayWhy):
        close(session, case, by, Because.OTHER, words="  ")

    assert case.closed_at is None


def test_a_meeting_to_come_is_cancelled_first_and_one_that_was_is_recorded(
    session: Session, barnet: Town, met: Booking, by: Actor
) -> None:
    with pytest.raises(NotYet, match=r"booked for 10am on Thursday 10 December 2026\. Cancel it"):
        close(session, met.case, by, Because.REVERSED)
    with pytest.raises(NotYet, match="Record what became of the meeting on Thursday 10 December 2026"):
        close(session, met.case, by, Because.REVERSED, now=OVER)

    bookings.cancel(session, met, caused_by=Side.AUTHORITY, because="It agrees.", by=by, now=NOW)
    close(session, met.case, by, Because.REVERSED)

    assert met.case.closed_at == NOW


def test_while_the_thirty_days_run_only_what_frees_the_authority_closes_a_case_and_it_hears_of_it(
    session: Session, told: Case, by: Actor
) -> None:
    with pytest.raises(NotYet, match="until Wednesday 23 December 2026 to mediate"):
        close(session, told, by, Because.WITHDREW)

    close(session, told, by, Because.MOVED, words="To Leeds")

    [mail] = session.scalars(select(Message).where(Message.purpose == "nothing to arrange any more"))
    assert mail.address == "olu@barnet.example"
    assert "Leeds" not in f"{mail.subject}{mail.body}"


def test_a_certificate_that_is_owed_is_issued_first(session: Session, told: Case, by: Actor) -> None:
    decline.say_no(session, told, by=FAMILY, said_at=NOW, now=NOW)

    with pytest.raises(NotYet, match=r"A certificate is due by Friday 27 November 2026\. Issue it\. "):
        close(session, told, by, Because.CERTIFIED)
    close(session, told, by, Because.WITHDREW)

    assert told.closed_because == "The family wants nothing further from us."


def test_nothing_is_booked_in_a_case_that_is_closed(session: Session, told: Case, by: Actor) -> None:
    close(session, told, by, Because.REVERSED)

    with pytest.raises(CaseClosed):
        mediation.book_best(session, told, by=by, now=NOW)


def test_held_times_are_given_back_and_the_ways_to_choose_end(session: Session, told: Case, by: Actor) -> None:
    policies.choose(session, policies.OFFER_HOURS, 24, by_staff_id=by.staff_id, now=TOLD)
    offering.offer(session, told, by=by, now=NOW)
    token = links.make(session, Purpose.FAMILY_CHOOSES, told, now=NOW, days=40)
    assert links.open(session, token, Purpose.FAMILY_CHOOSES, now=NOW) is not None
    assert any(says.startswith("Times are held") for says in obstacles(session, told, NOW))

    close(session, told, by, Because.REVERSED)

    assert holds.of(session, told) == []
    assert links.open(session, token, Purpose.FAMILY_CHOOSES, now=NOW) is None


def test_nobody_is_asked_for_what_nobody_needs_any_more(session: Session, told: Case, by: Actor) -> None:
    authority.ask_again(session, told.id, now=NOW)
    [asked] = session.scalars(select(Message).where(Message.purpose == authority.ASKED_AGAIN))

    close(session, told, by, Because.REVERSED)

    assert asked.state is MessageState.DROPPED
    for days in range(40):
        now = NOW + timedelta(days=days)
        assert told.id not in {*authority.silent(session, now=now), *thirty_days.missed(session, now=now)}
    assert [item for item in worklist.items(session, now=OVER) if item.case is told] == []


def test_what_was_promised_is_a_warning_and_its_reminders_go_on(
    session: Session, barnet: Town, met: Booking, by: Actor
) -> None:
    conclude(session, barnet, met)
    certify(session, barnet, met.case)
    promise(session, met.case, by)
    assert [one.is_warning for one in closing.why_not_close(session, met.case, now=OVER)] == [True]

    close(session, met.case, by, Because.AGREED, now=OVER)

    assert promises.remind(session, met.case.id, now=OVER) == 1
    assert "Ask whether something that was agreed has been done" in {
        item.what for item in worklist.items(session, now=OVER) if item.case is met.case
    }


def test_the_mediator_sees_the_meeting_for_two_weeks_after_the_closure(
    session: Session, barnet: Town, met: Booking, by: Actor
) -> None:
    conclude(session, barnet, met)
    certify(session, barnet, met.case)
    closed = moment("2026-12-11 12:00")
    account = builders.staff(session, Role.MEDIATOR, "Mo")
    session.flush()
    barnet.mediator.staff_id = account.id

    close(session, met.case, by, Because.CERTIFIED, now=closed)

    def sees(now: datetime) -> bool:
        return met in whose.meetings_of_mediator(session, account.id, now=now)

    assert (sees(closed), sees(closed + whose.KEPT_AFTER)) == (True, False)


def test_a_case_of_which_nothing_is_left_is_suggested_for_closing(
    session: Session, barnet: Town, met: Booking, by: Actor
) -> None:
    conclude(session, barnet, met)
    promise(session, met.case, by)
    certify(session, barnet, met.case)
    assert to_close(session, OVER) == []

    for agreement in agreements.of(session, met.case):
        agreements.done(session, agreement.actions[0], by=by, now=OVER)
    assert to_close(session, OVER) == [("Mediation is over, and nothing that was promised is open", Role.COORDINATOR)]

    close(session, met.case, by, Because.AGREED, now=OVER)
    assert to_close(session, OVER) == []


def test_a_certificate_whose_appeal_is_over_is_suggested_for_closing(
    session: Session, barnet: Town, case: Case
) -> None:
    certify(session, barnet, case)

    assert to_close(session, moment("2027-01-11 12:00")) == []
    assert to_close(session, moment("2027-01-12 00:00")) != []


def test_a_case_is_opened_again_for_a_reason_and_its_clocks_go_on(session: Session, told: Case, by: Actor) -> None:
    with pytest.raises(NotClosed):
        closing.reopen(session, told, because="It rang", by=by, now=NOW)
    close(session, told, by, Because.REVERSED)
    with pytest.raises(SayWhy):
        closing.reopen(session, told, because=" ", by=by, now=NOW)

    closing.reopen(session, told, because="The authority has changed its mind again", by=by, now=NOW)

    assert (told.closed_at, told.closed_because) == (None, None)
    assert told.history[-1].why == "The authority has changed its mind again"
    assert told in mediation.waiting(session, now=NOW)


def test_a_case_is_opened_again_until_a_manager_has_let_it_be_erased(session: Session, case: Case, by: Actor) -> None:
    close(session, case, by, Because.NOT_OURS)
    later = NOW + timedelta(days=366 * 25)
    retention.propose(session, now=later)
    closing.reopen(session, case, because="It rang", by=by, now=later)
    batch = retention.waiting(session)
    assert batch is not None
    assert batch.references == []

    close(session, case, by, Because.NOT_OURS)
    retention.propose(session, now=later)
    retention.confirm(session, batch.batch.id, because="Looked over", by=by, now=later)

    with pytest.raises(ErasedAlready):
        closing.reopen(session, case, because="It rang again", by=by, now=later)
