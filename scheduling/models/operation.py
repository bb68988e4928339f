"""How the service itself fares: what the clock has looked at, what was wrong and when, and what is kept safe."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base, words
from scheduling.models.message import Channel


class Sweep(Base):
    """When a job of the timetable last came to its end, by the database's clock."""

    __tablename__ = "sweeps"

    job: Mapped[str] = mapped_column(primary_key=True)
    """Its name in the timetable."""
    done_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]


class Incident(Base):
    """One of the vital signs was bad from one moment to another; the operator was told of both."""

    __tablename__ = "incidents"
    __table_args__ = (
        Index(
            "uq_incidents_open_vital",
            "vital",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vital: Mapped[str]
    says: Mapped[str]
    """What was wrong when it began; about the service, never about a family."""
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Breaker(Base):
    """How often in a row a channel's carrier has failed us; there is none of a channel whose carrier works."""

    __tablename__ = "breakers"
    __table_args__ = (CheckConstraint("faults > 0", name="failed_at_least_once"),)

    channel: Mapped[Channel] = mapped_column(words(Channel), primary_key=True)
    faults: Mapped[int]
    since: Mapped[datetime]
    """When the first of them was, by the database's clock."""
    code: Mapped[str]
    """The carrier's, of the last of them."""


class Backup(Base):
    """A copy of the whole record in one file."""

    __tablename__ = "backups"
    __table_args__ = (CheckConstraint("size > 0", name="holds_something"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    """Of the file, in the folder of backups."""
    made_at: Mapped[datetime]
    size: Mapped[int] = mapped_column(BigInteger)
    """Bytes."""
    digest: Mapped[str]
    """SHA-256 of the file, in hexadecimal."""
    form: Mapped[str]
    """Of its tables: the number of the last migration."""
    seconds: Mapped[float]


class Drill(Base):
    """A backup was brought back to life in a place of its own, and looked through."""

    __tablename__ = "drills"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    """Of the backup's file."""
    done_at: Mapped[datetime]
    seconds: Mapped[float]
    rows: Mapped[int] = mapped_column(BigInteger)
    faults: Mapped[str | None]
    """What was wrong with it, a line each; None when everything was as it should be."""
