"""How long records are kept: what is due to be erased, who let it be, what must stay, and what others still hold."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, words
from scheduling.models.case import Case
from scheduling.models.family import Person
from scheduling.vault import sealed
from scheduling.vault.sealed import SealedRow


class RecordClass(StrEnum):
    """What is erased only after a manager has let it be."""

    CASE = "case"
    """A case that is closed, with everything of the family in it."""
    ENQUIRY = "enquiry"
    """A call, text or page that belongs to no case."""
    MAIL = "mail"
    """A mail that came in and belongs to no case."""


class ErasureBatch(SealedRow, Base):
    """What had been kept long enough when it was put together; one at a time waits for a manager."""

    __tablename__ = "erasure_batches"
    __table_args__ = (
        CheckConstraint("(confirmed_at IS NULL) = (because IS NULL)", name="confirmed_for_a_reason"),
        CheckConstraint("finished_at IS NULL OR confirmed_at IS NOT NULL", name="nothing_unconfirmed"),
    )
    sealed_for_service = True

    id: Mapped[int] = mapped_column(primary_key=True)
    proposed_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    because = sealed.optional_text()
    finished_at: Mapped[datetime | None]

    erasures: Mapped[list["Erasure"]] = relationship(back_populates="batch", order_by="Erasure.id")


class Erasure(Base):
    """One record that is due. Once its batch is confirmed, the guards on what never changes stand aside for it."""

    __tablename__ = "erasures"
    __table_args__ = (UniqueConstraint("kind", "object_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("erasure_batches.id"), index=True)
    kind: Mapped[RecordClass] = mapped_column(words(RecordClass))
    object_id: Mapped[int]
    done_at: Mapped[datetime | None]

    batch: Mapped[ErasureBatch] = relationship(back_populates="erasures")


class LegalHold(SealedRow, Base):
    """While it stands, nothing of the case is erased: a complaint, a claim, an inquiry."""

    __tablename__ = "legal_holds"
    __table_args__ = (
        CheckConstraint("length(because) > 0", name="says_why"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_because IS NULL)", name="lifted_for_a_reason"),
        Index(
            "uq_legal_holds_standing",
            "case_id",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )
    sealed_for = ("case_id",)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    because = sealed.text()
    set_at: Mapped[datetime]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    lifted_because = sealed.optional_text()

    case: Mapped[Case] = relationship()


class ProviderCopy(Base):
    """A text whose words the provider still holds, and has to delete."""

    __tablename__ = "provider_copies"
    __table_args__ = (Index("ix_provider_copies_next_try_at", "next_try_at"),)

    provider_id: Mapped[str] = mapped_column(primary_key=True)
    """The provider's name of it; nothing else of the text is kept here."""
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    """None when nothing is left to ask."""
    removed_at: Mapped[datetime | None]


class AccessRequest(Base):
    """Somebody has asked for everything that we hold on them; the law gives us a month."""

    __tablename__ = "access_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    received_on: Mapped[date]
    due_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    case: Mapped[Case] = relationship()
    person: Mapped[Person] = relationship()
