"""A family's disagreement with an authority about one decision, and what was said about it, when."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, words
from scheduling.law import routes
from scheduling.law.right_holder import Capacity
from scheduling.law.routes import Answers, Care, Decision, Part, Route
from scheduling.models.authority import Authority, Officer
from scheduling.models.family import Person
from scheduling.models.history import Actor, Entry
from scheduling.models.staff import Staff
from scheduling.vault import sealed
from scheduling.vault.sealed import KeyHolder, SealedRow


class Mode(StrEnum):
    """How people meet."""

    IN_PERSON = "in person"
    VIDEO = "by video"
    TELEPHONE = "by telephone"


class Case(KeyHolder, Base):
    """One decision letter, one case: a second letter is a second case with its own clocks."""

    __tablename__ = "cases"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    """Eight digits that can be keyed and spoken, the last a check digit."""
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    authority_id: Mapped[int | None] = mapped_column(ForeignKey("authorities.id"))
    adviser_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    opened_at: Mapped[datetime]
    deadline_soon: Mapped[bool] = mapped_column(default=False)
    """The caller said that a date on the letter runs out within two weeks."""
    letter_date: Mapped[date | None]
    """The date printed on the decision letter: every time limit runs from it."""
    issues = sealed.optional_text()
    """The mediation issues in the family's words, which the authority is told."""
    decision: Mapped[Decision | None] = mapped_column(words(Decision))
    """What was decided: the first of the four questions that choose the route."""
    about_education: Mapped[bool] = mapped_column(default=False)
    """Sections B and F of the plan."""
    about_school: Mapped[bool] = mapped_column(default=False)
    """Section I: the school named, its type, or that none is named."""
    health_in_issue: Mapped[bool] = mapped_column(default=False)
    social_care_in_issue: Mapped[bool] = mapped_column(default=False)
    discrimination_claimed: Mapped[bool] = mapped_column(default=False)
    school: Mapped[str | None]
    """The school concerned: a mediator who is tied to it cannot sit."""
    meets: Mapped[Mode] = mapped_column(words(Mode), default=Mode.IN_PERSON)
    """How the family wants to meet."""
    child_name = sealed.optional_text()
    child_born: Mapped[date | None]
    capacity: Mapped[Capacity | None] = mapped_column(words(Capacity))
    """Whether a young person can take this decision; None until the question comes up."""
    consent_to_share_at: Mapped[datetime | None]
    """When the family agreed that the authority may be told the issues."""
    mediation_wanted_at: Mapped[datetime | None]
    """When the family said that they want mediation; the 30 days start only when the authority is told."""
    declined_at: Mapped[datetime | None]
    """When the family told us that it does not want mediation, while that is its last word."""
    late_contact_allowed: Mapped[bool | None]
    """An adviser's decision where the first contact came after the two months; None while none was made."""
    late_contact_because = sealed.optional_text()
    authority_cannot_at: Mapped[datetime | None]
    """When the authority told us that it cannot arrange mediation in its 30 days."""
    closed_at: Mapped[datetime | None]
    closed_because = sealed.optional_text()

    person: Mapped[Person] = relationship()
    authority: Mapped[Authority | None] = relationship()
    adviser: Mapped[Staff | None] = relationship()
    tellings: Mapped[list["Telling"]] = relationship(back_populates="case", order_by="Telling.told_at")
    contacts: Mapped[list["Contact"]] = relationship(back_populates="case", order_by="Contact.received_at")
    others: Mapped[list["CasePerson"]] = relationship(order_by="CasePerson.person_id")
    attendees: Mapped[list["Attendee"]] = relationship(
        back_populates="case", order_by="(Attendee.named_at, Attendee.id)"
    )
    history: Mapped[list[Entry]] = relationship(order_by="Entry.at, Entry.id")

    @property
    def told_at(self) -> datetime | None:
        """When the authority was first told that the family wants mediation."""
        return self.tellings[0].told_at if self.tellings else None

    @property
    def answers(self) -> Answers | None:
        """What the family said to the four questions; None before the first of them is answered."""
        if self.decision is None:
            return None
        about = {Part.SPECIAL_EDUCATION: self.about_education, Part.SCHOOL: self.about_school}
        care = {Care.HEALTH: self.health_in_issue, Care.SOCIAL_CARE: self.social_care_in_issue}
        return Answers(
            decision=self.decision,
            about=frozenset(part for part, is_meant in about.items() if is_meant),
            care=frozenset(kind for kind, is_meant in care.items() if is_meant),
            discrimination=self.discrimination_claimed,
        )

    @property
    def route(self) -> Route | None:
        """The way the disagreement goes, and why; None before the four questions are answered."""
        return None if self.answers is None else routes.of(self.answers)

    def record(
        self, what: str, *, by: Actor, now: datetime, why: str | None = None, overrides: Entry | None = None
    ) -> None:
        """Add a line to the case's history, which may decide otherwise what an earlier one says."""
        overrides_id = None if overrides is None else overrides.id
        self.history.append(Entry(at=now, what=what, by=by, why=why, overrides_id=overrides_id))


