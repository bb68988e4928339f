"""What the parties beside the family have told us, who was willing, and who caused a missed window."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, words
from scheduling.models.case import Case
from scheduling.vault import sealed
from scheduling.vault.sealed import SealedRow


class CareBoard(Base):
    """An integrated care board, which answers for health care in a plan."""

    __tablename__ = "care_boards"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str]


class CareTelling(Base):
    """An integrated care board was told: in a case about health alone its 30 days run from here (regulation 35)."""

    __tablename__ = "care_tellings"
    __table_args__ = (UniqueConstraint("case_id", "board_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    board_id: Mapped[int] = mapped_column(ForeignKey("care_boards.id"))
    told_at: Mapped[datetime]

    case: Mapped[Case] = relationship()
    board: Mapped[CareBoard] = relationship()


class Side(StrEnum):
    """Who caused something."""

    FAMILY = "the family"
    AUTHORITY = "the authority"
    HEALTH = "the integrated care board"
    MEDIATOR = "the mediator"
    VENUE = "the venue"
    SERVICE = "the service"


class Breach(SealedRow, Base):
    """The 30 days went by without a meeting, and who caused it."""

    __tablename__ = "breaches"
    sealed_for = ("case_id",)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    caused_by: Mapped[Side] = mapped_column(words(Side))
    because = sealed.text()
    recorded_at: Mapped[datetime]

    case: Mapped[Case] = relationship()


class Party(StrEnum):
    """Who must be willing before a disagreement can be resolved with help."""

    FAMILY = "the family"
    AUTHORITY = "the authority"
    SCHOOL = "the school"
    HEALTH = "the health body"


class Willing(Base):
    """Whether a party takes part in disagreement resolution: all must be willing, and nobody has to be."""

    __tablename__ = "willing"
    __table_args__ = (UniqueConstraint("case_id", "party"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    party: Mapped[Party] = mapped_column(words(Party))
    asked_at: Mapped[datetime]
    is_willing: Mapped[bool | None]
    """None while we wait for the answer."""
    answered_at: Mapped[datetime | None]
