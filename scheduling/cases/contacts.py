"""When a family first contacted us about a decision, whether that was in time, and the proof of it.

A contact counts from the earlier of two moments, both of which are kept: our receipt and the provider's own time of it.
A late contact refuses nothing by itself: an adviser decides, and the family is told of every way that is left.
"""

from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import UTC, date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.law import deadlines
from scheduling.models import Actor, Case, Contact, ContactChannel, Said, TextThread
from scheduling.outbox import messages
from scheduling.outbox.wording import case_mails
from scheduling.reference import calendar, tables
from scheduling.refusals import Refused

SAYS_NOTHING = (Said.OTHER,)
"""A greeting or a wrong number contacts nobody about anything."""


class NotLate(Refused):
    """There is nothing to decide."""

    def __str__(self) -> str:
        return "The family's first contact was in time, so there is nothing to decide."


class WithoutReason(Refused):
    """A decision about somebody's right is written down with its reason."""

    def __str__(self) -> str:
        return "Write down the reason for this decision."


@dataclass(frozen=True, kw_only=True)
class Proof:
    """One contact as it is shown to whoever asks for proof."""

    counts_from: str
    counts_on: str
    channel: str
    said: str
    words: str
    received_at: str
    provider_made_at: str
    provider_id: str


def moment(contact: Contact) -> datetime:
    """From when a contact counts."""
    if contact.provider_made_at is None:
        return contact.received_at
    return min(contact.received_at, contact.provider_made_at)


LAST_ASKED = {
    "menu": "what it is about: a call back, a meeting, another language",
    "safe": "whether a call to this number is safe",
}
"""The questions of text conversations, as staff may read them."""


def last_question(session: Session, contact: Contact) -> str | None:
    """What our line has last asked this number by text and still waits to hear."""
    if contact.channel is not ContactChannel.TEXT or contact.number is None:
        return None
    asked = select(TextThread.question).where(TextThread.theirs == contact.number, TextThread.question.is_not(None))
    question = session.scalar(asked.order_by(TextThread.asked_at.desc()).limit(1))
    return None if question is None else LAST_ASKED.get(question.split()[0])


def first_contact(session: Session, case: Case) -> datetime | None:
    """When the family first turned to us about this decision; what it told an adviser counts like what it wrote."""
    return first_contacts(session, [case])[case.id]


def first_contacts(session: Session, cases: Collection[Case]) -> dict[int, datetime | None]:
    """The same of many cases, by their ids."""
    counted = select(Contact.case_id, func.min(Contact.received_at), func.min(Contact.provider_made_at)).where(
        Contact.case_id.in_([case.id for case in cases]), Contact.said.not_in(SAYS_NOTHING)
    )
    came = {case_id: moments for case_id, *moments in session.execute(counted.group_by(Contact.case_id))}
    known = {case.id: [case.mediation_wanted_at, case.declined_at, *came.get(case.id, ())] for case in cases}
    return {case_id: min((at for at in of_it if at is not None), default=None) for case_id, of_it in known.items()}


def first_day(session: Session, case: Case) -> date | None:
    """The same as a day in London, by which the law counts."""
    first = first_contact(session, case)
    return None if first is None else london.london_day(first)


def is_late(session: Session, case: Case) -> bool:
    """Whether the first contact came after the two months, as far as both days are known."""
    contacted, last_day = first_day(session, case), _last_day(session, case)
    return contacted is not None and last_day is not None and contacted > last_day


def made_at(contact: Contact, provider_made_at: datetime) -> None:
    """Add the provider's own time of it, once; our receipt stays beside it."""
    if contact.provider_made_at is None:
        contact.provider_made_at = provider_made_at


def decide_late(session: Session, case: Case, *, allowed: bool, because: str, by: Actor, now: datetime) -> None:
    """An adviser decides whether a late contact still gets its certificate; the family hears what is open to it."""
    contacted, last_day = first_day(session, case), _last_day(session, case)
    if contacted is None or last_day is None or contacted <= last_day:
        raise NotLate
    if not because.strip():
        raise WithoutReason
    case.late_contact_allowed, case.late_contact_because = allowed, because.strip()
    decided = "may still have its certificate" if allowed else "gets no certificate now"
    case.record(f"The first contact was late; the family {decided}", why=case.late_contact_because, by=by, now=now)
    session.flush()
    mail = case_mails.late_contact_decided(
        name=case.person.name, reference=case.reference, allowed=allowed, contacted=contacted, last_day=last_day
    )
    messages.email_the_family(
        session, case, purpose="late contact", mail=mail, key=f"late:{case.id}:{allowed}", now=now
    )


def export(session: Session, case: Case) -> list[Proof]:
    """Every contact of the case, the earliest first: proof of what was said, by which channel, and when."""
    rows = session.scalars(select(Contact).where(Contact.case_id == case.id))
    return [_proof(contact) for contact in sorted(rows, key=lambda one: (moment(one), one.id))]


def as_csv(proofs: Sequence[Proof]) -> str:
    """The proof as a table that a spreadsheet opens; nothing in it is ever run as a formula."""
    return tables.written([field.name.replace("_", " ") for field in fields(Proof)], map(astuple, proofs))


def _last_day(session: Session, case: Case) -> date | None:
    if case.letter_date is None:
        return None
    return deadlines.contact_adviser_by(case.letter_date, calendar.working_days(session)).day


def _proof(contact: Contact) -> Proof:
    counts = moment(contact)
    return Proof(
        counts_from=london.written(counts),
        counts_on=london.london_day(counts).isoformat(),
        channel=contact.channel,
        said=contact.said,
        words=contact.words or "",
        received_at=_to_the_second(contact.received_at),
        provider_made_at=_to_the_second(contact.provider_made_at),
        provider_id=contact.provider_id or "",
    )


def _to_the_second(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="seconds")
