"""Who did what, when and why: append-only, and the timeline that the console shows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, composite, mapped_column

from scheduling import audit
from scheduling.audit import Action, Fact
from scheduling.db import Base, words
from scheduling.vault import sealed
from scheduling.vault.sealed import SealedRow


class ActorKind(StrEnum):
    """On whose side somebody acts."""

    FAMILY = "family"
    AUTHORITY = "authority"
    MEDIATOR = "mediator"
    STAFF = "staff"
    SERVICE = "service"
    """The service by itself, on its clock."""


@dataclass(frozen=True)
class Actor:
    """Who did something: a side, and for staff the person."""

    kind: ActorKind
    staff_id: int | None = None

    @classmethod
    def staff(cls, staff_id: int) -> Self:
        """A member of staff."""
        return cls(ActorKind.STAFF, staff_id)


FAMILY = Actor(ActorKind.FAMILY)
SERVICE = Actor(ActorKind.SERVICE)


class Entry(audit.Audited, SealedRow, Base):
    """One line of history. It cannot be changed or removed."""

    __tablename__ = "history"
    __table_args__ = (
        CheckConstraint("case_id IS NOT NULL OR venue_id IS NOT NULL OR about IS NOT NULL", name="about_something"),
    )
    sealed_for = ("case_id",)
    sealed_for_service = True

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venues.id"), index=True)
    about: Mapped[str | None] = mapped_column(index=True)
    """What else was changed: "policies", "rota", "authority 302"; see `scheduling.reference.changes`."""
    at: Mapped[datetime]
    what: Mapped[str]
    """A sentence: "Booked for Thursday 10 December 2026, 10am to 12pm at the Library"."""
    why = sealed.optional_text()
    """The reason of a decision, automatic or not."""
    overrides_id: Mapped[int | None] = mapped_column(ForeignKey("history.id"))
    """The earlier decision that somebody decides otherwise with this line."""
    by: Mapped[Actor] = composite(
        mapped_column("by_kind", words(ActorKind)),
        mapped_column("by_staff_id", ForeignKey("staff.id"), nullable=True),
    )

    def fact(self) -> Fact:
        """A line of history is what the audit is mostly about."""
        about = (self.case_id, self.venue_id, self.about)
        return Fact(
            action=_action(self),
            case_id=self.case_id,
            actor_kind=self.by.kind.value,
            actor_id=self.by.staff_id,
            object_kind=self.__tablename__,
            object_id=self.id,
            detail=audit.words(*about, self.at, self.what, self.why, self.by.kind.value, self.by.staff_id),
        )


def _action(entry: Entry) -> Action:
    if entry.case_id is not None:
        return Action.HISTORY
    if entry.venue_id is not None:
        return Action.VENUE
    return Action.STAFF if entry.about == "staff" else Action.SETTING
