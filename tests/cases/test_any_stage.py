"""Whatever is pressed in whatever order, a case stays one story: one meeting, one certificate, and an end."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from scheduling import db, london
from scheduling.cases import (
    advice,
    agreements,
    alarms,
    authority,
    certificate_post,
    certificates,
    closing,
    decline,
    mediation,
    meeting,
    offering,
    promises,
    retention,
    routes,
)
from scheduling.cases.closing import Because
from scheduling.diary import bookings, reminders
from scheduling.law.agreements import Action
from scheduling.law.certificates import Information, Kind
from scheduling.law.routes import Decision
from scheduling.models import (
    FAMILY,
    SERVICE,
    Actor,
    Agreement,
    Booking,
    BookingKind,
    BookingStatus,
    Case,
    Certificate,
    Ending,
    Entry,
    Extent,
    Meeting,
    Message,
    Side,
    Staff,
    Telling,
)
from scheduling.operation import proof
from tests import any_order, builders
from tests.builders import moment

RUNG, EXPLAINED, BOOKED, HELD, AGREED = "rung", "explained", "booked", "held", "agreed"
UNWANTED, CLOSED, OPENED, KEPT = "unwanted", "closed", "opened again", "kept long enough"
"""How far the case has come before anybody presses anything in any order."""
WITH_A_MEETING = {BOOKED, HELD, AGREED}

SWEEPS = (
    (mediation.untold, mediation.tell_if_ready),
    (mediation.waiting_ids, offering.place_if_waiting),
    (authority.silent, authority.ask_again),
    (reminders.due, reminders.write),
    (alarms.watched, alarms.raise_due),
    (certificate_post.unsent, certificate_post.send_late),
    (promises.owed, promises.remind),
)
"""What the clock does in a case, by itself."""
OUR_OWN = {bookings.REMINDER, *closing.NOT_SENT}
"""Reminders that nobody gets of a case that is closed; who promised something is still reminded of that."""

Act = Callable[[Session, Case], object]


class Stages(any_order.OnARecord):
    """One family, and everything that anybody may press in its case."""

    begins: ClassVar[str]

    @initialize()
    def a_family(self) -> None:
        self.now, self.is_erased, self.windows = moment("2026-11-23 10:25"), False, set[date]()
        with db.Session.begin() as session:
            case = builders.case(session, builders.town(session))
            case.child_name = "Robin"
            adviser = session.scalars(select(Staff).order_by(Staff.id)).first()
            assert adviser is not None
            self.by, self.case = Actor.staff(adviser.id), case.id
        if self.begins != RUNG:
            self.the_route_is_answered(Decision.NOT_TO_ASSESS, health=False)
            self.everything_is_explained()
        if self.begins in WITH_A_MEETING:
            self.the_family_says_yes()
            self.the_clock_comes_by()
        if self.begins in WITH_A_MEETING - {BOOKED}:
            self.now += timedelta(days=20)
            self.what_became_of_it_is_recorded(Ending.CONCLUDED, family=True, other=True)
        if self.begins == AGREED:
            self.what_was_agreed_is_written_down()
        if self.begins in {UNWANTED, CLOSED, OPENED, KEPT}:
            self.the_family_says_no()
        if self.begins in {CLOSED, OPENED, KEPT}:
            self.a_certificate_is_issued(Kind.NOT_WANTED, None)
            self.the_case_is_closed(Because.CERTIFIED)
        if self.begins == OPENED:
            self.nobody_is_reminded_of_a_case_that_is_closed()
            self.the_case_is_opened_again()
        if self.begins == KEPT:
            self.it_was_kept_long_enough()

    def presses(self, act: Act) -> None:
        """Somebody, in this case; of an erased one there is no page."""
        if not self.is_erased:
            self.happens(lambda session: act(session, session.get_one(Case, self.case)))

    def of_the_meeting(self, act: Callable[[Session, Booking], object]) -> None:
        def with_it(session: Session, case: Case) -> None:
            kept = bookings.of(session, case, BookingKind.MEDIATION)
            if kept is not None:
                act(session, kept)

        self.presses(with_it)

    @rule(hours=st.integers(1, 200))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(decision=st.sampled_from(Decision), health=st.booleans())
    def the_route_is_answered(self, decision: Decision, *, health: bool) -> None:
        self.presses(
            lambda session, case: routes.answer(
                session,
                case,
                decision=decision,
                about_education=not health,
                about_school=False,
                health=health,
                social_care=False,
                discrimination=False,
                by=self.by,
                now=self.now,
            )
        )

    @rule()
    def everything_is_explained(self) -> None:
        self.presses(lambda session, case: advice.inform(session, case, list(Information), by=self.by, now=self.now))

    @rule()
    def the_family_says_yes(self) -> None:
        self.presses(lambda session, case: mediation.want(session, case, by=FAMILY, now=self.now, said_at=self.now))

    @rule()
    def the_family_says_no(self) -> None:
        self.presses(lambda session, case: decline.say_no(session, case, by=FAMILY, said_at=self.now, now=self.now))

    @rule()
    def the_clock_comes_by(self) -> None:
        for search, act in SWEEPS:
            with db.Reading() as session:
                found = search(session, now=self.now)
            for number in found:
                with db.Session.begin() as session:
                    act(session, number, now=self.now)

    @rule(side=st.sampled_from([Side.FAMILY, Side.AUTHORITY, Side.VENUE]))
    def the_meeting_is_cancelled(self, side: Side) -> None:
        self.of_the_meeting(
            lambda session, kept: bookings.cancel(
                session, kept, caused_by=side, because="It cannot be.", by=SERVICE, now=self.now
            )
        )

    @rule(ending=st.sampled_from(Ending), family=st.booleans(), other=st.booleans())
    def what_became_of_it_is_recorded(self, ending: Ending, *, family: bool, other: bool) -> None:
        self.of_the_meeting(
            lambda session, kept: meeting.record(
                session,
                kept,
                ending=ending,
                family_came=family,
                authority_came=other,
                could_decide=True,
                childs_views_sought=True,
                expenses=None,
                ended_at=kept.ends_at,
                by=self.by,
                now=self.now,
            )
        )

    @rule()
    def what_was_agreed_is_written_down(self) -> None:
        promise: agreements.Promise = (Action.WITHOUT_APPEAL, "Ten hours", None)

        def write_down(session: Session, case: Case) -> None:
            if meeting.last(session, case) is not None:
                agreements.record(
                    session,
                    case,
                    extent=Extent.FULL,
                    agreed_on=london.london_day(self.now),
                    actions=[promise],
                    by=self.by,
                    now=self.now,
                )

        self.presses(write_down)

    @rule()
    def the_authority_cannot(self) -> None:
        self.presses(lambda session, case: authority.cannot(session, case, because="No", by=SERVICE, now=self.now))

    @rule(kind=st.sampled_from(Kind), reason=st.sampled_from([None, "It said nothing."]))
    def a_certificate_is_issued(self, kind: Kind, reason: str | None) -> None:
        self.presses(
            lambda session, case: certificates.issue(session, case, kind, reason=reason, by=self.by, now=self.now)
        )

    @rule(because=st.sampled_from(Because))
    def the_case_is_closed(self, because: Because) -> None:
        self.presses(
            lambda session, case: closing.close(session, case, because, words="So it is.", by=self.by, now=self.now)
        )

    @rule()
    def the_case_is_opened_again(self) -> None:
        self.presses(
            lambda session, case: closing.reopen(session, case, because="It is not.", by=self.by, now=self.now)
        )

    @rule()
    def it_was_kept_long_enough(self) -> None:
        """Years after it was closed somebody confirms that it may go; one that is open is kept for ever."""
        with db.Reading() as session:
            if session.get_one(Case, self.case).closed_at is None:
                return
        self.now += timedelta(days=30 * 365)
        with db.Session.begin() as session:
            retention.propose(session, now=self.now)
            waiting = retention.waiting(session)
            if waiting is not None:
                retention.confirm(session, waiting.batch.id, because="Its time is over.", by=self.by, now=self.now)
            for number in retention.confirmed(session, now=self.now):
                retention.erase(session, number, now=self.now)
                self.is_erased = True
        assert self.is_erased
        self.came_about("erased")

    @invariant()
    def the_record_is_whole(self) -> None:
        with db.Reading() as session:
            assert proof.prove(session).faults == ()

    @invariant()
    def there_is_one_telling_and_one_certificate_at_most(self) -> None:
        with db.Reading() as session:
            for table in (Telling, Certificate):
                assert (session.scalar(select(func.count()).select_from(table)) or 0) <= 1

    @invariant()
    def a_certificate_says_what_has_been(self) -> None:
        """The law once more, by what stands in the record when it is first seen."""
        with db.Reading() as session:
            issued = session.scalars(select(Certificate)).first()
            if issued is None or "certified" in self.reached:
                return
            case = session.get_one(Case, self.case)
            self.came_about("certified")
            assert set(advice.informed_of(session, case)) == set(Information)
            held = [one for one in session.scalars(select(Meeting)) if meeting.was_mediation(one)]
            assert {
                Kind.NOT_WANTED: case.declined_at is not None and not held,
                Kind.TOOK_PART: bool(held),
                Kind.NOT_ARRANGED: case.told_at is not None and not held,
            }[issued.kind]

    @invariant()
    def the_thirty_days_never_move(self) -> None:
        with db.Reading() as session:
            told_at = session.get_one(Case, self.case).told_at
            if told_at is not None:
                self.windows.add(mediation.window_end(session, told_at).day)
            assert len(self.windows) <= 1

    @invariant()
    def there_is_one_meeting_at_most_and_no_message_twice(self) -> None:
        with db.Reading() as session:
            live = (Booking.kind == BookingKind.MEDIATION, Booking.status == BookingStatus.CONFIRMED)
            unrecorded = select(Booking.id).where(*live, ~exists().where(Meeting.booking_id == Booking.id))
            assert len(session.scalars(unrecorded).all()) <= 1
            keys = session.scalars(select(Message.key)).all()
            assert len(keys) == len(set(keys))

    @invariant()
    def nobody_is_reminded_of_a_case_that_is_closed(self) -> None:
        with db.Reading() as session:
            closed_at = session.get_one(Case, self.case).closed_at
            if closed_at is not None:
                self.came_about("closed")
                since = select(Message.purpose).where(Message.written_at > closed_at, Message.purpose.in_(OUR_OWN))
                assert session.scalars(since).all() == []
            elif "closed" in self.reached:
                self.came_about("opened again")

    @invariant()
    def what_came_of_it_is_counted(self) -> None:
        with db.Reading() as session:
            for what, table in (("held", Meeting), ("agreed", Agreement)):
                if session.scalars(select(table.id).limit(1)).first() is not None:
                    self.came_about(what)

    @invariant()
    def nothing_is_to_come_in_a_case_that_is_closed_or_unwanted(self) -> None:
        with db.Reading() as session:
            case = session.get_one(Case, self.case)
            kept = bookings.of(session, case, BookingKind.MEDIATION)
            if kept is not None and kept.starts_at > self.now:
                assert case.closed_at is None
                assert case.declined_at is None

    @invariant()
    def history_goes_forward(self) -> None:
        with db.Reading() as session:
            moments = list(session.scalars(select(Entry.at).order_by(Entry.id)))
            assert moments == sorted(moments)


@pytest.mark.parametrize(
    ("begins", "reached"),
    [
        (RUNG, set()),
        (EXPLAINED, set()),
        (BOOKED, set()),
        (HELD, {"held"}),
        (AGREED, {"held", "agreed"}),
        (UNWANTED, set()),
        (CLOSED, {"certified", "closed"}),
        (OPENED, {"certified", "closed", "opened again"}),
        (KEPT, {"erased"}),
    ],
)
def test_a_case_stays_one_story_whatever_is_pressed_in_whatever_order(
    sqlite_template: Path, begins: str, reached: set[str]
) -> None:
    seen = any_order.run(Stages, sqlite_template, examples=2, steps=25, begins=begins)

    assert reached <= set(seen), seen
