"""Somebody of a family at its own pages: the code that lets them in, their stay, and what they tell us there."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, words
from scheduling.models.case import Case
from scheduling.models.family import Person
from scheduling.models.link import Link
from scheduling.vault import sealed
from scheduling.vault.sealed import SealedRow


class LinkCode(Base):
    """A code that was sent to whom a link was made for: whoever enters it has their telephone as well as the link."""

    __tablename__ = "link_codes"
    __table_args__ = (CheckConstraint("tries >= 0", name="tries_are_counted"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    link_hash: Mapped[str] = mapped_column(ForeignKey("links.token_hash"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    sealed: Mapped[str]
    """A keyed digest of link and code; the key is not in the record."""
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    """How often something was entered for it, right or wrong."""
    used_at: Mapped[datetime | None]

    link: Mapped[Link] = relationship()
    person: Mapped[Person] = relationship()


class Visit(Base):
    """A browser in which a link and its code were given; removing the row closes the pages there."""

    __tablename__ = "visits"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of the cookie: a copy of the database lets nobody in."""
    link_hash: Mapped[str] = mapped_column(ForeignKey("links.token_hash"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    since: Mapped[datetime]
    seen_at: Mapped[datetime]

    link: Mapped[Link] = relationship()


class Question(StrEnum):
    """What somebody is asked on a page of its own."""

    NEEDS = "what makes the meeting easier"
    COMPANY = "who comes"
    CONSENT = "what the council may be told"
    TIMES = "when they cannot come"


class Answered(Base):
    """Somebody has been through one of our questions; what they said stands where everybody looks for it."""

    __tablename__ = "answered_questions"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    question: Mapped[Question] = mapped_column(words(Question), primary_key=True)
    at: Mapped[datetime]


class Feedback(SealedRow, Base):
    """How somebody of a family found us. It is for us alone: no certificate, figure or authority ever hears of it."""

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint("score BETWEEN 1 AND 5", name="score_from_one_to_five"),
        CheckConstraint("(dealt_with_at IS NULL) = (dealt_with_by_id IS NULL)", name="dealt_with_by_somebody"),
    )
    sealed_for = ("case_id",)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    """Names the page from which it was sent, so that a second press writes nothing."""
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    score: Mapped[int]
    """1 is very bad, 5 is very good."""
    words = sealed.optional_text()
    wants_reply: Mapped[bool]
    said_at: Mapped[datetime]
    dealt_with_at: Mapped[datetime | None]
    dealt_with_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    case: Mapped[Case] = relationship()
    person: Mapped[Person] = relationship()
