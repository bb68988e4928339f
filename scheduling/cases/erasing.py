"""Erasing: what becomes of every column that may tell of a person, when its time has come.

What stays tells of nobody: the reference, the authority, the dates and the outcome, for figures; number, code and
digest of a certificate, so that it can still be verified; and the audit, whose words are gone. A table that comes to
know of cases has to say here what becomes of it: a test asks.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Table,
    Text,
    cast,
    column,
    delete,
    false,
    literal,
    null,
    select,
    update,
)
from sqlalchemy import case as when
from sqlalchemy.orm import Session

from scheduling import audit, vault
from scheduling.cases import voicemails
from scheduling.db import Base
from scheduling.models import (
    SERVICE,
    CallBack,
    Case,
    CasePerson,
    Channel,
    Conflict,
    Contact,
    ContactChannel,
    InboundMail,
    Link,
    Message,
    MessageState,
    Person,
    TextThread,
    Voicemail,
)
from scheduling.models.retention import Erasure, ProviderCopy, RecordClass

GONE: Final = "erased"
"""Stands where a column may not be empty."""


A_MESSAGE: Final[Mapping[str, object]] = {
    "key": literal(f"{GONE} ").concat(cast(column("id"), Text)),  # it may hold an address
    "thread": None,
    "address": "",
    "address_index": None,
    "subject": when((column("subject").is_(None), null()), else_=""),
    "body": "",
    "calendar": None,
    "calendar_method": None,
    "provider_id": None,
}


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows of a table that belong to a case, and what becomes of them."""

    table: str
    blank: Mapping[str, object] = field(default_factory=dict)
    """What stands in which columns from then on; nothing: the rows are removed."""
    through: tuple[str, str] | None = None
    """The column and the table by which they belong to the case, where they do not name it themselves."""
    key: str = "case_id"


OF_A_CASE: Final = (
    Rows(table="link_codes", through=("link_hash", "links")),
    Rows(table="visits"),
    Rows(table="links"),
    Rows(table="attendees"),
    Rows(table="pins"),
    Rows(table="looks"),
    Rows(table="history"),
    Rows(table="answered_questions"),
    Rows(table="feedback"),
    Rows(table="attendances", through=("booking_id", "bookings")),
    Rows(table="voicemails", through=("contact_id", "contacts"), blank={"sound": None, "media_type": None}),
    Rows(table="contacts", blank={"number": None, "provider_id": None, "words": None}),
    Rows(table="tellings", blank={"issues": GONE}),
    Rows(table="attempts", through=("message_id", "messages"), blank={"detail": None}),
    Rows(
        table="messages",
        blank=A_MESSAGE,
    ),
    Rows(
        table="inbound_mails",
        blank={"sender": "", "subject": None, "body": "", "outcome": GONE, "suggested_case_id": None},
    ),
    Rows(table="certificates", blank={"document": b"", "reason": None}),
    Rows(
        table="notice_consents",
        blank={"wording": "", "answer_in_words": when((column("answer_in_words").is_(None), null()), else_="")},
    ),
    Rows(table="agreed_actions", through=("agreement_id", "agreements"), blank={"words": GONE}),
    Rows(table="meetings", through=("booking_id", "bookings"), blank={"expenses": None}),
    Rows(table="moved_bookings", through=("booking_id", "bookings"), blank={"because": GONE}),
    Rows(table="bookings", blank={"joining": None, "cancelled_because": None}),
    Rows(table="offers", blank={"reasons": ""}),
    Rows(table="proposed_places", blank={"because": when((column("because").is_(None), null()), else_=GONE)}),
    Rows(table="left_out", blank={"because": GONE}),
    Rows(
        table="legal_holds",
        blank={"because": GONE, "lifted_because": when((column("lifted_because").is_(None), null()), else_=GONE)},
    ),
    Rows(table="breaches", blank={"because": GONE}),
    Rows(table="calls", blank={"number": None, "call_back_number": None}),
    Rows(table="call_backs", blank={"number": "", "because": GONE}),
    Rows(table="case_people"),
    Rows(
        table="cases",
        key="id",
        blank={
            "issues": None,
            "school": None,
            "child_name": None,
            "child_born": None,
            "late_contact_because": None,
            "closed_because": None,
        },
    ),
)
"""In this order: first what refers to others."""

