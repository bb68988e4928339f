"""What the family was told before it decided, and the certificate that it was issued."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling import audit
from scheduling.audit import Action, Fact
from scheduling.db import Base, words
from scheduling.law.certificates import Information, Kind
from scheduling.models.case import Case
from scheduling.models.history import ActorKind
from scheduling.models.staff import Staff
from scheduling.vault import sealed
from scheduling.vault.sealed import SealedRow


class Informed(Base):
    """The adviser has told the family one thing of the script; without all of them there is no certificate."""

    __tablename__ = "informed"
    __table_args__ = (UniqueConstraint("case_id", "item"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    item: Mapped[Information] = mapped_column(words(Information))
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))


class Certificate(audit.Audited, SealedRow, Base):
    """A mediation certificate as it was issued: one for a decision, and never another word in it."""

    __tablename__ = "certificates"
    __table_args__ = (CheckConstraint("appeal_by <= appeal_last_lawful", name="rolls_forward"),)
    sealed_for = ("case_id",)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), unique=True)
    kind: Mapped[Kind] = mapped_column(words(Kind))
    number: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str]
    """With the number, lets anybody ask whether it is genuine."""
    issued_at: Mapped[datetime]
    issued_on: Mapped[date]
    """London's day of it, which is printed and from which the month for the appeal runs."""
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    reason = sealed.optional_text()
    """Why, where the authority has said nothing."""
    appeal_by: Mapped[date]
    appeal_last_lawful: Mapped[date]
    document = sealed.content()
    """The PDF, byte for byte as it was sent."""
    digest: Mapped[str]
    """The SHA-256 of the PDF itself, as it was sent."""

    case: Mapped[Case] = relationship()
    issued_by: Mapped[Staff] = relationship()

    def fact(self) -> Fact:
        """That it was issued, and with which words: the digest stands for the document."""
        return Fact(
            action=Action.CERTIFICATE,
            case_id=self.case_id,
            actor_kind=ActorKind.STAFF.value,
            actor_id=self.issued_by_id,
            object_kind=self.__tablename__,
            object_id=self.id,
            detail=audit.words(self.kind.value, self.number, self.issued_at, self.digest),
        )
