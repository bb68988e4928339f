"""Proposals of a whole plan: a place for each case that waits, for a coordinator to accept or pass over."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, words
from scheduling.models.authority import Officer
from scheduling.models.booking import Booking
from scheduling.models.case import Case, Mode
from scheduling.models.mediator import Mediator
from scheduling.models.venue import Room, place


class Proposal(Base):
    """What one plan found, beside what booking one case after another would have found."""

    __tablename__ = "proposals"
    __table_args__ = (CheckConstraint("one_by_one <= at_most", name="no_more_than_at_most"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    """None where the clock or the command line made it."""
    night: Mapped[date | None] = mapped_column(unique=True)
    """The night whose proposal it is; two clocks make one."""
    one_by_one: Mapped[int]
    """How many cases would have a time if each took the first that is left."""
    at_most: Mapped[int]
    """More cases no plan could place."""

    places: Mapped[list["ProposedPlace"]] = relationship(back_populates="proposal", order_by="ProposedPlace.starts_at")
    left_out: Mapped[list["LeftOut"]] = relationship(order_by="LeftOut.id")


class ProposedState(StrEnum):
    """What became of a proposed place."""

    PROPOSED = "proposed"
    BOOKED = "booked"
    PASSED_OVER = "passed over"
    """By a person, or because it could not be kept any more."""


class ProposedPlace(Base):
    """Where and when one case would meet, and with whom. It keeps nothing: others may take it."""

    __tablename__ = "proposed_places"
    __table_args__ = (
        UniqueConstraint("proposal_id", "case_id"),
        CheckConstraint("(mode = 'in person') = (room_id IS NOT NULL)", name="in_a_room_or_from_afar"),
        CheckConstraint("(state = 'proposed') = (settled_at IS NULL)", name="settled_has_a_moment"),
        CheckConstraint("state <> 'passed over' OR because IS NOT NULL", name="passed_over_has_a_reason"),
        CheckConstraint(
            "(booking_id IS NULL) = (was_at IS NULL) AND (booking_id IS NULL) = (was_mode IS NULL) "
            "AND (booking_id IS NULL) = (for_case_id IS NULL)",
            name="moves_from_somewhere",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    starts_at: Mapped[datetime]
    mode: Mapped[Mode] = mapped_column(words(Mode))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"))
    mediator_id: Mapped[int] = mapped_column(ForeignKey("mediators.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    state: Mapped[ProposedState] = mapped_column(words(ProposedState), default=ProposedState.PROPOSED)
    because: Mapped[str | None]
    """Why it was passed over."""
    settled_at: Mapped[datetime | None]
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"))
    """The booked meeting that would move here; none where the case waits for its first."""
    for_case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    """The case for which the meeting would make room."""
    was_at: Mapped[datetime | None]
    """Where that meeting was when the plan was made: time, place and mediator."""
    was_mode: Mapped[Mode | None] = mapped_column(words(Mode))
    was_room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"))
    was_mediator_id: Mapped[int | None] = mapped_column(ForeignKey("mediators.id"))

    proposal: Mapped[Proposal] = relationship(back_populates="places")
    case: Mapped[Case] = relationship(foreign_keys=[case_id])
    room: Mapped[Room | None] = relationship(foreign_keys=[room_id])
    mediator: Mapped[Mediator] = relationship(foreign_keys=[mediator_id])
    officer: Mapped[Officer] = relationship()
    booking: Mapped[Booking | None] = relationship()
    for_case: Mapped[Case | None] = relationship(foreign_keys=[for_case_id])
    was_room: Mapped[Room | None] = relationship(foreign_keys=[was_room_id])
    was_mediator: Mapped[Mediator | None] = relationship(foreign_keys=[was_mediator_id])

    @property
    def place(self) -> str:
        """Where people would meet: "Town Hall, Room 1" or "By video"."""
        return place(self.mode, self.room)

    @property
    def was_place(self) -> str | None:
        """Where the meeting is that would move."""
        return None if self.was_mode is None else place(self.was_mode, self.was_room)


class LeftOut(Base):
    """A case for which the plan has no place, and why."""

    __tablename__ = "left_out"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    because: Mapped[str]

    case: Mapped[Case] = relationship()
