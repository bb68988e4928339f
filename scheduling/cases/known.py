"""What the record holds of a case beside its own row, as it is at this moment; read for a thousand cases like for one.

The board, the alarms and the searches of the sweeps look at every case that is not over. Each table is asked once for
all of them, however many there are, and nothing is kept from one look to the next, so nothing here can be out of date.
What was agreed is not part of it: that is for fewer eyes.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from scheduling.cases import contacts, policy
from scheduling.law.certificates import Information, Policy
from scheduling.models import (
    Booking,
    BookingKind,
    BookingStatus,
    CareTelling,
    Case,
    Certificate,
    Informed,
    Meeting,
    Message,
    NoticeConsent,
    Telling,
)
from scheduling.outbox import invites, messages

IN_FULL = (
    joinedload(Case.person),
    joinedload(Case.authority),
    selectinload(Case.tellings).joinedload(Telling.officer),
)
"""What a page or a rule asks of a case's own neighbours, loaded for all cases of a search at once."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """One case, and what has been recorded about it elsewhere."""

    case: Case
    contacted_at: datetime | None
    """When the family first turned to us."""
    informed_of: frozenset[Information]
    certificate_on: date | None
    """The day of its certificate; None while it has none."""
    care_told_at: datetime | None
    """When an integrated care board first heard of it."""
    kept: Booking | None
    """The time that is kept for mediation, to come or over."""
    noticed_at: datetime | None
    """When the family last heard of that time by an invite."""
    notice_agreed_at: datetime | None
    """When the family agreed to short notice of that very time."""
    meetings: tuple[Meeting, ...]
    """What became of its meetings, the one that ended first in front."""
    policy: Policy
    """What the provider has decided where the law of certificates leaves room."""

    @property
    def is_kept_unrecorded(self) -> bool:
        """A time is kept of which nobody has said yet what became of it."""
        return self.kept is not None and all(meeting.booking is not self.kept for meeting in self.meetings)


def of(session: Session, case: Case) -> Known:
    """What is known of one case."""
    return each(session, [case])[case.id]


def of_those(session: Session, wanted: ColumnElement[bool]) -> dict[int, Known]:
    """What is known of every case of which this holds, by its id, the oldest case first."""
    return each(session, session.scalars(select(Case).where(wanted).order_by(Case.id).options(*IN_FULL)).all())


def each(session: Session, cases: Sequence[Case]) -> dict[int, Known]:
    """What is known of each of these cases, by its id."""
    ids = [case.id for case in cases]
    contacted, informed, kept = contacts.first_contacts(session, cases), _informed(session, ids), _kept(session, ids)
    certified, care_told = _certified(session, ids), _care_told(session, ids)
    noticed, agreed = _noticed(session, kept.values()), _agreed(session, kept.values())
    met, decided = _meetings(session, ids), policy.certificates(session)
    return {
        case.id: Known(
            case=case,
            contacted_at=contacted[case.id],
            informed_of=frozenset(informed[case.id]),
            certificate_on=certified.get(case.id),
            care_told_at=care_told.get(case.id),
            kept=kept.get(case.id),
            noticed_at=noticed.get(kept[case.id].id) if case.id in kept else None,
            notice_agreed_at=agreed.get(case.id),
            meetings=tuple(met[case.id]),
            policy=decided,
        )
        for case in cases
    }


def _informed(session: Session, ids: list[int]) -> dict[int, list[Information]]:
    found = defaultdict(list)
    for row in session.execute(select(Informed.case_id, Informed.item).where(Informed.case_id.in_(ids))):
        found[row.case_id].append(row.item)
    return found


def _certified(session: Session, ids: list[int]) -> dict[int, date]:
    rows = session.execute(select(Certificate.case_id, Certificate.issued_on).where(Certificate.case_id.in_(ids)))
    return {row.case_id: row.issued_on for row in rows}


def _care_told(session: Session, ids: list[int]) -> dict[int, datetime]:
    told = select(CareTelling.case_id, func.min(CareTelling.told_at).label("first"))
    rows = session.execute(told.where(CareTelling.case_id.in_(ids)).group_by(CareTelling.case_id))
    return {row.case_id: row.first for row in rows}


def _kept(session: Session, ids: list[int]) -> dict[int, Booking]:
    """At most one a case, as the database sees to."""
    kept = select(Booking).where(
        Booking.case_id.in_(ids), Booking.kind == BookingKind.MEDIATION, Booking.status != BookingStatus.CANCELLED
    )
    return {booking.case_id: booking for booking in session.scalars(kept)}


def _noticed(session: Session, kept: Iterable[Booking]) -> dict[int | None, datetime]:
    invited = select(Message.booking_id, func.max(Message.written_at).label("last")).where(
        Message.booking_id.in_([booking.id for booking in kept]),
        Message.calendar_method == "REQUEST",
        # Who is named later, or gets the same once more, makes the family's notice no shorter.
        Message.recipient.not_in((messages.A_COMPANION, messages.A_COLLEAGUE)),
        Message.purpose != invites.AGAIN,
    )
    return {row.booking_id: row.last for row in session.execute(invited.group_by(Message.booking_id))}


def _agreed(session: Session, kept: Iterable[Booking]) -> dict[int, datetime]:
    """By the case's id; a yes to another time, room or mediator is none to this."""
    agreed = (
        select(NoticeConsent.case_id, func.max(NoticeConsent.answered_at).label("last"))
        .join(Booking, Booking.case_id == NoticeConsent.case_id)
        .where(
            Booking.id.in_([booking.id for booking in kept]),
            NoticeConsent.answer.is_(True),
            NoticeConsent.starts_at == Booking.starts_at,
            NoticeConsent.room_id == Booking.room_id,
            NoticeConsent.mediator_id == Booking.mediator_id,
            NoticeConsent.officer_id == Booking.officer_id,
        )
    )
    return {row.case_id: row.last for row in session.execute(agreed.group_by(NoticeConsent.case_id))}


def _meetings(session: Session, ids: list[int]) -> dict[int, list[Meeting]]:
    found = defaultdict(list)
    recorded = select(Meeting).join(Meeting.booking).where(Booking.case_id.in_(ids)).order_by(Meeting.ended_at)
    for meeting in session.scalars(recorded.options(joinedload(Meeting.booking))):
        found[meeting.booking.case_id].append(meeting)
    return found