KEPT: Final[Mapping[str, str]] = {
    "access_requests": "that somebody asked for their records, and when it was answered",
    "agreements": "that there is one, and how much it settles",
    "alarms": "which deadline came near",
    "care_tellings": "when a care board was told",
    "informed": "that the family was told what the law asks for",
    "queue_places": "how long somebody waited",
    "willing": "which side was willing",
}
"""Tables that know of cases and in which nothing tells of anybody."""

A_PERSON: Final = (
    "name",
    "email",
    "number",
    "outcode",
    "travels_km",
    "prefers",
    "other_number",
    "safe_from",
    "safe_until",
    "interpreter",
    "code_word",
    "access_needs",
)
"""What is taken from a person who is in no case that is still kept."""
NEEDS: Final = ("needs_step_free", "needs_hearing_loop", "needs_quiet_room", "needs_parking", "needs_breaks")


def case(session: Session, case_id: int, *, now: datetime) -> None:
    """Erase everything of the family in a case; what the provider holds of it is asked back."""
    people = _only_theirs(session, case_id)
    numbers = {number for one in people for number in (one.number, one.other_number) if number}
    vault.forget(session, case_id)
    _let_go(session, case_id, now=now)
    for rows in OF_A_CASE:
        _erase(session, rows, case_id)
    _people(session, people, numbers)
    audit.forget_salts(session, case_id)
    session.expire_all()
    session.get_one(Case, case_id).record("Everything personal was erased, after its time", by=SERVICE, now=now)


def enquiry(session: Session, contact_id: int, *, now: datetime) -> None:
    """Erase who made a contact that belongs to no case, and what was said."""
    texts = texts_of(sent=false(), received=Contact.id == contact_id)
    ask_back(session, _named(session, texts), now=now)
    for voicemail_id in session.scalars(select(Voicemail.id).where(Voicemail.contact_id == contact_id)).all():
        voicemails.forget(session, voicemail_id, now=now)
    vault.forget_row(session, Contact, contact_id)
    nothing = {"number": None, "words": None, "provider_id": None}
    session.execute(update(_table(Contact)).where(Contact.id == contact_id).values(nothing))


def messages_of_no_case(session: Session, *, written_before: datetime) -> None:
    """Take words and addresses from old messages to staff, mediators, officers, and whoever only asked something."""
    old = (Message.case_id.is_(None), Message.written_at < written_before, Message.body != "")
    session.execute(update(_table(Message)).where(*old).values(A_MESSAGE))


def mail(session: Session, mail_id: int) -> None:
    """Erase a mail that belongs to no case; its Message-ID stays, so that it is not read again."""
    vault.forget_row(session, InboundMail, mail_id)
    nothing = {"sender": "", "subject": None, "body": "", "outcome": GONE, "suggested_case_id": None}
    session.execute(update(_table(InboundMail)).where(InboundMail.id == mail_id).values(nothing))


def links(session: Session, *, ended_before: datetime) -> None:
    """Remove the links that ended long ago, with the visits that were made by them."""
    gone = select(Link.token_hash).where(Link.expires_at < ended_before)
    for name in ("visits", "link_codes"):
        table = Base.metadata.tables.get(name)
        if table is not None:
            session.execute(delete(table).where(table.c.link_hash.in_(gone)))
    session.execute(delete(Link).where(Link.expires_at < ended_before))


def _table(kind: type[Base]) -> Table:
    return Base.metadata.tables[kind.__tablename__]


