"""What proves on the telephone that somebody is the family of a case, and how often a wrong one was keyed."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base


class Pin(Base):
    """The PIN of a case, sealed: whoever steals the record cannot read it from there."""

    __tablename__ = "pins"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    sealed: Mapped[str]
    """A keyed digest of reference and PIN; the key is not in the record."""
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class WrongPin(Base):
    """Reference and PIN did not belong together; kept by reference, so that one of no case is no different."""

    __tablename__ = "wrong_pins"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(index=True)
    call_sid: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
