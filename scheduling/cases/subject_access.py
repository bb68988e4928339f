"""What we hold on one person, for themselves (UK GDPR, article 15): put together, looked over by a manager, handed out.

Whatever may tell of somebody else is flagged and left out unless the manager lets it in. What the other side said, and
what was offered or agreed in mediation, is not here at all: it is without prejudice, and not the family's alone.
"""

import html
import io
import json
import zipfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import inspect, or_, select
from sqlalchemy.orm import Session

from scheduling import audit, london, numbers
from scheduling.audit import Action, Fact
from scheduling.law import periods
from scheduling.models import (
    AccessRequest,
    Actor,
    ActorKind,
    Booking,
    Case,
    Certificate,
    Contact,
    InboundMail,
    Link,
    Look,
    Message,
    Person,
    Staff,
    Voicemail,
)
from scheduling.refusals import Refused

MONTHS: Final = 1
"""The law's time for an answer (UK GDPR, article 12(3))."""


OF_OUR_MACHINERY: Final = frozenset({"id", "data_key_id", "seal"})
"""How a person is kept, and nothing about them."""


class AskedAlready(Refused):
    """One request at a time: a second runs with the first."""

    def __str__(self) -> str:
        return "This person has asked already, and has not been answered yet."


class NotAskedYet(Refused):
    """Nobody can have asked tomorrow."""

    def __str__(self) -> str:
        return "The date on which they asked must be today or in the past."


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing that we hold, in words."""

    key: str
    """Names it on the page on which it is looked over."""
    section: str
    said: dict[str, str]
    tells_of_others: bool = False

    @property
    def words(self) -> str:
        """All of it as one line."""
        return "; ".join(f"{name}: {value}" for name, value in self.said.items())


def requested(
    session: Session, case: Case, person: Person, *, received_on: date, by: Actor, now: datetime
) -> AccessRequest:
    """Somebody has asked; from the day on which they did, the law gives us a month."""
    if received_on > london.london_day(now):
        raise NotAskedYet
    if open_request(session, case, person) is not None:
        raise AskedAlready
    asked = AccessRequest(
        case_id=case.id,
        person_id=person.id,
        received_on=received_on,
        due_on=periods.months_after(received_on, MONTHS),
        recorded_at=now,
        recorded_by_id=by.staff_id,
    )
    session.add(asked)
    case.record("Somebody asked for everything that we hold on them", by=by, now=now)
    session.flush()
    return asked


def open_request(session: Session, case: Case, person: Person) -> AccessRequest | None:
    """What they have asked for and not got yet."""
    wanted = select(AccessRequest).where(
        AccessRequest.case_id == case.id, AccessRequest.person_id == person.id, AccessRequest.answered_at.is_(None)
    )
    return session.scalar(wanted)


def handed_out(session: Session, case: Case, person: Person, *, by: Actor, now: datetime) -> None:
    """It leaves the service: history and audit say so, and whoever asked has been answered."""
    asked = open_request(session, case, person)
    if asked is not None:
        asked.answered_at, asked.answered_by_id = now, by.staff_id
    case.record("Everything that we hold on somebody was handed out", by=by, now=now)
    audit.record(
        session,
        Fact(
            action=Action.EXPORTED,
            case_id=case.id,
            actor_kind=by.kind.value,
            actor_id=by.staff_id,
            object_kind=Person.__tablename__,
            object_id=person.id,
            reason="subject access",
        ),
    )


def people(case: Case) -> list[Person]:
    """Those on the family's side of the case, its own person in front."""
    return [case.person, *(beside.person for beside in case.others)]


def gather(session: Session, case: Case, person: Person) -> list[Row]:
    """Everything that we hold on them in this case, with what may tell of others flagged."""
    others = _names_of_others(session, case, person)
    rows = [
        *_details(person),
        *_the_case(case, person),
        *_messages(session, case, person),
        *_contacts(session, case, person),
        *_mails(session, case, person),
        *_history(case),
        *_looks(session, case),
        *_links(session, case, person),
        *_bookings(session, case),
        *_certificates(session, case),
    ]
    return [_flagged(row, others) for row in rows]


def chosen(rows: Iterable[Row], let_in: Collection[str]) -> list[Row]:
    """What is handed out: nothing that tells of others, but for what a manager has let in."""
    return [row for row in rows if not row.tells_of_others or row.key in let_in]


