"""Every page that can be opened, from the application's own list of routes, with a living example of each.

A page that is added tomorrow is looked at tomorrow; if its address needs something that EXAMPLES does not know, the
test says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import db, references
from scheduling.cases import decisions, links, offering, officer_links
from scheduling.diary import feeds
from scheduling.models import (
    SERVICE,
    AgreedAction,
    Authority,
    Booking,
    BookingKind,
    BookingStatus,
    CallBack,
    Case,
    Certificate,
    Contact,
    Contract,
    ExtraBankHoliday,
    InboundMail,
    MailKind,
    Mediator,
    Meeting,
    Message,
    Offer,
    OfferState,
    Officer,
    Person,
    Purpose,
    Role,
    Room,
    Staff,
    Telling,
    Venue,
)
from telephony.simulator import mailbox
from tests.journeys.service import Service
from webapp import auth
from webapp.app import create_app
from webapp.demo import stage

AT = datetime.fromisoformat("2026-11-24T10:10Z")
"""A few minutes after the service was started, by its own dates."""

SEEN_BY = (Role.COORDINATOR, Role.ADVISER, Role.MANAGER, Role.ADMINISTRATOR, Role.MEDIATOR, Role.OFFICER)
"""Who looks at a page: the first of these whom it is for."""


@dataclass(frozen=True)
class Address:
    """A page to be opened, and who opens it; None where anybody may."""

    name: str
    """Its endpoint, or what is to be seen."""
    path: str
    """Empty where EXAMPLES does not know what stands in it."""
    role: Role | None

    def __str__(self) -> str:
        return f"{self.name} ({self.path})"


@dataclass(frozen=True)
class World:
    """What there is to look at in the told fortnight."""

    session: Session
    service: Service
    now: datetime

    @property
    def certificate(self) -> Certificate:
        return self.session.scalars(select(Certificate).order_by(Certificate.id).limit(1)).one()

    def link(self, purpose: Purpose) -> str:
        """The token of a link as somebody without an account gets it by mail: we keep none that could be read."""
        telling = self.session.scalars(select(Telling).order_by(Telling.id.desc()).limit(1)).one()
        action = self.session.scalars(select(AgreedAction).order_by(AgreedAction.id).limit(1)).one()
        case = action.agreement.case if purpose is Purpose.ACTION else telling.case
        if purpose in (Purpose.FAMILY_CHOOSES, Purpose.AUTHORITY_CHOOSES, Purpose.BOARD_CHOOSES):
            case = self.choosing()
        return links.make(self.session, purpose, case, now=self.now, days=60, telling=telling, action=action)

    def choosing(self) -> Case:
        """A case whose parties may choose between times."""
        offered = self.session.scalar(select(Offer).where(Offer.state == OfferState.HELD).limit(1))
        if offered is not None:
            return offered.case
        meeting = self.meeting()
        case = Case(
            reference=references.new(),
            person=Person(name="Sam", may_text=False),
            authority=meeting.case.authority,
            opened_at=self.now,
            mediation_wanted_at=self.now,
            issues="Speech therapy in section F",
            tellings=[Telling(officer=meeting.officer, issues="Speech therapy in section F", told_at=self.now)],
        )
        self.session.add(case)
        self.session.flush()
        offering.offer(self.session, case, by=SERVICE, now=self.now)
        return case

    def meeting(self) -> Booking:
        """One that is still to come."""
        wanted = select(Booking).where(Booking.kind == BookingKind.MEDIATION, Booking.status == BookingStatus.CONFIRMED)
        return self.session.scalars(wanted.order_by(Booking.starts_at.desc()).limit(1)).one()

    def decided(self) -> int:
        """The last decision of the service in the case of the meeting that is to come, by its line of history."""
        lines = decisions.lines(self.session, self.meeting().case, now=self.now)
        return [line.entry.id for line in lines if line.decision is not None][-1]

    def of_the_mediator_who_signs_in(self) -> Booking:
        """A meeting that the demo's mediator may look at."""
        wanted = select(Booking).join(Booking.mediator).where(Mediator.staff_id.is_not(None))
        return self.session.scalars(wanted.order_by(Booking.starts_at.desc()).limit(1)).one()

    @property
    def venue(self) -> Venue:
        return self.session.get_one(Room, self.meeting().room_id).venue

    def adviser(self) -> int:
        """One who takes calls."""
        wanted = select(Staff.id).where(Staff.role == Role.ADVISER, Staff.number.is_not(None))
        return self.session.scalars(wanted.order_by(Staff.id).limit(1)).one()

    def contract(self) -> int:
        """That of the authority whose meeting is to come."""
        wanted = select(Contract.id).where(Contract.authority_id == self.meeting().case.authority_id)
        return self.session.scalars(wanted.order_by(Contract.id).limit(1)).one()

    def held(self) -> Booking:
        """A meeting that is over, and of which nobody has said yet what became of it."""
        wanted = select(Booking).where(
            Booking.kind == BookingKind.MEDIATION,
            Booking.status == BookingStatus.CONFIRMED,
            Booking.ends_at < self.now,
            Booking.id.not_in(select(Meeting.booking_id)),
        )
        return self.session.scalars(wanted.order_by(Booking.id).limit(1)).one()

    def case(self, *, told: bool) -> str:
        """The reference of a case without a meeting: of one that waits for a time, or of one that is not told yet."""
        has_meeting = select(Booking.case_id).where(
            Booking.kind == BookingKind.MEDIATION, Booking.status == BookingStatus.CONFIRMED
        )
        is_told = select(Telling.case_id)
        wanted = select(Case.reference).where(
            Case.id.not_in(has_meeting), Case.id.in_(is_told) if told else Case.id.not_in(is_told)
        )
        return self.session.scalars(wanted.order_by(Case.id).limit(1)).one()

    def told_to(self, authority: str) -> str:
        """The reference of a case of which this authority has been told."""
        told = select(Case.reference).join(Case.tellings).where(Case.authority.has(Authority.name == authority))
        return self.session.scalars(told.order_by(Case.id).limit(1)).one()

    def officers_link(self) -> str:
        """The token of an officer's link, as it stands in the mail of a notice."""
        council = Officer.authority.has(Authority.name == stage.AUTHORITY_WHOSE_OFFICER_SIGNS_IN)
        officer = self.session.scalars(select(Officer).where(council, Officer.may_decide).limit(1)).one()
        return officer_links.make(self.session, officer, now=self.now).rpartition("/")[2]

    def first(self, model: type[CallBack | Contact | Message]) -> int:
        return self.session.scalars(select(model.id).order_by(model.id).limit(1)).one()

    def mail(self) -> int:
        """One that somebody wrote to us: the told fortnight has none, so it comes now."""
        came = InboundMail(
            mail_id=f"<{uuid4()}@family.example>",
            kind=MailKind.LETTER,
            sender="sam@family.example",
            subject="A question",
            body="When is it, please?",
            received_at=self.now,
            outcome="It waits for somebody.",
        )
        self.session.add(came)
        self.session.flush()
        return came.id

    def holiday(self) -> str:
        """The day of a bank holiday that was added here."""
        added = ExtraBankHoliday(day=date(2027, 6, 18), name="A day of joy", added_at=self.now)
        return self.session.merge(added).day.isoformat()

    def letter(self) -> str:
        """A mail with an invite."""
        letters = mailbox.letters(self.service.data_dir)
        return next(letter.name for letter in letters if letter.calendar is not None)


