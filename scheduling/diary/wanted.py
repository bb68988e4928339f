"""What a case's meeting must have: everything about the case on which a constraint looks, read once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.diary.loading import compared
from scheduling.diary.working_set import Diary
from scheduling.models import CareBoard, CareTelling, Case, Mode, PartOfDay

FAMILY_OFFICER_AND_MEDIATOR = 3


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A meeting that is looked for."""

    case_id: int
    person_id: int
    authority_id: int | None
    mode: Mode = Mode.IN_PERSON
    outcode: str | None = None
    travels_km: int = 60
    step_free: bool = False
    hearing_loop: bool = False
    quiet_room: bool = False
    parking: bool = False
    language: str | None = None
    """In which somebody has to interpret, unless the mediator speaks it."""
    school: str | None = None
    seats: int = FAMILY_OFFICER_AND_MEDIATOR
    board: CareBoard | None = None
    prefers: PartOfDay | None = None
    has_mediated: frozenset[int] = frozenset()
    """The mediators of this family's earlier cases."""


def of(session: Session, case: Case, diary: Diary, *, now: datetime) -> Wanted:
    """What this case's meeting must have."""
    person, board = case.person, _board(session, case)
    language = compared(person.interpreter) if person.interpreter else None
    seats = FAMILY_OFFICER_AND_MEDIATOR + diary.company.get(case.id, 0) + (board is not None) + (language is not None)
    return Wanted(
        case_id=case.id,
        person_id=case.person_id,
        authority_id=case.authority_id,
        mode=case.meets,
        outcode=person.outcode,
        travels_km=diary.travel_km if person.travels_km is None else person.travels_km,
        step_free=person.needs_step_free,
        hearing_loop=person.needs_hearing_loop,
        quiet_room=person.needs_quiet_room,
        parking=person.needs_parking,
        language=language,
        school=compared(case.school) if case.school else None,
        seats=seats,
        board=board,
        prefers=person.prefers,
        has_mediated=frozenset(
            mediator_id
            for case_id, mediator_id, ended in diary.mediated.get(case.person_id, ())
            if case_id != case.id and ended <= now.timestamp()
        ),
    )


def _board(session: Session, case: Case) -> CareBoard | None:
    """The first integrated care board that was told: it must take part where health care is in issue (section 53)."""
    if not case.health_in_issue:
        return None
    told = select(CareBoard).join(CareTelling).where(CareTelling.case_id == case.id)
    return session.scalar(told.order_by(CareTelling.told_at, CareTelling.id).limit(1))
