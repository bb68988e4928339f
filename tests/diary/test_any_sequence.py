"""Whatever happens in whatever order, the diary stays whole: nobody twice, nothing for nobody, no short notice."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import db, london
from scheduling.cases import mediation, offering
from scheduling.diary import absences, bookings, calendars, moves, quarters, slots, venues
from scheduling.diary.venues import Days
from scheduling.law import deadlines
from scheduling.models import (
    SERVICE,
    Answer,
    AnsweredBy,
    Booking,
    BookingKind,
    BookingStatus,
    Case,
    Cell,
    Claim,
    Closure,
    Mediator,
    Message,
    Offer,
    OfferState,
    Party,
    Side,
    Venue,
)
from scheduling.outbox import invites
from scheduling.reference import calendar, policies
from tests import any_order, builders
from tests.builders import moment

BEGINNINGS = ("2026-11-23 10:25", "2026-12-10 10:25", "2027-03-15 10:25")
"""Any autumn day; Christmas within the 30 days; Easter, and an hour less, within them."""
CASES, MEDIATORS, VENUES = 3, 2, 2

which_case = st.integers(0, CASES - 1)
sides = st.sampled_from([Side.FAMILY, Side.AUTHORITY, Side.MEDIATOR, Side.VENUE])
days_from_now = st.integers(0, 35)


class Diary(any_order.OnARecord):
    """One council, three families, two mediators and two houses, and everything that can happen to them."""

    now: datetime

    @initialize(told=st.sampled_from(BEGINNINGS))
    def a_town(self, told: str) -> None:
        self.now = moment(told)
        self.heard: dict[tuple[str, int], datetime] = {}
        with db.Session.begin() as session:
            barnet = builders.town(session)
            builders.venue(session, barnet.authority, "Finchley Library")
            builders.mediator(session, barnet.authority, "Noor of Barnet")
            cases = [
                builders.case(session, barnet, told=told, number=None, email=f"f{number}@family.example")
                for number in range(CASES)
            ]
            builders.care_board(session, cases[-1], told=told)
            policies.choose(session, policies.OFFER_HOURS, 24, by_staff_id=None, now=self.now)

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(number=which_case)
    def the_clock_comes_by(self, number: int) -> None:
        self.happens(lambda session: offering.place_if_waiting(session, number + 1, now=self.now))
        self.happens(lambda session: offering.settle_if_due(session, number + 1, now=self.now))

    @rule(number=which_case)
    def times_are_offered(self, number: int) -> None:
        self.happens(lambda session: offering.offer(session, case_of(session, number), by=SERVICE, now=self.now))

    @rule(
        number=which_case,
        choice=st.integers(1, 3),
        party=st.sampled_from([Party.FAMILY, Party.AUTHORITY, Party.HEALTH]),
        said=st.sampled_from(Answer),
    )
    def a_party_answers(self, number: int, choice: int, party: Party, said: Answer) -> None:
        def act(session: Session) -> object:
            return offering.answer(
                session,
                case_of(session, number),
                {choice: said},
                party=party,
                channel=AnsweredBy.STAFF,
                by=SERVICE,
                now=self.now,
            )

        self.happens(act)

    @rule(number=which_case)
    def the_best_time_is_booked(self, number: int) -> None:
        self.happens(lambda session: mediation.book_best(session, case_of(session, number), by=SERVICE, now=self.now))

    @rule(number=which_case, place=st.integers(0, 2))
    def the_meeting_is_moved(self, number: int, place: int) -> None:
        def act(session: Session) -> None:
            case = case_of(session, number)
            booking = bookings.of(session, case, BookingKind.MEDIATION)
            if booking is not None:
                found = slots.best(session, case, now=self.now, moving=booking, limit=3)
                for slot in found[place : place + 1]:
                    bookings.move(session, booking, slot, because="A wish", by=SERVICE, now=self.now)

        self.happens(act)

    @rule(number=which_case, side=sides, finds_another=st.booleans())
    def a_side_cannot_come(self, number: int, side: Side, *, finds_another: bool) -> None:
        def act(session: Session) -> None:
            booking = bookings.of(session, case_of(session, number), BookingKind.MEDIATION)
            if booking is None:
                return
            if finds_another:
                absence = absences.cannot_come(session, booking, side, "Ill.", now=self.now)
                absences.record(session, absence, by=SERVICE, now=self.now)
            else:
                bookings.cancel(session, booking, caused_by=side, because="Ill", by=SERVICE, now=self.now)

        self.happens(act)

    @rule(number=st.integers(1, VENUES), begins=days_from_now, lasts=st.integers(0, 6))
    def a_house_closes(self, number: int, begins: int, lasts: int) -> None:
        days = self.days(begins, lasts)

        def act(session: Session) -> object:
            venue = session.get_one(Venue, number)
            return venues.close(session, venue, days, reason="Flood", by=SERVICE, now=self.now)

        self.happens(act)

    @rule(number=st.integers(0, 3))
    def a_house_opens_again(self, number: int) -> None:
        def act(session: Session) -> None:
            closures = session.scalars(select(Closure).order_by(Closure.id)).all()
            for closure in closures[number : number + 1]:
                venues.reopen(session, closure, by=SERVICE, now=self.now)

        self.happens(act)

    @rule(number=st.integers(1, MEDIATORS), begins=days_from_now, hours=st.integers(1, 48))
    def a_mediators_calendar_is_read(self, number: int, begins: int, hours: int) -> None:
        starts_at = self.now + timedelta(days=begins)
        times = [(starts_at, starts_at + timedelta(hours=hours))]
        self.happens(lambda session: calendars.upload(session, session.get_one(Mediator, number), times, now=self.now))

    @rule(number=st.integers(1, MEDIATORS), begins=days_from_now, lasts=st.integers(0, 6))
    def a_mediator_is_away(self, number: int, begins: int, lasts: int) -> None:
        days = self.days(begins, lasts)

        def act(session: Session) -> object:
            mediator = session.get_one(Mediator, number)
            absence = absences.leave(session, mediator, days.first, days.last, now=self.now)
            return absences.record(session, absence, by=SERVICE, now=self.now)

        self.happens(act)

    @rule()
    def the_stranded_are_placed(self) -> None:
        self.happens(lambda session: moves.place_stranded(session, now=self.now))

    def days(self, begins: int, lasts: int) -> Days:
        first = london.london_day(self.now) + timedelta(days=begins)
        return Days(first=first, last=first + timedelta(days=lasts))

    @invariant()
    def nobody_and_no_room_is_kept_twice(self) -> None:
        with db.Reading() as session:
            claims = session.scalars(select(Claim).order_by(Claim.kind, Claim.resource_id, Claim.starts_at)).all()
            assert not [
                (one.id, other.id)
                for one, other in pairwise(claims)
                if (one.kind, one.resource_id) == (other.kind, other.resource_id) and other.starts_at < one.ends_at
            ]

    @invariant()
    def whatever_is_kept_is_kept_for_somebody_and_whole(self) -> None:
        with db.Reading() as session:
            live = session.scalars(select(Booking.id).where(Booking.status != BookingStatus.CANCELLED)).all()
            held = session.scalars(select(Offer.id).where(Offer.state == OfferState.HELD)).all()
            claims = session.scalars(select(Claim)).all()
            assert {claim.booking_id for claim in claims} - {None} == set(live)
            assert {claim.offer_id for claim in claims} - {None} <= set(held)
            of_a_booking = Counter(claim.booking_id for claim in claims if claim.booking_id)
            assert set(of_a_booking.values()) <= {4, 5}  # with the care board in one case
            filled = Counter(session.scalars(select(Cell.claim_id)))
            assert filled == {claim.id: len(quarters.spanning(claim.starts_at, claim.ends_at)) for claim in claims}

    @invariant()
    def a_family_has_one_meeting_or_some_times_to_choose_from(self) -> None:
        with db.Reading() as session:
            kept = select(Booking.case_id).where(
                Booking.kind == BookingKind.MEDIATION, Booking.status != BookingStatus.CANCELLED
            )
            meetings = Counter(session.scalars(kept))
            offered = Counter(session.scalars(select(Offer.case_id).where(Offer.state == OfferState.HELD)))
            assert set(meetings.values()) <= {1}
            assert set(offered.values()) <= {1, 2, 3}
            assert not set(meetings) & set(offered)

    @invariant()
    def every_time_was_lawful_when_people_heard_of_it(self) -> None:
        with db.Reading() as session:
            days = calendar.working_days(session)
            for booking in session.scalars(select(Booking).where(Booking.status != BookingStatus.CANCELLED)):
                heard = self.heard.setdefault((booking.uid, booking.sequence), self.now)
                day = london.london_day(booking.starts_at)
                assert days.is_working_day(day)
                if not self.was_known(booking):
                    assert london.london_day(heard) <= deadlines.notice_latest(day, days).clear.day

    def was_known(self, booking: Booking) -> bool:
        """Only the mediator, the officer or the house changed: the family has known the time for longer."""
        return any(uid == booking.uid and sequence < booking.sequence for uid, sequence in self.heard)

    @invariant()
    def calendars_are_told_the_last_word(self) -> None:
        with db.Reading() as session:
            for booking in session.scalars(select(Booking).where(Booking.kind == BookingKind.MEDIATION)):
                expected = "REQUEST" if booking.is_live else "CANCEL"
                for who in invites.recipients(booking):
                    told = select(Message).where(Message.booking_id == booking.id, Message.address == who.address)
                    newest = told.where(Message.calendar.is_not(None)).order_by(Message.id.desc()).limit(1)
                    message = session.scalars(newest).one()
                    assert message.calendar_method == expected
                    assert f"SEQUENCE:{booking.sequence}" in str(message.calendar)


def case_of(session: Session, number: int) -> Case:
    return session.get_one(Case, number + 1)


def test_the_diary_stays_whole_whatever_happens_in_whatever_order(sqlite_template: Path) -> None:
    any_order.run(Diary, sqlite_template, examples=15, steps=40)