def tapes(session: Session, case: Case, person: Person) -> list[tuple[str, bytes]]:
    """The sounds of their voicemails that we still have, with names for files."""
    theirs = select(Voicemail).join(Voicemail.contact).where(_is_theirs(case, person), Voicemail.sound.is_not(None))
    return [(_file_of(one), one.sound) for one in session.scalars(theirs.order_by(Voicemail.id)) if one.sound]


def archive(case: Case, rows: list[Row], sounds: Iterable[tuple[str, bytes]], *, now: datetime) -> Iterator[bytes]:
    """A zip, piece by piece, that is nowhere as a whole: a page to read, the same for machines, and the voicemails."""
    pieces = _Pieces()
    with zipfile.ZipFile(pieces, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("records.html", _page(case, rows, now=now))
        yield pieces.taken()
        packed.writestr("records.json", _document(case, rows, now=now))
        yield pieces.taken()
        for name, sound in sounds:
            packed.writestr(name, sound)
            yield pieces.taken()
    yield pieces.taken()


class _Pieces(io.RawIOBase):
    """A file that is handed on as it is written; it cannot be wound back, and zip does not ask for it."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._waiting.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        """What has been written since the last time."""
        waiting, self._waiting = self._waiting, []
        return b"".join(waiting)


def _details(person: Person) -> Iterator[Row]:
    for column in inspect(Person).column_attrs:
        name = column.key.removeprefix("sealed_")
        if name in OF_OUR_MACHINERY or name.endswith("_index"):
            continue
        value = getattr(person, name)
        if value is not None and value is not False:
            said = {"what": name.replace("_", " "), "is": _plain(value)}
            yield Row(key=f"person:{name}", section="How we reach you", said=said)


def _the_case(case: Case, person: Person) -> Iterator[Row]:
    yield Row(key="case:dates", section="Your case", said=_said(reference=case.reference, opened=case.opened_at))
    mine = {"letter date": case.letter_date, "decision": case.decision, "mediation wanted": case.mediation_wanted_at}
    for name, value in {**mine, "closed": case.closed_at, "closed because": case.closed_because}.items():
        if value is not None:
            yield Row(key=f"case:{name}", section="Your case", said={name: _plain(value)})
    if case.issues:
        is_anothers = person is not case.person
        yield Row(key="case:issues", section="Your case", said={"issues": case.issues}, tells_of_others=is_anothers)
    child = {"child": case.child_name, "born": case.child_born, "school": case.school}
    for name, value in child.items():
        if value is not None:
            yield Row(key=f"case:{name}", section="Your case", said={name: _plain(value)}, tells_of_others=True)


def _messages(session: Session, case: Case, person: Person) -> Iterator[Row]:
    addresses = [one for one in (person.email, person.number, person.other_number) if one]
    to_them = or_(Message.person_id == person.id, Message.address.in_(addresses))
    wanted = select(Message).where(to_them, or_(Message.case_id == case.id, Message.case_id.is_(None)))
    for one in session.scalars(wanted.order_by(Message.id)):
        said = _said(at=one.written_at, by=one.channel, about=one.purpose, to=one.address, subject=one.subject)
        yield Row(key=f"message:{one.id}", section="What we wrote to you", said={**said, "words": one.body})


def _is_theirs(case: Case, person: Person) -> Any:
    """By their number; what came without one in the case is its own person's."""
    known = [one for one in (person.number, person.other_number) if one]
    by_number = Contact.number.in_(known)
    if person is case.person:
        return or_(by_number, (Contact.case_id == case.id) & Contact.number.is_(None))
    return by_number


def _contacts(session: Session, case: Case, person: Person) -> Iterator[Row]:
    for one in session.scalars(select(Contact).where(_is_theirs(case, person)).order_by(Contact.received_at)):
        said = _said(at=one.received_at, by=one.channel, number=one.number, meaning=one.said, words=one.words)
        yield Row(key=f"contact:{one.id}", section="When you reached us", said=said)


def _mails(session: Session, case: Case, person: Person) -> Iterator[Row]:
    if not person.email:
        return
    of_it = or_(InboundMail.case_id == case.id, InboundMail.case_id.is_(None))
    wanted = select(InboundMail).where(InboundMail.sender == person.email.lower(), of_it)
    for one in session.scalars(wanted.order_by(InboundMail.id)):
        said = _said(at=one.received_at, subject=one.subject, words=one.body)
        yield Row(key=f"mail:{one.id}", section="Mails from you", said=said)


def _history(case: Case) -> Iterator[Row]:
    for one in case.history:
        of_another_side = one.by.kind in {ActorKind.AUTHORITY, ActorKind.MEDIATOR}
        yield Row(
            key=f"history:{one.id}",
            section="What was done in your case",
            said=_said(at=one.at, what=one.what, why=one.why, by=one.by.kind),
            tells_of_others=of_another_side or bool(one.by.staff_id and one.why),
        )


def _looks(session: Session, case: Case) -> Iterator[Row]:
    for one in session.scalars(select(Look).where(Look.case_id == case.id).order_by(Look.id)):
        said = _said(day=london.london_day(one.at), role=one.role)
        yield Row(key=f"look:{one.id}", section="Who has looked at your case", said=said)


def _links(session: Session, case: Case, person: Person) -> Iterator[Row]:
    for one in session.scalars(select(Link).where(Link.case_id == case.id).order_by(Link.made_at, Link.expires_at)):
        if one.person_id == person.id or (one.person_id is None and person is case.person and _is_a_family_s(one)):
            said = _said(purpose=one.purpose, made=one.made_at, until=one.expires_at, revoked=one.revoked_at)
            yield Row(key=f"link:{one.token_hash[:16]}", section="Links that we sent you", said=said)


def _is_a_family_s(link: Link) -> bool:
    return link.purpose.value.startswith("the family")


def _bookings(session: Session, case: Case) -> Iterator[Row]:
    for one in session.scalars(select(Booking).where(Booking.case_id == case.id).order_by(Booking.starts_at)):
        said = _said(kind=one.kind, begins=one.starts_at, ends=one.ends_at, place=one.place, state=one.status)
        yield Row(key=f"booking:{one.id}", section="Your appointments", said=said)


def _certificates(session: Session, case: Case) -> Iterator[Row]:
    for one in session.scalars(select(Certificate).where(Certificate.case_id == case.id)):
        said = _said(number=one.number, kind=one.kind, issued=one.issued_on)
        yield Row(key=f"certificate:{one.id}", section="Your certificate", said=said)


def _names_of_others(session: Session, case: Case, person: Person) -> set[str]:
    """Names that tell of somebody else: of the child, of other people in the case, of officers, mediators and staff."""
    told = {telling.officer.name for telling in case.tellings}
    booked = session.scalars(select(Booking).where(Booking.case_id == case.id)).all()
    met = {one.mediator.name for one in booked if one.mediator} | {one.officer.name for one in booked if one.officer}
    staff = set(session.scalars(select(Staff.name)))
    beside = {one.name for one in people(case) if one is not person}
    names = {*told, *met, *staff, *beside, case.child_name}
    return {name.casefold() for name in names if name and name != person.name}


def _flagged(row: Row, others: set[str]) -> Row:
    if row.tells_of_others or not any(name in row.words.casefold() for name in others):
        return row
    return Row(key=row.key, section=row.section, said=row.said, tells_of_others=True)


def _file_of(voicemail: Voicemail) -> str:
    ending = "wav" if voicemail.media_type == "audio/wav" else "mp3"
    return f"voicemail-{voicemail.id}.{ending}"


def _said(**parts: object) -> dict[str, str]:
    return {name: _plain(value) for name, value in parts.items() if value is not None}


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return london.london(value).isoformat(sep=" ", timespec="minutes")
    if isinstance(value, str) and value.startswith("+") and numbers.parse(value):
        return numbers.written(value)
    return "yes" if value is True else str(value)


def _document(case: Case, rows: list[Row], *, now: datetime) -> str:
    held = [{"section": row.section, **row.said} for row in rows]
    whole = {"reference": case.reference, "as of": now.isoformat(timespec="seconds"), "records": held}
    return json.dumps(whole, ensure_ascii=False, indent=2)


def _page(case: Case, rows: list[Row], *, now: datetime) -> str:
    """Every word is escaped: somebody's text may look like a page."""
    parts = [f"<h1>What we hold on you (case {html.escape(case.reference)})</h1>", f"<p>As of {_plain(now)}.</p>"]
    for section in dict.fromkeys(row.section for row in rows):
        lines = "".join(f"<li>{html.escape(row.words)}</li>" for row in rows if row.section == section)
        parts.append(f"<h2>{html.escape(section)}</h2><ul>{lines}</ul>")
    title = "<title>What we hold on you</title>"
    policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
    return f'<!doctype html><html lang="en"><meta charset="utf-8">{policy}{title}<body>{"".join(parts)}</body></html>'