def _erase(session: Session, rows: Rows, case_id: int) -> None:
    table = Base.metadata.tables.get(rows.table)
    if table is None:
        return
    theirs = _belongs(table, rows, case_id)
    if not rows.blank:
        session.execute(delete(table).where(theirs))
        return
    values = {name: value for name, value in rows.blank.items() if name in table.c}
    session.execute(update(table).where(theirs).values(values))


def _belongs(table: Table, rows: Rows, case_id: int) -> ColumnElement[bool]:
    if rows.through is None:
        return table.c[rows.key] == case_id
    refers, parent = table.c[rows.through[0]], Base.metadata.tables[rows.through[1]]
    (key,) = parent.primary_key.columns
    return refers.in_(select(key).where(parent.c.case_id == case_id))


def ask_back(session: Session, provider_ids: Iterable[str], *, now: datetime) -> int:
    """Have the provider delete these texts, as soon as the worker comes to it; gives how many are new."""
    wanted = set(provider_ids)
    known = set(session.scalars(select(ProviderCopy.provider_id).where(ProviderCopy.provider_id.in_(wanted))))
    session.add_all(ProviderCopy(provider_id=one, attempts=0, next_try_at=now) for one in sorted(wanted - known))
    session.flush()
    return len(wanted - known)


def texts_of(*, sent: ColumnElement[bool], received: ColumnElement[bool]) -> CompoundSelect[str | None]:
    """The provider's names of texts that went out and that came in."""
    out = select(Message.provider_id).where(Message.channel == Channel.SMS, Message.provider_id.is_not(None), sent)
    came = select(Contact.provider_id).where(
        Contact.channel == ContactChannel.TEXT, Contact.provider_id.is_not(None), received
    )
    return out.union(came)


def _named(session: Session, texts: CompoundSelect[str | None]) -> list[str]:
    return [str(row[0]) for row in session.execute(texts)]


def _let_go(session: Session, case_id: int, *, now: datetime) -> None:
    """Nothing of the case waits for anybody any more: not a message, not a call back, not a tape at the provider."""
    unsent = (Message.case_id == case_id, Message.state == MessageState.QUEUED)
    session.execute(update(Message).where(*unsent).values(state=MessageState.DROPPED))
    waiting = (CallBack.case_id == case_id, CallBack.done_at.is_(None))
    session.execute(update(CallBack).where(*waiting).values(done_at=now))
    texts = texts_of(sent=Message.case_id == case_id, received=Contact.case_id == case_id)
    ask_back(session, _named(session, texts), now=now)


def _only_theirs(session: Session, case_id: int) -> list[Person]:
    """The people of the case who are in no other case that is still kept."""
    erased = select(Erasure.object_id).where(Erasure.kind == RecordClass.CASE, Erasure.done_at.is_not(None))
    elsewhere = select(Case.id).where(Case.id != case_id, Case.id.not_in(erased))
    beside = select(CasePerson.person_id).where(CasePerson.case_id.in_(elsewhere))
    theirs = (
        select(Case.person_id)
        .where(Case.id == case_id)
        .union(select(CasePerson.person_id).where(CasePerson.case_id == case_id))
    )
    wanted = select(Person).where(
        Person.id.in_(theirs),
        Person.id.not_in(select(Case.person_id).where(Case.id.in_(elsewhere))),
        Person.id.not_in(beside),
    )
    return list(session.scalars(wanted))


def _people(session: Session, people: list[Person], numbers: Collection[str]) -> None:
    ids = [one.id for one in people]
    to_them = (Message.case_id.is_(None), Message.person_id.in_(ids))
    session.execute(update(_table(Message)).where(*to_them).values(A_MESSAGE))
    session.execute(delete(TextThread).where(TextThread.theirs.in_(numbers)))
    session.execute(delete(Conflict).where(Conflict.person_id.in_(ids)))
    nothing = dict.fromkeys(A_PERSON)
    needs = dict.fromkeys((need for need in NEEDS if need in Person.__table__.c), False)
    session.execute(update(_table(Person)).where(Person.id.in_(ids)).values({**nothing, **needs}))
