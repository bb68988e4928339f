"""Offers: up to three times at once, held for a case until the parties have answered or the hold ends."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, words
from scheduling.models.authority import Officer
from scheduling.models.case import Case, Mode
from scheduling.models.mediator import Interpreter, Mediator
from scheduling.models.parties import CareBoard, Party
from scheduling.models.venue import Room, at_place, place


class OfferState(StrEnum):
    """What became of an offered time."""

    HELD = "held"
    TAKEN = "taken"
    """It is the case's booking now."""
    RELEASED = "released"
    """Another was taken, or its time ran out, or it was withdrawn: its hours are free again."""


class Offer(Base):
    """One time, held with everybody who is needed at it."""

    __tablename__ = "offers"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="ends_after_start"),
        CheckConstraint("number BETWEEN 1 AND 3", name="three_at_most"),
        CheckConstraint("(mode = 'in person') = (room_id IS NOT NULL)", name="in_a_room_or_from_afar"),
        CheckConstraint("(state = 'held') = (settled_at IS NULL)", name="settled_has_a_moment"),
        CheckConstraint("offered_at <= held_until AND held_until < starts_at", name="held_for_a_while"),
        UniqueConstraint("case_id", "round", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    round: Mapped[int]
    """The times that were offered together have one; it rises with every new offer to the case."""
    number: Mapped[int]
    """1, 2 or 3: what a family answers."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    mode: Mapped[Mode] = mapped_column(words(Mode), default=Mode.IN_PERSON)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"))
    mediator_id: Mapped[int] = mapped_column(ForeignKey("mediators.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    interpreter_id: Mapped[int | None] = mapped_column(ForeignKey("interpreters.id"))
    board_id: Mapped[int | None] = mapped_column(ForeignKey("care_boards.id"))
    reasons: Mapped[str]
    """Why this one, in sentences, a line each."""
    state: Mapped[OfferState] = mapped_column(words(OfferState), default=OfferState.HELD)
    offered_at: Mapped[datetime]
    held_until: Mapped[datetime] = mapped_column(index=True)
    """From then on its hours are free for others, whether or not anybody has tidied up."""
    closes_at: Mapped[datetime]
    """When the round ends: then the best of its times is booked, whoever has not answered."""
    settled_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship()
    room: Mapped[Room | None] = relationship()
    mediator: Mapped[Mediator] = relationship()
    officer: Mapped[Officer] = relationship()
    interpreter: Mapped[Interpreter | None] = relationship()
    board: Mapped[CareBoard | None] = relationship()
    answers: Mapped[list["OfferAnswer"]] = relationship(back_populates="offer", order_by="OfferAnswer.id")

    @property
    def place(self) -> str:
        """Where people meet, for pages: "Town Hall, Room 1" or "By video"."""
        return place(self.mode, self.room)

    @property
    def at_place(self) -> str:
        """The same inside a sentence: "at Town Hall" or "by video"."""
        return at_place(self.mode, self.room)


class Answer(StrEnum):
    """What a party says to an offered time."""

    YES = "yes"
    IF_NEED_BE = "if need be"
    NO = "no"


class AnsweredBy(StrEnum):
    """How an answer reached us."""

    TEXT = "text"
    LINK = "link"
    MAIL = "mail"
    CALL = "call"
    STAFF = "staff"
    """A member of staff was told and wrote it down."""


class OfferAnswer(Base):
    """A party's answer to one offered time; the last one counts."""

    __tablename__ = "offer_answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"), index=True)
    party: Mapped[Party] = mapped_column(words(Party))
    answer: Mapped[Answer] = mapped_column(words(Answer))
    channel: Mapped[AnsweredBy] = mapped_column(words(AnsweredBy))
    answered_at: Mapped[datetime]

    offer: Mapped[Offer] = relationship(back_populates="answers")