OFFICERS_PAGES = ("home", "case", "when", "attendees", "cannot")

EXAMPLES: dict[str, Callable[[World], object]] = {
    "staff_id": lambda world: world.session.scalars(select(Staff.id).where(Staff.role == Role.COORDINATOR)).first(),
    **{
        f"{way}.{page} reference": lambda world: world.told_to(stage.AUTHORITY_WHOSE_OFFICER_SIGNS_IN)
        for way in ("authorities", "officers")
        for page in OFFICERS_PAGES
    },
    **{f"officers.{page} token": lambda world: world.officers_link() for page in OFFICERS_PAGES},
    "authority_id": lambda world: world.meeting().case.authority_id,
    "booking_id": lambda world: world.meeting().id,
    "call_back_id": lambda world: world.first(CallBack),
    "contract_id": World.contract,
    "officer_id": lambda world: world.meeting().officer_id,
    "console.adviser_shifts staff_id": World.adviser,
    "console.policy_form name": lambda _: "hold_hours",
    "contact_id": lambda world: world.first(Contact),
    "mail_id": World.mail,
    "mediator_id": lambda world: world.meeting().mediator_id,
    "message_id": lambda world: world.first(Message),
    "person_id": lambda world: world.meeting().case.person_id,
    "reference": lambda world: world.meeting().case.reference,
    "venue_id": lambda world: world.venue.id,
    "room_id": lambda world: world.venue.rooms[0].id,
    "number": lambda world: world.certificate.number,
    "mediators.meeting booking_id": lambda world: world.of_the_mediator_who_signs_in().id,
    "console.holiday_to_take_back day": World.holiday,
    "feeds.feed token": lambda world: feeds.make(world.session, world.venue, now=world.now),
    "console.certificate_document reference": lambda world: world.certificate.case.reference,
    "console.outcome_form reference": lambda world: world.held().case.reference,
    "console.outcome_form booking_id": lambda world: world.held().id,
    "parties.acknowledge token": lambda world: world.link(Purpose.ACKNOWLEDGE),
    "parties.family token": lambda world: world.link(Purpose.FAMILY),
    "parties.code token": lambda world: world.link(Purpose.FAMILY),
    "parties.promise token": lambda world: world.link(Purpose.ACTION),
    "change": lambda _: "by-video",
    "entry_id": lambda world: world.decided(),
    "console.leeway_form reference": lambda world: world.case(told=True),
    "console.offered reference": lambda world: world.choosing().reference,
    "parties.times token": lambda world: world.link(Purpose.FAMILY_CHOOSES),
    "parties.times_for_the_authority token": lambda world: world.link(Purpose.AUTHORITY_CHOOSES),
    "parties.times_for_the_board token": lambda world: world.link(Purpose.BOARD_CHOOSES),
    "guide.page name": lambda _: "a-first-day",
    "guide.picture name": lambda _: "first-day-today.png",
    "simulator.phone name": lambda _: "101",
    "simulator.letter name": World.letter,
    "simulator.invite name": World.letter,
    "simulator.raw_letter name": World.letter,
}
"""What stands in an address, by its name; `endpoint name` where several routes mean different things by it."""

