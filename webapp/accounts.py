"""Sign-in: passwords, second factors and sessions. Who a member of staff *is* lives in `scheduling.models.staff`."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base
from scheduling.models import Staff


class Account(Base):
    """How one member of staff proves who they are."""

    __tablename__ = "accounts"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    password_hash: Mapped[str]
    totp_secret: Mapped[str]
    totp_counter: Mapped[int] = mapped_column(default=0)
    """The last half-minute whose code was used: a code works once."""

    staff: Mapped[Staff] = relationship()


class SignedIn(Base):
    """A browser in which somebody has signed in; removing the row signs them out."""

    __tablename__ = "signed_in"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of the cookie: a copy of the database lets nobody in."""
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    since: Mapped[datetime]
    seen_at: Mapped[datetime]

    staff: Mapped[Staff] = relationship()


class SignInFailure(Base):
    """A failed try to sign in: counted before any password is hashed."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (Index("ix_sign_in_failures_who_at", "who", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    who: Mapped[str]
    """HMAC of the address that was tried."""
    at: Mapped[datetime]
