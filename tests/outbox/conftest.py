"""A family's case with a meeting, and an outbox between the two worlds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.models import Booking, BookingKind, BookingStatus, Case, Channel, Message, Person
from scheduling.outbox import delivery, messages
from tests import builders
from tests.outbox.outside import World

NOW = builders.moment("2026-11-24 10:00")


@pytest.fixture
def case(session: Session) -> Case:
    return builders.case(session, builders.town(session), told="2026-11-23 10:25")


@pytest.fixture
def a_meeting(session: Session, case: Case) -> Booking:
    return meeting(session, case)


def meeting(session: Session, case: Case) -> Booking:
    """A mediation of two hours at the library."""
    place = builders.town(session, "Camden", "202")
    place.venue.directions = "Bus 13 to High Street; the door is opposite."
    booking = Booking(
        uid="b-7d0c@common-ground.example",
        kind=BookingKind.MEDIATION,
        status=BookingStatus.CONFIRMED,
        sequence=0,
        case=case,
        starts_at=builders.moment("2026-12-10 10:00"),
        ends_at=builders.moment("2026-12-10 12:00"),
        room=place.venue.rooms[0],
        mediator=place.mediator,
        officer=place.officer,
        booked_at=NOW,
    )
    session.add(booking)
    session.flush()
    return booking


@dataclass
class Post:
    """An outbox in use: writes, delivers, and lets time pass for the database's clock."""

    case_id: int
    texts: World = field(default_factory=World)
    mails: World = field(default_factory=World)

    def text(
        self,
        body: str,
        *,
        key: str | None = None,
        thread: str | None = None,
        not_before: datetime | None = None,
        expires_at: datetime | None = None,
        must_arrive: bool = True,
    ) -> int:
        with db.Session.begin() as session:
            case = session.get_one(Case, self.case_id)
            written = messages.text(
                session,
                case.person,
                purpose="meeting booked",
                body=body,
                key=key or body,
                now=NOW,
                case=case,
                thread=thread,
                not_before=not_before,
                expires_at=expires_at,
                must_arrive=must_arrive,
            )
            assert written is not None
            return written.id

    def mail(self, body: str, *, thread: str | None = None) -> int:
        with db.Session.begin() as session:
            case = session.get_one(Case, self.case_id)
            return messages.email(
                session,
                address="sam@family.example",
                recipient="the family",
                purpose="meeting booked",
                subject="Your meeting",
                body=body,
                key=body,
                now=NOW,
                case=case,
                person=case.person,
                thread=thread,
            ).id

    def goes_out(self, now: datetime = NOW) -> int:
        """One round of the worker."""
        return delivery.deliver_due({Channel.SMS: self.texts, Channel.EMAIL: self.mails}, now)

    def time_passes(self) -> None:
        """Every lease and every wait is over."""
        with db.Session.begin() as session:
            past = db.moment(session) - timedelta(seconds=1)
            session.execute(update(Message).where(Message.lease_until.is_not(None)).values(lease_until=past))
            session.execute(update(Message).where(Message.next_try_at.is_not(None)).values(next_try_at=past))

    def now_holds(self, message_id: int) -> Message:
        with db.Reading() as session:
            return session.get_one(Message, message_id)

    def log_of(self, message_id: int) -> list[str]:
        with db.Reading() as session:
            return [attempt.outcome for attempt in session.get_one(Message, message_id).log]

    def history(self) -> list[tuple[str, str | None]]:
        with db.Reading() as session:
            return [(entry.what, entry.why) for entry in session.get_one(Case, self.case_id).history]

    def changes(self, change: Callable[[Person], None]) -> None:
        """Somebody changes the person's record."""
        with db.Session.begin() as session:
            change(session.get_one(Case, self.case_id).person)

    def count(self) -> int:
        with db.Reading() as session:
            return len(session.scalars(select(Message.id)).all())


@pytest.fixture
def post(engine: Engine) -> Post:
    with db.Session.begin() as session:
        case_id = builders.case(session, builders.town(session), told="2026-11-23 10:25").id
    return Post(case_id)
