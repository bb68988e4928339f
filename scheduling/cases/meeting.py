"""The meeting: what became of it, and what follows from that, by when.

Only who came is written down, whether it is over, and what the family may claim back. What was said stays in the room.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.diary import bookings
from scheduling.law import deadlines, rules
from scheduling.models import Actor, Booking, BookingKind, Case, Ending, Meeting
from scheduling.outbox import messages
from scheduling.outbox.wording import after_meetings
from scheduling.reference import calendar
from scheduling.refusals import Refused

log = logging.getLogger(__name__)


class AlreadyRecorded(Refused):
    """Somebody was quicker."""

    def __str__(self) -> str:
        return "What became of this meeting is recorded already. Nothing was changed."


class NoMeeting(Refused):
    """Advice by telephone, or a meeting that was called off."""

    def __str__(self) -> str:
        return "Only of a mediation that was not cancelled can it be recorded what became of it."


@dataclass(eq=False)
class NotTrue(Refused):
    """The record contradicts itself or the clock."""

    because: str

    def __str__(self) -> str:
        return self.because


def record(
    session: Session,
    booking: Booking,
    *,
    ending: Ending,
    family_came: bool,
    authority_came: bool,
    could_decide: bool,
    childs_views_sought: bool,
    expenses: str | None,
    ended_at: datetime,
    by: Actor,
    now: datetime,
) -> Meeting:
    """Write down what became of a meeting, and begin what follows from it."""
    session.refresh(booking, with_for_update=True)  # two may press at once
    _must_be_open(session, booking, now=now)
    _must_be_true(booking, ending, both_came=family_came and authority_came, ended_at=ended_at, now=now)
    if by.staff_id is None:
        raise NotTrue("A member of staff records what became of a meeting.")
    meeting = Meeting(
        booking=booking,
        ending=ending,
        family_came=family_came,
        authority_came=authority_came,
        could_decide=authority_came and could_decide,
        childs_views_sought=childs_views_sought,
        expenses=expenses or None,
        ended_at=ended_at,
        recorded_at=now,
        recorded_by_id=by.staff_id,
    )
    session.add(meeting)
    session.flush()
    _follow_up(session, meeting, by=by, now=now)
    log.info("meeting recorded", extra={"booking": booking.id, "case": booking.case_id})
    return meeting


def of(session: Session, booking: Booking) -> Meeting | None:
    """What became of this booking, once somebody has recorded it."""
    return session.scalar(select(Meeting).where(Meeting.booking_id == booking.id))


def last(session: Session, case: Case) -> Meeting | None:
    """What became of the case's latest meeting."""
    return session.scalar(
        select(Meeting)
        .join(Meeting.booking)
        .where(Booking.case_id == case.id)
        .order_by(Booking.starts_at.desc())
        .limit(1)
    )


def was_mediation(meeting: Meeting) -> bool:
    """Both were there and it came to its end: only then has the family taken part."""
    return meeting.ending is Ending.CONCLUDED and meeting.family_came and meeting.authority_came


def _must_be_open(session: Session, booking: Booking, *, now: datetime) -> None:
    if of(session, booking) is not None:
        raise AlreadyRecorded
    if booking.kind is not BookingKind.MEDIATION or not booking.is_live:
        raise NoMeeting
    if now < booking.starts_at:
        raise NotTrue(f"The meeting begins only at {london.written(booking.starts_at)}. Cancel or move it instead.")


def _must_be_true(booking: Booking, ending: Ending, *, both_came: bool, ended_at: datetime, now: datetime) -> None:
    if ended_at < booking.starts_at:
        raise NotTrue(f"The meeting cannot have ended before it began, at {london.written(booking.starts_at)}.")
    if ended_at > now:
        raise NotTrue("The meeting cannot have ended later than now. Check the day and the time.")
    if ending is not Ending.NOT_HELD and not both_came:
        raise NotTrue("Without both parties there was no mediation: record that the meeting was not held.")


def _follow_up(session: Session, meeting: Meeting, *, by: Actor, now: datetime) -> None:
    booking, case = meeting.booking, meeting.booking.case
    case.record(_what(meeting), why=_why(session, meeting), by=by, now=now)
    if meeting.authority_came and not meeting.could_decide:
        what = "Nobody who came for the authority could settle the issues"
        case.record(what, why=f"{rules.AUTHORITY_TO_RESOLVE.name}.", by=by, now=now)
    if not meeting.childs_views_sought and meeting.ending is not Ending.NOT_HELD:
        case.record("The child was not asked what it thinks", why=f"{rules.CHILDS_VIEWS.name}.", by=by, now=now)
    if not was_mediation(meeting):
        bookings.end(session, booking, because=_what(meeting), now=now)
    if not meeting.family_came:
        _ask_family(session, booking, now=now)


def _what(meeting: Meeting) -> str:
    day = london.written_day(london.london_day(meeting.booking.starts_at))
    if was_mediation(meeting):
        return f"Mediation was held on {day}, and it is over"
    if meeting.ending is Ending.ADJOURNED:
        return f"The meeting on {day} was adjourned to another day"
    absent = {"the family": not meeting.family_came, "the authority": not meeting.authority_came}
    missing = " and ".join(who for who, is_absent in absent.items() if is_absent)
    return f"The meeting on {day} was not held" + (f": {missing} did not come" if missing else "")


def _why(session: Session, meeting: Meeting) -> str:
    """What is next, and by when."""
    if was_mediation(meeting):
        due = deadlines.certificate_by(
            london.london_day(meeting.ended_at),
            calendar.working_days(session),
            rule=rules.CERTIFICATE_WHEN_CONCLUDED,
        )
        return f"Where the appeal needs a certificate, it is due by {london.written_day(due.day)}."
    if not meeting.family_came:
        return "It has not taken part, so there is no certificate of that. It is asked whether it still wants to meet."
    if meeting.ending is Ending.ADJOURNED:
        return "Mediation goes on: another day is booked within the 30 days."
    return "It is booked again within the 30 days."


def _ask_family(session: Session, booking: Booking, *, now: datetime) -> None:
    """On the same day, by whatever way is safe; whoever cannot be written to is rung by an adviser."""
    case = booking.case
    person = case.person
    messages.text(
        session,
        person,
        purpose="missed meeting",
        body=after_meetings.missed_by_text(),
        key=f"missed:{booking.uid}",
        now=now,
        case=case,
        booking=booking,
    )
    if person.email and not person.do_not_contact:
        mail = after_meetings.missed(name=person.name, reference=case.reference)
        messages.email(
            session,
            address=person.email,
            recipient=messages.THE_FAMILY,
            purpose="missed meeting",
            subject=mail.subject,
            body=mail.body,
            key=f"missed-mail:{booking.uid}",
            now=now,
            case=case,
            person=person,
            booking=booking,
        )
