"""Two towns side by side, each with a case and one of everything that hangs on it; and who comes to look at them.

What is asked of every route finds here what stands in its address: ours, the neighbours', and what nobody has.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from flask import Flask
from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.orm import Session

from scheduling import clock, db, references
from scheduling.cases import agreements, attendees, company, decisions, links, officer_links, people, visits
from scheduling.cases import wishes as told_wishes
from scheduling.cases.people import ContactRecord
from scheduling.diary import attendance, bookings, calendars, feeds, slots
from scheduling.law.agreements import Action
from scheduling.models import (
    FAMILY,
    SERVICE,
    Actor,
    AgreedAction,
    Agreement,
    Alarm,
    AnsweredBy,
    Attends,
    AuthorityAlias,
    Booking,
    CallBack,
    Case,
    Closure,
    Conflict,
    Contact,
    ContactChannel,
    Extent,
    Feed,
    Feedback,
    InboundMail,
    MailKind,
    Person,
    PersonRole,
    Purpose,
    Role,
    Said,
    Staff,
)
from scheduling.models.staff import OnCall, coordinator_works_for
from scheduling.outbox import invites, messages
from tests import builders
from tests.builders import Town
from tests.webapp.browser import Browser
from webapp import enrolment, sessions
from webapp.accounts import SignedIn

NOW = builders.moment("2026-11-24 10:00")
TOLD = "2026-11-23 10:25"
NOBODYS: Final = 999_999
"""An id that no row has."""

Where = Mapping[str, object]
"""What stands in an address, by the names of its parts."""


@dataclass(frozen=True)
class Household:
    """A case in a town, and the ids of one of everything around it."""

    town: Town
    case_id: int
    person_id: int
    beside_id: int
    where: Where


@dataclass(frozen=True)
class Neighbours:
    """Both of them in one application, and the people whom ours are known to."""

    app: Flask
    ours: Household
    theirs: Household
    nobodys: Where
    tokens: Mapping[str, str]
    """Of every link to our case, by the first part of its path."""
    accounts: Mapping[Role, int]

    def staff(self, role: Role) -> Browser:
        """The browser of whoever has this role in our town, who has just proved who they are."""
        browser = Browser(self.app)
        with db.Session.begin() as session:
            token = sessions.begin(session, self.accounts[role], browser="")
        browser.client.set_cookie("session", token)
        return browser

    def family(self, person_id: int) -> Browser:
        """The browser of somebody of our family who has entered their code."""
        browser = Browser(self.app)
        with db.Session.begin() as session:
            case, person = session.get_one(Case, self.ours.case_id), session.get_one(Person, person_id)
            token = links.make(session, Purpose.FAMILY, case, now=NOW, days=30, person=person)
            link = links.open(session, token, Purpose.FAMILY, now=clock.now())
            assert link is not None
            browser.client.set_cookie("family", visits.begin(session, link, now=clock.now()))
        return browser


def built(app: Flask) -> Neighbours:
    """Both households, once."""
    with db.Session.begin() as session:
        ours = _household(session, builders.town(session))
        theirs = _household(session, builders.town(session, "Camden", "202"))
        accounts = _accounts(session, ours.town)
        for one, coordinator in ((ours, accounts[Role.COORDINATOR]), (theirs, theirs.town.coordinator.id)):
            works = {"staff_id": coordinator, "authority_id": one.town.authority.id}
            session.execute(coordinator_works_for.insert(), [works])
        tokens = _tokens(session, ours)
    nobodys = {**dict.fromkeys(ours.where, NOBODYS), "reference": _unused(ours, theirs), "token": "x" * 43}
    return Neighbours(app, ours, theirs, nobodys, tokens, accounts)


def _household(session: Session, town: Town) -> Household:
    name = town.authority.name
    number, email = f"+447700900{town.authority.code}", f"sam@{name}.example"
    case = builders.case(session, town, told=TOLD, number=number, email=email)
    booking = _booked(session, case)
    beside = people.add(
        session,
        case,
        role=PersonRole.PARENT,
        record=ContactRecord(name="Pat", email=f"pat@{name}.example"),
        comes_to_the_meeting=True,
        by=FAMILY,
        now=NOW,
    )
    by = Actor.staff(town.coordinator.id)
    rows = {**_of_the_case(session, case, booking, by=by), **_of_the_town(session, town)}
    return Household(town, case.id, case.person_id, beside.id, {"reference": case.reference, **rows})


def _booked(session: Session, case: Case) -> Booking:
    slot = slots.best(session, case, now=NOW, limit=1)[0]
    return bookings.book(session, case, slot, by=SERVICE, now=NOW)


def _of_the_case(session: Session, case: Case, booking: Booking, *, by: Actor) -> dict[str, object]:
    """Everything that hangs on a case, one of each."""
    companion = company.add(
        session, case, role=PersonRole.SUPPORTER, name="Kim", relation="friend", comes=True, email=None,
        by=FAMILY, now=NOW,
    )  # fmt: skip
    promise = (Action.WITHOUT_APPEAL, "The new plan", NOW.date() + timedelta(days=9))
    agreed = agreements.record(
        session, case, extent=Extent.PARTIAL, agreed_on=NOW.date(), actions=[promise], by=by, now=NOW
    )
    named = attendees.name(
        session, case, called="Jo", position="Head", email=f"jo@{case.reference}.example", may_agree=True,
        by=SERVICE, now=NOW,
    )  # fmt: skip
    who = invites.recipients(booking)[0]
    said = attendance.answer(session, booking, who, Attends.NO, channel=AnsweredBy.LINK, now=NOW)
    busy = told_wishes.cannot_come(
        session, case, None, NOW + timedelta(days=20), NOW + timedelta(days=20, hours=1), now=NOW
    )
    text = messages.text(session, case.person, purpose="by hand", body="Hello.", key=case.reference, now=NOW, case=case)
    assert text is not None
    alarm = Alarm(case=case, rule="mediation", due_on=date(2026, 12, 23), threshold="soon", raised_at=NOW)
    contact = Contact(
        channel=ContactChannel.TEXT, said=Said.OTHER, received_at=NOW, number=case.person.number, case=case
    )
    call = CallBack(number=str(case.person.number), because="asked", case_id=case.id, asked_at=NOW)
    mail = InboundMail(mail_id=f"<{case.reference}@family.example>", kind=MailKind.LETTER, sender="sam@family.example",
                       subject="When", body="When?", received_at=NOW, outcome="Waits", case_id=case.id)  # fmt: skip
    opinion = Feedback(key=case.reference, case=case, person=case.person, score=5, wants_reply=True, said_at=NOW)
    session.add_all([alarm, contact, call, mail, opinion])
    session.flush()
    decided = [line.entry.id for line in decisions.lines(session, case, now=NOW) if line.decision is not None]
    return {
        "booking_id": booking.id,
        "person_id": companion.person_id,
        "action_id": agreed.actions[0].id,
        "attendee_id": named.id,
        "attendance_id": said.id,
        "busy_id": busy.id,
        "message_id": text.id,
        "alarm_id": alarm.id,
        "contact_id": contact.id,
        "call_back_id": call.id,
        "mail_id": mail.id,
        "feedback_id": opinion.id,
        "entry_id": decided[0],
        "slot": f"{booking.starts_at.timestamp():.0f}-{booking.room_id}-{booking.mediator_id}-{booking.officer_id}",
        "meeting": f"{booking.id}-{booking.sequence}",
    }


def _of_the_town(session: Session, town: Town) -> dict[str, object]:
    """Everything that hangs on an authority, a venue, a mediator or an adviser, one of each."""
    day = date(2027, 6, 18)
    alias = AuthorityAlias(authority=town.authority, words=f"{town.authority.name} town", must_ask=False)
    closure = Closure(venue=town.venue, first_day=day, last_day=day, reason="Flood", closed_at=NOW)
    conflict = Conflict(mediator=town.mediator, school="Hill School", because="Worked there")
    on_call = OnCall(staff_id=town.adviser.id, starts_at=NOW, ends_at=NOW + timedelta(hours=1))
    session.add_all([alias, closure, conflict, on_call])
    feeds.make(session, town.mediator, now=NOW)
    calendar = calendars.subscribe(session, town.mediator, "https://calendar.example/busy.ics", now=NOW)
    sessions.begin(session, town.adviser.id, browser="")
    session.flush()
    browser = session.scalars(select(SignedIn.id).where(SignedIn.staff_id == town.adviser.id)).one()
    feed = session.scalars(select(Feed.id).where(Feed.mediator_id == town.mediator.id)).one()
    return {
        "authority_id": town.authority.id,
        "contract_id": town.authority.contracts[0].id,
        "officer_id": town.officer.id,
        "alias_id": alias.id,
        "venue_id": town.venue.id,
        "room_id": town.venue.rooms[0].id,
        "closure_id": closure.id,
        "mediator_id": town.mediator.id,
        "conflict_id": conflict.id,
        "calendar_id": calendar.id,
        "feed_id": feed,
        "staff_id": town.adviser.id,
        "shift_id": town.adviser.shifts[0].id,
        "on_call_id": on_call.id,
        "session_id": browser,
    }


def _accounts(session: Session, town: Town) -> dict[Role, int]:
    """Whoever of our town signs in, by role."""
    for role, email in ((Role.MEDIATOR, town.mediator.email), (Role.OFFICER, town.officer.email)):
        enrolment.add(session, role=role, email=email, name=f"The {role}")
    for role in (Role.MANAGER, Role.ADMINISTRATOR):
        builders.staff(session, role, f"The {role}")
    session.flush()
    theirs = {Role.COORDINATOR: town.coordinator.id, Role.ADVISER: town.adviser.id}
    others = session.scalars(select(Staff).where(Staff.role.not_in(theirs)))
    return theirs | {one.role: one.id for one in others}


def _tokens(session: Session, ours: Household) -> dict[str, str]:
    """A living link of every kind: to our case, and our officer's."""
    case = session.get_one(Case, ours.case_id)
    action = session.scalars(
        select(AgreedAction).join(AgreedAction.agreement).where(Agreement.case_id == case.id)
    ).one()
    made = {
        path: links.make(session, purpose, case, now=NOW, days=30, telling=case.tellings[0], action=action)
        for purpose, path in links.PATHS.items()
    }
    officers = officer_links.make(session, session.merge(ours.town.officer), now=NOW).rpartition("/")[2]
    return {
        **made,
        officer_links.PATH: officers,
        "cal": feeds.make(session, session.merge(ours.town.mediator), now=NOW),
    }


