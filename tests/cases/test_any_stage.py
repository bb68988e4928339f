"""Whatever is pressed in whatever order, a case stays one story: one meeting, one certificate, and an end."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.cases import advice, authority, certificates, closing, decline, mediation, meeting, offering, routes
from scheduling.cases.closing import Because
from scheduling.diary import bookings
from scheduling.law.certificates import Information, Kind
from scheduling.law.routes import Decision
from scheduling.models import (
    FAMILY,
    SERVICE,
    Actor,
    Booking,
    BookingKind,
    Case,
    Certificate,
    Ending,
    Entry,
    Side,
    Staff,
    Telling,
)
from scheduling.operation import proof
from scheduling.refusals import Refused
from tests import builders
from tests.builders import moment

BEGINNINGS = RUNG, EXPLAINED, BOOKED, HELD = ("rung", "explained", "booked", "held")
"""How far the case has come before anybody presses anything in any order."""

Act = Callable[[Session, Case], object]


class Stages(RuleBasedStateMachine):
    """One family, and everything that anybody may press in its case."""

    template: Path

    @initialize(begins=st.sampled_from(BEGINNINGS))
    def a_family(self, begins: str) -> None:
        self.folder = TemporaryDirectory()
        path = Path(self.folder.name) / "test.db"
        shutil.copy(self.template, path)
        self.engine = db.connect(f"sqlite:///{path}")
        self.now = moment("2026-11-23 10:25")
        with db.Session.begin() as session:
            case = builders.case(session, builders.town(session))
            adviser = session.scalars(select(Staff).order_by(Staff.id)).first()
            assert adviser is not None
            self.by, self.case = Actor.staff(adviser.id), case.id
        if begins != RUNG:
            self.the_route_is_answered(Decision.NOT_TO_ASSESS, health=False)
            self.everything_is_explained()
        if begins in {BOOKED, HELD}:
            self.the_family_says_yes()
            self.the_clock_comes_by()
        if begins == HELD:
            self.now += timedelta(days=20)

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.engine.dispose()
            self.folder.cleanup()

    def happens(self, act: Act) -> None:
        """In a transaction of its own; what is refused changes nothing."""
        with suppress(Refused), db.Session.begin() as session:
            act(session, session.get_one(Case, self.case))

    def of_the_meeting(self, act: Callable[[Session, Booking], object]) -> None:
        def with_it(session: Session, case: Case) -> None:
            kept = bookings.of(session, case, BookingKind.MEDIATION)
            if kept is not None:
                act(session, kept)

        self.happens(with_it)

    @rule(hours=st.integers(1, 200))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(decision=st.sampled_from(Decision), health=st.booleans())
    def the_route_is_answered(self, decision: Decision, *, health: bool) -> None:
        self.happens(
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
        self.happens(lambda session, case: advice.inform(session, case, list(Information), by=self.by, now=self.now))

    @rule()
    def the_family_says_yes(self) -> None:
        self.happens(lambda session, case: mediation.want(session, case, by=FAMILY, now=self.now, said_at=self.now))

    @rule()
    def the_family_says_no(self) -> None:
        self.happens(lambda session, case: decline.say_no(session, case, by=FAMILY, said_at=self.now, now=self.now))

    @rule()
    def the_clock_comes_by(self) -> None:
        self.happens(lambda session, case: offering.place_if_waiting(session, case.id, now=self.now))

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
    def the_authority_cannot(self) -> None:
        self.happens(lambda session, case: authority.cannot(session, case, because="No", by=SERVICE, now=self.now))

    @rule(kind=st.sampled_from(Kind), reason=st.sampled_from([None, "It said nothing."]))
    def a_certificate_is_issued(self, kind: Kind, reason: str | None) -> None:
        self.happens(
            lambda session, case: certificates.issue(session, case, kind, reason=reason, by=self.by, now=self.now)
        )

    @rule(because=st.sampled_from(Because))
    def the_case_is_closed(self, because: Because) -> None:
        self.happens(
            lambda session, case: closing.close(session, case, because, words="So it is.", by=self.by, now=self.now)
        )

    @rule()
    def the_case_is_opened_again(self) -> None:
        self.happens(
            lambda session, case: closing.reopen(session, case, because="It is not.", by=self.by, now=self.now)
        )

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


@pytest.fixture
def template(sqlite_template: Path) -> Iterator[Path]:
    yield sqlite_template
    db.Session.configure(bind=None)


def test_a_case_stays_one_story_whatever_is_pressed_in_whatever_order(template: Path) -> None:
    class OnATemplate(Stages):
        pass

    OnATemplate.template = template
    run_state_machine_as_test(
        OnATemplate,
        settings=settings(
            max_examples=16,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        ),
    )
