"""What an authority may see of a family's case: this, and nothing else.

A list of what is shared, not of what is hidden. Pages, mails and tables for an authority are made from it and not from
the case, so that whatever is added to the record tomorrow is private until somebody adds it here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from scheduling import london
from scheduling.cases import attendees, owed, routes
from scheduling.cases.owed import Owing
from scheduling.law import deadlines
from scheduling.law.working_days import Calendar
from scheduling.models import (
    Attendee,
    Booking,
    BookingKind,
    BookingStatus,
    Case,
    Certificate,
    Offer,
    OfferAnswer,
    OfferState,
    Party,
    Room,
    Telling,
)
from scheduling.reference import calendar


@dataclass(frozen=True, kw_only=True)
class SharedMeeting:
    """When and where the parties meet."""

    starts_at: datetime
    ends_at: datetime
    place: str
    officer: str | None
    """Who comes for the authority."""


@dataclass(frozen=True, kw_only=True)
class SharedAttendee:
    """Somebody whom the authority itself has named."""

    attendee_id: int
    name: str
    position: str
    email: str
    may_agree: bool


@dataclass(frozen=True, kw_only=True)
class SharedWithAuthority:
    """A case of which the authority has been told, as far as it is the authority's business."""

    reference: str
    authority: str
    family: str | None
    """The name of whoever brings the disagreement, as the notice gives it."""
    letter_date: date | None
    """The date of the authority's own letter."""
    issues: str
    """In the words to whose sharing the family has agreed."""
    officer: str
    """Who was told."""
    told_at: datetime
    acknowledged_at: datetime | None
    thirty_days_end: date
    includes_health: bool
    is_the_boards: bool
    """About health care alone: the integrated care board arranges the mediation, in 30 days of its own."""
    board_told_by: date | None
    """By when it tells each integrated care board, where health care is in issue."""
    cannot_be_arranged: bool
    """The authority has said so."""
    mediation_not_wanted: bool
    meeting: SharedMeeting | None
    """The one that is kept; None while there is none."""
    certificate_on: date | None
    is_closed: bool
    said_when_at: datetime | None
    """When an officer last told us when they can come."""
    comes: tuple[SharedAttendee, ...]
    chooses_by: datetime | None
    """Until when the authority may answer the times that are offered; None where it need not."""
    owes: tuple[Owing, ...]
    """What it has promised and not done, the nearest first."""

    @property
    def is_being_arranged(self) -> bool:
        """Whether the authority still has to do with a meeting."""
        is_over = self.is_closed or self.mediation_not_wanted or self.cannot_be_arranged
        return not is_over and self.certificate_on is None

    @property
    def mediation_by(self) -> date | None:
        """The last day for the meeting; None where it is not the authority that arranges it."""
        return None if self.is_the_boards else self.thirty_days_end

    def stage(self, *, now: datetime) -> str:
        """How far it has come, in two or three words."""
        if self.is_closed:
            return "Closed"
        if self.mediation_not_wanted:
            return "Mediation not wanted"
        if self.meeting is not None:
            return "Meeting booked" if self.meeting.ends_at > now else "Meeting held"
        if self.cannot_be_arranged:
            return "Cannot be arranged in time"
        return "Needs a meeting" if self.acknowledged_at is not None else "Not acknowledged"


def of(session: Session, telling: Telling) -> SharedWithAuthority:
    """What the authority that was told may see of the case."""
    return _seen(telling, _read(session, [telling.case_id]))


def each(session: Session, cases: Sequence[Case]) -> list[SharedWithAuthority]:
    """The same of each of these cases that the authority has been told of, in their order."""
    around = _read(session, [case.id for case in cases])
    return [_seen(case.tellings[0], around) for case in cases if case.tellings]


@dataclass(frozen=True, kw_only=True)
class _Around:
    """What is shared of several cases beside their own rows, by their ids."""

    working_days: Calendar
    meetings: Mapping[int, SharedMeeting]
    certificates: Mapping[int, date]
    named: Mapping[int, Sequence[Attendee]]
    choosing: Mapping[int, datetime]
    owed: Mapping[int, Sequence[Owing]]


def _read(session: Session, case_ids: Sequence[int]) -> _Around:
    return _Around(
        working_days=calendar.working_days(session),
        meetings=_meetings(session, case_ids),
        certificates=_certificates(session, case_ids),
        named=attendees.of_each(session, case_ids),
        choosing=_choosing(session, case_ids),
        owed=owed.by_authority(session, case_ids),
    )


def _seen(telling: Telling, around: _Around) -> SharedWithAuthority:
    case, told_on, days = telling.case, london.london_day(telling.told_at), around.working_days
    return SharedWithAuthority(
        reference=case.reference,
        authority=telling.officer.authority.name,
        family=case.person.name,
        letter_date=case.letter_date,
        issues=telling.issues,
        officer=telling.officer.name,
        told_at=telling.told_at,
        acknowledged_at=telling.acknowledged_at,
        thirty_days_end=deadlines.mediation_window(told_on, days).last_date.day,
        includes_health=case.health_in_issue,
        is_the_boards=routes.is_about_health_alone(case),
        board_told_by=deadlines.health_told_by(told_on, days).day if case.health_in_issue else None,
        cannot_be_arranged=case.authority_cannot_at is not None,
        mediation_not_wanted=case.declined_at is not None,
        meeting=around.meetings.get(case.id),
        certificate_on=around.certificates.get(case.id),
        is_closed=case.closed_at is not None,
        said_when_at=telling.said_when_at,
        comes=tuple(_named(one) for one in around.named.get(case.id, ())),
        chooses_by=around.choosing.get(case.id),
        owes=tuple(around.owed.get(case.id, ())),
    )


def _named(attendee: Attendee) -> SharedAttendee:
    return SharedAttendee(
        attendee_id=attendee.id,
        name=attendee.name,
        position=attendee.position,
        email=attendee.email,
        may_agree=attendee.may_agree,
    )


def _choosing(session: Session, case_ids: Sequence[int]) -> dict[int, datetime]:
    """Until when the authority may choose, in the cases in which it was asked and has not answered."""
    held = select(Offer).where(Offer.case_id.in_(case_ids), Offer.state == OfferState.HELD)
    said = (
        select(Offer.case_id)
        .join(OfferAnswer, OfferAnswer.offer_id == Offer.id)
        .where(Offer.case_id.in_(case_ids), Offer.state == OfferState.HELD, OfferAnswer.party == Party.AUTHORITY)
    )
    answered = set(session.scalars(said))
    return {offer.case_id: offer.closes_at for offer in session.scalars(held) if offer.case_id not in answered}


def _meetings(session: Session, case_ids: Sequence[int]) -> dict[int, SharedMeeting]:
    """At most one a case is kept, as the database sees to."""
    kept = select(Booking).where(
        Booking.case_id.in_(case_ids),
        Booking.kind == BookingKind.MEDIATION,
        Booking.status != BookingStatus.CANCELLED,
    )
    with_place = kept.options(selectinload(Booking.room).selectinload(Room.venue), selectinload(Booking.officer))
    return {
        booking.case_id: SharedMeeting(
            starts_at=booking.starts_at,
            ends_at=booking.ends_at,
            place=booking.place,
            officer=booking.officer.name if booking.officer is not None else None,
        )
        for booking in session.scalars(with_place)
    }


def _certificates(session: Session, case_ids: Sequence[int]) -> dict[int, date]:
    issued = select(Certificate.case_id, Certificate.issued_on).where(Certificate.case_id.in_(case_ids))
    return {row.case_id: row.issued_on for row in session.execute(issued)}
