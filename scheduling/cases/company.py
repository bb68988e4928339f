"""Who comes with a family: somebody to lean on, or somebody whose work it is to help. The family names them.

Anybody whom the parent or young person wishes may come (regulation 38). An invite goes to those alone who have agreed
to get one, and says what every invite says.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.cases import people
from scheduling.cases.people import ContactRecord
from scheduling.diary import attendance
from scheduling.models import Actor, Case, CasePerson, PersonRole
from scheduling.outbox import invites
from scheduling.refusals import Refused

COMPANIONS = (PersonRole.SUPPORTER, PersonRole.ADVOCATE)
MOST = 6


class TooMany(Refused):
    def __str__(self) -> str:
        return f"You can name {MOST} people here. If more want to come, call us."


def of(case: Case) -> list[CasePerson]:
    """Those who stand beside the family, and are no parent, carer or young person of it."""
    return [beside for beside in case.others if beside.person.role in COMPANIONS]


def add(
    session: Session,
    case: Case,
    *,
    role: PersonRole,
    name: str,
    relation: str,
    comes: bool,
    email: str | None,
    by: Actor,
    now: datetime,
) -> CasePerson:
    """Write somebody down, once; with an address they are invited, as they have agreed to it."""
    for known in of(case):
        if (known.person.name, known.relation, known.person.role) == (name, relation, role):
            return known
    if len(of(case)) >= MOST:
        raise TooMany
    record = ContactRecord(name=name, email=email)
    person = people.add(session, case, role=role, record=record, comes_to_the_meeting=comes, by=by, now=now)
    beside = next(one for one in case.others if one.person_id == person.id)
    beside.relation, beside.is_invited = relation, email is not None and comes
    session.flush()
    if beside.is_invited:
        attendance.joins(session, case, invites.companion(person), now=now)
    return beside
