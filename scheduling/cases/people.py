"""People: whose right it is, who stands beside them, and how each of them may safely be reached.

History says which part of somebody's record was changed and never what stands in it: a number that is safe today may
not be tomorrow.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from scheduling import numbers
from scheduling.diary import attendance
from scheduling.law import right_holder
from scheduling.law.right_holder import Acting, Capacity, Holder, RightHolder
from scheduling.models import Actor, Case, CasePerson, Person, PersonRole, RemindedBy
from scheduling.outbox import invites
from scheduling.refusals import Refused


@dataclass(eq=False)
class NotSo(Refused):
    """What was said of a person cannot be so."""

    because: str

    def __str__(self) -> str:
        return self.because


@dataclass(frozen=True, kw_only=True)
class ContactRecord:
    """How somebody may be reached, whole, as a form shows it."""

    name: str | None = None
    email: str | None = None
    number: str | None = None
    other_number: str | None = None
    safe_from: time | None = None
    safe_until: time | None = None
    may_text: bool | None = None
    reminded_by: RemindedBy | None = None
    may_leave_message: bool = False
    may_say_place: bool = False
    code_word: str | None = None
    do_not_contact: bool = False
    language: str = "en"
    interpreter: str | None = None
    access_needs: str | None = None
    needs_step_free: bool = False
    outcode: str | None = None


NAMES = {
    "name": "name",
    "email": "e-mail address",
    "number": "number",
    "other_number": "second number",
    "safe_from": "safe hours",
    "safe_until": "safe hours",
    "may_text": "whether texts are welcome",
    "reminded_by": "how they are reminded",
    "may_leave_message": "whether a message may be left",
    "may_say_place": "whether the line may say the place",
    "code_word": "code word",
    "do_not_contact": "whether they may be contacted at all",
    "language": "language",
    "interpreter": "interpreter",
    "access_needs": "access needs",
    "needs_step_free": "need for step-free access",
    "outcode": "where they live",
}


def holder(case: Case, *, on: date) -> RightHolder | None:
    """Whose right the case is about on this day; None while the birth date is not known."""
    return None if case.child_born is None else right_holder.of(case.child_born, on=on)


def acting(case: Case, *, on: date) -> Acting | None:
    """Who decides on this day, and is asked for consent."""
    whose = holder(case, on=on)
    return None if whose is None else right_holder.acts(whose.holder, case.capacity or Capacity.ABLE)


def must_hear_young_person(case: Case, *, on: date) -> bool:
    """The right is the young person's own by now, and we still deal with somebody else as if it were theirs."""
    whose = holder(case, on=on)
    is_theirs = whose is not None and whose.holder is Holder.YOUNG_PERSON
    return is_theirs and case.person.role is not PersonRole.YOUNG_PERSON and case.capacity in {None, Capacity.ABLE}


def record_child(
    session: Session, case: Case, *, name: str | None, born: date | None, by: Actor, now: datetime, today: date
) -> None:
    """Whom the case is about; from the birth date follows whose right it is."""
    if born is not None and born > today:
        raise NotSo("The birth date is still to come. Check it.")
    if (name, born) == (case.child_name, case.child_born):
        return
    case.child_name, case.child_born = name, born
    whose = holder(case, on=today)
    case.record("The child was recorded", why=whose.reason if whose is not None else None, by=by, now=now)
    session.flush()


def record_capacity(session: Session, case: Case, capacity: Capacity, *, by: Actor, now: datetime) -> None:
    """Whether the holder of the right can take this decision: asked, never presumed from a diagnosis."""
    if case.capacity is capacity:
        return
    case.capacity = capacity
    case.record(f"Whoever holds the right {capacity}", by=by, now=now)
    session.flush()


def hand_over(session: Session, case: Case, record: ContactRecord, *, by: Actor, now: datetime) -> Person:
    """The right is the young person's own: the case is now theirs, and who brought it stands beside them."""
    if case.person.role is PersonRole.YOUNG_PERSON:
        return case.person
    before = case.person
    young_person = Person(role=PersonRole.YOUNG_PERSON, **_facts(record))
    session.add(young_person)
    case.person = young_person
    case.consent_to_share_at = None  # the parent's consent is not the young person's
    case.others.append(CasePerson(person=before, comes_to_the_meeting=True))
    session.flush()
    case.record(
        "The case is now the young person's own",
        why="What the authority may be told is asked of them anew.",
        by=by,
        now=now,
    )
    return young_person


def add(
    session: Session,
    case: Case,
    *,
    role: PersonRole,
    record: ContactRecord,
    comes_to_the_meeting: bool,
    by: Actor,
    now: datetime,
) -> Person:
    """Somebody else on the family's side: a second parent, a supporter, an advocate."""
    if not record.name:
        raise NotSo("Enter the name of the person.")
    person = Person(role=role, **_facts(record))
    session.add(person)
    case.others.append(CasePerson(person=person, comes_to_the_meeting=comes_to_the_meeting))
    session.flush()
    coming = "comes to the meeting" if comes_to_the_meeting else "does not come to the meeting"
    case.record(f"The family's {role} was added, who {coming}", by=by, now=now)
    return person


def remove(session: Session, case: Case, person: Person, *, by: Actor, now: datetime) -> None:
    """The family no longer wants this person in its case."""
    beside = session.get(CasePerson, (case.id, person.id))
    if beside is None:
        raise NotSo("This person does not belong to the case any more. Nothing was changed.")
    was_invited = beside.is_invited
    case.others.remove(beside)
    session.delete(beside)
    if was_invited:
        attendance.leaves(session, case, invites.companion(person), now=now)
    case.record(f"The family's {person.role} was removed", by=by, now=now)
    session.flush()


def change(session: Session, case: Case, person: Person, record: ContactRecord, *, by: Actor, now: datetime) -> None:
    """Set somebody's whole contact record to what the form says."""
    changed = [name for name, value in _facts(record).items() if value != getattr(person, name)]
    if not changed:
        return
    invited = attendance.invited(session, case, now=now)
    for name in changed:
        setattr(person, name, getattr(record, name))
    if "email" in changed and not person.do_not_contact:
        attendance.change_addresses(session, case, invited, now=now)
    if "number" in changed:
        person.texts_fail_since = None
    named = ", ".join(dict.fromkeys(NAMES[name] for name in changed))
    case.record(f"The contact record of the {person.role} was changed: {named}", by=by, now=now)
    session.flush()


def contact_record(person: Person) -> ContactRecord:
    """Somebody's record as it stands, for the form."""
    return ContactRecord(**{one.name: getattr(person, one.name) for one in fields(ContactRecord)})


def _facts(record: ContactRecord) -> dict[str, object]:
    if (record.safe_from is None) != (record.safe_until is None):
        raise NotSo("Enter from when and until when it is safe, or neither.")
    if record.safe_from is not None and record.safe_until is not None and record.safe_from >= record.safe_until:
        raise NotSo("The safe hours must begin before they end.")
    for number in (record.number, record.other_number):
        if number is not None and numbers.parse(number) != number:
            raise NotSo("Enter a whole telephone number, such as 07700 900123.")
    return {one.name: getattr(record, one.name) for one in fields(ContactRecord)}