def _unused(*taken: Household) -> str:
    """A reference that could be one and is nobody's."""
    known = {one.where["reference"] for one in taken}
    return next(one for one in iter(references.new, "") if one not in known)


WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
SEEN = ("UPDATE signed_in SET seen_at", "UPDATE visits SET seen_at")
"""That somebody was here."""


@dataclass
class Watch:
    """What was changed and kept since the last look."""

    _said: list[str] = field(default_factory=list)
    _before: int = 0
    _kept: list[str] = field(default_factory=list)

    def written(self) -> list[str]:
        """The statements of units of work that were committed and had changed a row; and forget them."""
        kept, self._kept = self._kept, []
        return kept

    def begun(self, connection: Connection) -> None:
        self._said, self._before = [], _changes(connection)

    def saw(self, _connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(WRITES) and not statement.startswith(SEEN):
            self._said.append(statement)

    def kept(self, connection: Connection) -> None:
        if _changes(connection) > self._before:
            self._kept += self._said


def _changes(connection: Connection) -> int:
    driver: Any = connection.connection.dbapi_connection
    return int(driver.total_changes)


@contextmanager
def watched(engine: Engine) -> Iterator[Watch]:
    """Look at what is written to this database."""
    watch = Watch()
    listeners: dict[str, Callable[..., None]] = {
        "begin": watch.begun,
        "before_cursor_execute": watch.saw,
        "commit": watch.kept,
    }
    for name, listener in listeners.items():
        event.listen(engine, name, listener)
    yield watch
    for name, listener in listeners.items():
        event.remove(engine, name, listener)
