"""Links that we send to people who have no account: each for one purpose and one case, for a time, and revocable."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, words
from scheduling.models.case import Case
from scheduling.models.family import Person


class Purpose(StrEnum):
    """What the link is for; it opens nothing else."""

    FAMILY = "the family's page"
    ACKNOWLEDGE = "the authority acknowledges"
    ACTION = "an agreed action"
    FAMILY_CHOOSES = "the family chooses a time"
    AUTHORITY_CHOOSES = "the authority chooses a time"
    BOARD_CHOOSES = "the care board chooses a time"


class Link(Base):
    """An address that only its recipient knows."""

    __tablename__ = "links"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of what stands in the address: a copy of the database opens nothing."""
    purpose: Mapped[Purpose] = mapped_column(words(Purpose))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Whom of the family it is for; None where it is for somebody else."""
    telling_id: Mapped[int | None] = mapped_column(ForeignKey("tellings.id"))
    action_id: Mapped[int | None] = mapped_column(ForeignKey("agreed_actions.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship()
    person: Mapped[Person | None] = relationship()
