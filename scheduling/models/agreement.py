"""What the parties agreed in writing. Without prejudice: nothing here reaches a certificate, a figure or a list.

Only the family, the authority's named officer for its own actions, and the staff of the case may read it.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, words
from scheduling.law.agreements import Action
from scheduling.models.case import Case
from scheduling.vault import sealed
from scheduling.vault.sealed import SealedRow


class Extent(StrEnum):
    """How much was agreed."""

    FULL = "all of it"
    PARTIAL = "part of it"
    NONE = "none of it"


class Agreement(Base):
    """What came of a mediation or a disagreement resolution."""

    __tablename__ = "agreements"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    extent: Mapped[Extent] = mapped_column(words(Extent))
    agreed_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))

    case: Mapped[Case] = relationship()
    actions: Mapped[list["AgreedAction"]] = relationship(back_populates="agreement", order_by="AgreedAction.due_on")


class AgreedAction(SealedRow, Base):
    """One thing that somebody has promised to do by a day."""

    __tablename__ = "agreed_actions"
    __table_args__ = (CheckConstraint("length(words) > 0", name="says_what"),)
    sealed_for = ("agreement_id",)

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True)
    action: Mapped[Action] = mapped_column(words(Action))
    words = sealed.text()
    """What is to be done, as the parties wrote it."""
    due_on: Mapped[date]
    written_down: Mapped[date | None]
    """The parties' own date in writing, which rules instead of the law's."""
    done_at: Mapped[datetime | None]
    not_done_at: Mapped[datetime | None]
    """When the family reported that it was not done."""

    agreement: Mapped[Agreement] = relationship(back_populates="actions")
