"""Whatever is done in whatever order, nothing is held in vain and nobody has two meetings."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import combinations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import decline, mediation, offering
from scheduling.diary import bookings, holds, offers
from scheduling.models import (
    FAMILY,
    SERVICE,
    Actor,
    Answer,
    AnsweredBy,
    Booking,
    BookingKind,
    BookingStatus,
    Case,
    Claim,
    Offer,
    OfferState,
    Party,
    Side,
)
from scheduling.reference import policies
from scheduling.refusals import Refused
from tests import builders
from tests.builders import Town, moment

TOLD = moment("2026-11-23 10:25")
CASES = 3

STEPS = st.one_of(
    st.tuples(st.sampled_from(["sweep", "offer", "book", "cancel", "take back", "decline"]), st.integers(0, CASES - 1)),
    st.tuples(
        st.just("answer"),
        st.integers(0, CASES - 1),
        st.sampled_from([Party.FAMILY, Party.AUTHORITY]),
        st.integers(1, 3),
        st.sampled_from(list(Answer)),
    ),
    st.tuples(st.just("wait"), st.sampled_from([1, 6, 23, 24, 100])),
)


class Desk:
    """Three families of one council with one room and one mediator, and a clock."""

    def __init__(self, session: Session, barnet: Town) -> None:
        self.session, self.now = session, TOLD
        self.staff = Actor.staff(barnet.coordinator.id)
        self.cases = [
            builders.case(session, barnet, told="2026-11-23 10:25", number=f"+4477009001{number:02}")
            for number in range(CASES)
        ]

    def does(self, step: tuple[object, ...]) -> None:
        what, *about = step
        try:
            with self.session.begin_nested():
                ACTIONS[str(what)](self, *about)
        except Refused:
            pass  # a sentence for a person, and nothing has changed

    def waits(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    def sweeps(self, _case: int) -> None:
        for search, act in (
            (mediation.waiting_ids, offering.place_if_waiting),
            (offering.unsettled, offering.settle_if_due),
            (offering.unanswered, offering.remind),
        ):
            for case_id in search(self.session, now=self.now):
                act(self.session, case_id, now=self.now)

    def offers(self, case: int) -> None:
        offering.offer(self.session, self.cases[case], by=self.staff, now=self.now)

    def books(self, case: int) -> None:
        mediation.book_best(self.session, self.cases[case], by=self.staff, now=self.now)

    def cancels(self, case: int) -> None:
        kept = bookings.of(self.session, self.cases[case], BookingKind.MEDIATION)
        if kept is not None:
            bookings.cancel(self.session, kept, caused_by=Side.FAMILY, because="Ill", by=FAMILY, now=self.now)

    def takes_back(self, case: int) -> None:
        offering.take_back(self.session, self.cases[case], because="By hand", by=self.staff, now=self.now)

    def declines(self, case: int) -> None:
        decline.say_no(self.session, self.cases[case], by=FAMILY, said_at=self.now, now=self.now)

    def answers(self, case: int, party: Party, number: int, word: Answer) -> None:
        about, said, by = self.cases[case], {number: word}, SERVICE
        offering.answer(self.session, about, said, party=party, channel=AnsweredBy.LINK, by=by, now=self.now)


ACTIONS: dict[str, Callable[..., None]] = {
    "wait": Desk.waits,
    "sweep": Desk.sweeps,
    "offer": Desk.offers,
    "book": Desk.books,
    "cancel": Desk.cancels,
    "take back": Desk.takes_back,
    "decline": Desk.declines,
    "answer": Desk.answers,
}


def check(session: Session, cases: list[Case], now: datetime) -> None:
    """What must hold after every step."""
    session.flush()
    claims = session.scalars(select(Claim)).all()
    of_bookings = {b.id: b for b in session.scalars(select(Booking))}
    of_offers = {o.id: o for o in session.scalars(select(Offer))}
    for claim in claims:
        if claim.booking_id is not None:
            assert of_bookings[claim.booking_id].status is BookingStatus.CONFIRMED
        else:
            assert of_offers[claim.offer_id or 0].state is OfferState.HELD
    in_force = [c for c in claims if c.offer_id is None or of_offers[c.offer_id].held_until > now]
    for one, other in combinations(in_force, 2):
        is_same = (one.kind, one.resource_id) == (other.kind, other.resource_id)
        assert not (is_same and one.starts_at < other.ends_at and other.starts_at < one.ends_at)
    claimed = Counter(claim.offer_id for claim in claims)
    for case in cases:
        live = [b for b in of_bookings.values() if b.case_id == case.id and b.is_live]
        held = holds.of(session, case)
        assert len(live) <= 1
        assert not (live and held)
        assert len(held) <= offers.CHOICES
        assert all(claimed[one.id] == 4 for one in held if one.held_until > now)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=1, max_size=14), offer_hours=st.sampled_from([0, 6, 24, 48]))
def test_nothing_is_held_in_vain_and_nobody_has_two_meetings(
    session: Session, steps: list[tuple[object, ...]], offer_hours: int
) -> None:
    with session.begin_nested() as example:
        policies.choose(session, policies.OFFER_HOURS, offer_hours, by_staff_id=None, now=TOLD)
        desk = Desk(session, builders.town(session))
        for step in steps:
            desk.does(step)
            check(session, desk.cases, desk.now)
        example.rollback()
    session.expire_all()