NOT_THERE = {"entra.go", "entra.back"}
"""Off unless they are configured, and then they lead to somebody else's page: they have tests of their own."""

SAID_BESIDE: dict[str, Callable[[World], str]] = {
    # The first booking of all was a call, which has no place.
    "console.closure_result": lambda world: f"?moved=1&moved={world.meeting().id}",
}
"""What an address carries after its question mark."""

ALSO: dict[str, Callable[[World], str]] = {
    "a case that waits for a time": lambda world: f"/cases/{world.case(told=True)}",
    "a case without a lawful time": lambda world: f"/cases/{world.case(told=True)}/slots",
    "times that a waiting family would have to agree to": lambda world: f"/cases/{world.case(told=True)}/short-notice",
    "times that can be offered": lambda world: f"/cases/{world.case(told=True)}/offers",
    "a case that is not told": lambda world: f"/cases/{world.case(told=False)}",
    "mediation that cannot be told": lambda world: f"/cases/{world.case(told=False)}/mediation",
    "no such case": lambda _: "/cases?reference=12345678",
    "my own work": lambda _: "/today?for=me",
    "messages that failed": lambda _: "/messages?state=failed",
    "a case that may be closed": lambda world: f"/cases/{world.case(told=False)}/closing",
    "what was dealt with": lambda _: "/inbox?show=settled",
    "a phone with texts": lambda _: "/simulator/phones/201",
    "a phone that cannot text": lambda _: "/simulator/phones/landline",
    "no such page": lambda _: "/there-is-no-such-page",
}
"""Pages that look different when they are asked for something else; a coordinator looks at them."""


def addresses(service: Service) -> list[Address]:
    """Every route that answers a GET, but for files that never change; and those pages that have another face."""
    app = create_app(service.settings)
    engine = db.Session.kw["bind"]
    with db.Session.begin() as session:
        world = World(session, service, AT)
        routes = [
            Address(rule.endpoint, _path(app, rule.endpoint, rule.arguments, world), _visitor(app, rule.endpoint))
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or set())
            and rule.endpoint.rpartition(".")[2] != "static"
            and rule.endpoint not in NOT_THERE
        ]
        also = [Address(name, path(world), Role.COORDINATOR) for name, path in ALSO.items()]
    engine.dispose()
    return sorted([*routes, *also], key=lambda address: (str(address.role), address.path))


def _path(app: Flask, endpoint: str, arguments: set[str], world: World) -> str:
    """The address of an example; empty when EXAMPLES has none."""
    examples = {name: EXAMPLES.get(f"{endpoint} {name}") or EXAMPLES.get(name) for name in arguments}
    values = {name: example(world) for name, example in examples.items() if example is not None}
    if len(values) < len(arguments):
        return ""
    path: str = app.url_map.bind("localhost").build(endpoint, values, method="GET")
    return path + (SAID_BESIDE[endpoint](world) if endpoint in SAID_BESIDE else "")


def _visitor(app: Flask, endpoint: str) -> Role | None:
    policy = auth.policy_of(app, endpoint)
    assert policy is not None, f"{endpoint} says nobody may enter"
    return None if policy.is_public or policy.by_code else next(role for role in SEEN_BY if role in policy.roles)
