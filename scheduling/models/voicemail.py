"""What callers left on the tape: a name and a number that is safe. No conversation is ever recorded."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling import audit
from scheduling.audit import Action, Fact
from scheduling.db import Base
from scheduling.models.case import Contact
from scheduling.models.history import ActorKind
from scheduling.vault import sealed
from scheduling.vault.sealed import SealedRow


class Voicemail(SealedRow, Base):
    """One recording: first at the provider, then here, and after the time it is kept nowhere."""

    __tablename__ = "voicemails"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), unique=True)
    recording_id: Mapped[str] = mapped_column(unique=True)
    """The provider's name of it. Its address is never kept: we only ask where we know the provider to be."""
    seconds: Mapped[int | None]
    sound = sealed.optional_content()
    media_type: Mapped[str | None]
    left_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    """When to ask the provider next, for the sound or for its removal; None when nothing is left to ask."""
    fetched_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    """When the provider had deleted its copy."""
    forgotten_at: Mapped[datetime | None]
    """When our own copy was deleted."""

    contact: Mapped[Contact] = relationship()
    listenings: Mapped[list["Listening"]] = relationship(order_by="Listening.id")


class Listening(audit.Audited, Base):
    """Somebody listened to a voicemail."""

    __tablename__ = "listenings"

    id: Mapped[int] = mapped_column(primary_key=True)
    voicemail_id: Mapped[int] = mapped_column(ForeignKey("voicemails.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]

    def fact(self) -> Fact:
        """Whose voicemail it was may not be known yet, so it is of no case's chain."""
        return Fact(
            action=Action.LISTENED,
            actor_kind=ActorKind.STAFF.value,
            actor_id=self.staff_id,
            object_kind=self.__tablename__,
            object_id=self.id,
            detail=audit.words(self.voicemail_id, self.staff_id, self.at),
        )
