"""Who looked at a family's case: append-only, like history, and the family may ask."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling import audit
from scheduling.audit import Action, Fact
from scheduling.db import Base, words
from scheduling.models.history import ActorKind
from scheduling.models.staff import Role, Staff
from scheduling.vault import sealed
from scheduling.vault.sealed import SealedRow


class Look(audit.Audited, SealedRow, Base):
    """Somebody opened a case. It cannot be changed or removed."""

    __tablename__ = "looks"
    __table_args__ = (
        CheckConstraint("reason IS NULL OR length(reason) > 0", name="reason_says_something"),
        Index("ix_looks_case_id_staff_id_at", "case_id", "staff_id", "at"),
    )
    sealed_for = ("case_id",)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    role: Mapped[Role] = mapped_column(words(Role))
    """Theirs at that time."""
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    reason = sealed.optional_text()
    """Why somebody opened a case that is not theirs; None where it is."""
    at: Mapped[datetime]

    staff: Mapped[Staff] = relationship()

    def fact(self) -> Fact:
        """Who looked, and whether it was after a reason."""
        return Fact(
            action=Action.LOOKED if self.reason is None else Action.LOOKED_BECAUSE,
            case_id=self.case_id,
            actor_kind=ActorKind.STAFF.value,
            actor_id=self.staff_id,
            role=self.role.value,
            object_kind=self.__tablename__,
            object_id=self.id,
            detail=audit.words(self.staff_id, self.role.value, self.case_id, self.reason, self.at),
        )


class LookAlarm(Base):
    """Somebody has opened many cases that are not theirs within an hour; a manager asks them about it."""

    __tablename__ = "look_alarms"
    __table_args__ = (CheckConstraint("(seen_at IS NULL) = (seen_by_id IS NULL)", name="seen_by_somebody"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    cases: Mapped[int]
    """How many there were when it was raised."""
    raised_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    staff: Mapped[Staff] = relationship(foreign_keys=[staff_id])
