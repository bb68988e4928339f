"""Sign-in: passwords, second factors and sessions. Who a member of staff *is* lives in `scheduling.models.staff`."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base
from scheduling.models import Staff
from scheduling.vault import sealed
from scheduling.vault.sealed import SealedRow


class Account(SealedRow, Base):
    """How one member of staff proves who they are."""

    __tablename__ = "accounts"
    sealed_for_service = True

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    password_hash: Mapped[str]
    totp_secret = sealed.text()
    totp_counter: Mapped[int] = mapped_column(default=0)
    """The last half-minute whose code was used: a code works once."""

    staff: Mapped[Staff] = relationship()


class RecoveryCode(Base):
    """Stands in for the second factor once, when the telephone is lost."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    code_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256: the codes are random, so that no slow hash is needed to keep them."""
    used_at: Mapped[datetime | None]


class EntraIdentity(Base):
    """Whom somebody's own organisation vouches for. Its two numbers never change hands, as addresses do."""

    __tablename__ = "entra_identities"
    __table_args__ = (UniqueConstraint("tenant_id", "object_id"),)

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    tenant_id: Mapped[str]
    object_id: Mapped[str]

    staff: Mapped[Staff] = relationship()


class SignedIn(Base):
    """A browser in which somebody has signed in; removing the row signs them out."""

    __tablename__ = "signed_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    """Names it on the page that ends it."""
    token_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the cookie: a copy of the database lets nobody in."""
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
    proved_at: Mapped[datetime]
    """When they last gave their password and a code here."""
    browser: Mapped[str]
    """As its owner would know it: "Firefox on Windows"."""

    staff: Mapped[Staff] = relationship()


class SignInFailure(Base):
    """A failed try to sign in: counted before any password is hashed."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (Index("ix_sign_in_failures_who_at", "who", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    who: Mapped[str]
    """HMAC of the address that was tried."""
    at: Mapped[datetime]
