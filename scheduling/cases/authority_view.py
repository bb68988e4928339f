"""What an authority may see of a family's case: this, and nothing else.

A list of what is shared, not of what is hidden. Pages, mails and tables for an authority are made from it and not from
the case, so that whatever is added to the record tomorrow is private until somebody adds it here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from scheduling import london
from scheduling.cases import routes
from scheduling.law import deadlines
from scheduling.law.working_days import Calendar
from scheduling.models import Booking, BookingKind, BookingStatus, Case, Certificate, Room, Telling
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
    return _seen(
        telling,
        calendar.working_days(session),
        meeting=_meetings(session, [telling.case_id]).get(telling.case_id),
        certificate_on=_certificates(session, [telling.case_id]).get(telling.case_id),
    )


def each(session: Session, cases: Sequence[Case]) -> list[SharedWithAuthority]:
    """The same of each of these cases that the authority has been told of, in their order."""
    ids = [case.id for case in cases]
    working_days, meetings, certificates = (
        calendar.working_days(session),
        _meetings(session, ids),
        _certificates(session, ids),
    )
    return [
        _seen(
            case.tellings[0],
            working_days,
            meeting=meetings.get(case.id),
            certificate_on=certificates.get(case.id),
        )
        for case in cases
        if case.tellings
    ]


def _seen(
    telling: Telling, working_days: Calendar, *, meeting: SharedMeeting | None, certificate_on: date | None
) -> SharedWithAuthority:
    case, told_on = telling.case, london.london_day(telling.told_at)
    return SharedWithAuthority(
        reference=case.reference,
        authority=telling.officer.authority.name,
        family=case.person.name,
        letter_date=case.letter_date,
        issues=telling.issues,
        officer=telling.officer.name,
        told_at=telling.told_at,
        acknowledged_at=telling.acknowledged_at,
        thirty_days_end=deadlines.mediation_window(told_on, working_days).last_date.day,
        includes_health=case.health_in_issue,
        is_the_boards=routes.is_about_health_alone(case),
        board_told_by=deadlines.health_told_by(told_on, working_days).day if case.health_in_issue else None,
        cannot_be_arranged=case.authority_cannot_at is not None,
        mediation_not_wanted=case.declined_at is not None,
        meeting=meeting,
        certificate_on=certificate_on,
        is_closed=case.closed_at is not None,
    )


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