class CasePerson(SealedRow, Base):
    """Somebody else on the family's side: a second parent, a supporter, an advocate."""

    __tablename__ = "case_people"
    sealed_for = ("case_id",)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    comes_to_the_meeting: Mapped[bool] = mapped_column(default=False)
    relation = sealed.optional_text()
    """What they are to the family, in its words: "my sister", "from the advice service"."""
    is_invited: Mapped[bool] = mapped_column(default=False)
    """Whether they have agreed to get an invite of their own."""

    person: Mapped[Person] = relationship()


class Attendee(Base):
    """Somebody whom the authority has named for a meeting, and whether they can agree to something on the day."""

    __tablename__ = "attendees"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower_case"),
        UniqueConstraint("case_id", "email"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    name: Mapped[str]
    position: Mapped[str]
    """What they are at the authority, as the authority wrote it."""
    email: Mapped[str]
    may_agree: Mapped[bool]
    """The authority has declared that they may resolve the issues (regulation 38)."""
    named_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship(back_populates="attendees")


class ContactChannel(StrEnum):
    """How the family reached us."""

    CALL = "call"
    TEXT = "text"
    VOICEMAIL = "voicemail"
    PAGE = "page"
    EMAIL = "email"
    IN_PERSON = "in person"


class Said(StrEnum):
    """What a contact amounts to in law (regulation 33)."""

    WANTS_MEDIATION = "wants mediation"
    NO_MEDIATION = "does not want mediation"
    WISHES_TO_APPEAL = "wishes to appeal"
    ASKS_FOR_ADVICE = "asks for advice"
    OTHER = "other"


class Contact(SealedRow, Base):
    """Somebody reached us: what they said and when it was received. Once written, those never change."""

    __tablename__ = "contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    """None until somebody finds out whose it is."""
    channel: Mapped[ContactChannel] = mapped_column(words(ContactChannel))
    number = sealed.optional_address(indexed=True)
    provider_id: Mapped[str | None] = mapped_column(unique=True)
    said: Mapped[Said] = mapped_column(words(Said))
    words = sealed.optional_text()
    received_at: Mapped[datetime] = mapped_column(index=True)
    """Our receipt, taken before any database work."""
    provider_made_at: Mapped[datetime | None]
    """The provider's own time of it, where that is known: the earlier of the two counts."""
    provider_asked_at: Mapped[datetime | None]
    """When the provider was last asked for that time."""
    may_mean_danger: Mapped[bool] = mapped_column(default=False)
    """Something in the words may mean that somebody is in danger: no answer went back by itself."""
    handled_at: Mapped[datetime | None]
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    assigned_to_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    """Who has said that they answer it."""
    is_not_ours: Mapped[bool] = mapped_column(default=False)
    """It was meant for somebody else: a wrong number, an advertisement."""

    case: Mapped[Case | None] = relationship(back_populates="contacts")
    assigned_to: Mapped[Staff | None] = relationship(foreign_keys=[assigned_to_id])


class Telling(SealedRow, Base):
    """The authority was told that the family wants mediation: the 30 days run from the first of these."""

    __tablename__ = "tellings"
    __table_args__ = (CheckConstraint("length(issues) > 0", name="issues_said"),)

    sealed_for = ("case_id",)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    issues = sealed.text()
    """What the authority was told the disagreement is about, as it was told."""
    told_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    """When the authority first showed that it knew; it does not move the clock."""
    said_when_at: Mapped[datetime | None]
    """When an officer last told us at which half-days of the 30 days they can come."""

    case: Mapped[Case] = relationship(back_populates="tellings")
    officer: Mapped[Officer] = relationship()
