"""Authorities as data: who they are, under which names people know them, and from when to when we serve them."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base


class Authority(Base):
    """A local authority in England that is, was or may be responsible for children with special needs."""

    __tablename__ = "authorities"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    """The Department for Education's three digits, which survive renaming."""
    name: Mapped[str] = mapped_column(unique=True)
    """As people say it: "Kingston upon Thames"."""
    official_name: Mapped[str]
    ons_code: Mapped[str]
    region: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    """Its last day; None while it exists."""
    local_offer: Mapped[str | None]
    """The address of its Local Offer on the web."""
    advice_service: Mapped[str | None]
    """What its own information and advice service is called."""
    advice_page: Mapped[str | None]
    advice_number: Mapped[str | None]

    aliases: Mapped[list["AuthorityAlias"]] = relationship(back_populates="authority", order_by="AuthorityAlias.words")
    contracts: Mapped[list["Contract"]] = relationship(back_populates="authority", order_by="Contract.starts_on")
    officers: Mapped[list["Officer"]] = relationship(back_populates="authority", order_by="Officer.id")
    successors: Mapped[list["Authority"]] = relationship(
        secondary="authority_successions",
        primaryjoin="Authority.id == AuthoritySuccession.authority_id",
        secondaryjoin="Authority.id == AuthoritySuccession.successor_id",
        order_by="Authority.name",
    )

    def is_served(self, day: date) -> bool:
        """Whether a contract with us covers the day and the authority still exists on it."""
        return (self.valid_to is None or day <= self.valid_to) and any(c.covers(day) for c in self.contracts)


class AuthorityAlias(Base):
    """Another name by which people know an authority."""

    __tablename__ = "authority_aliases"
    __table_args__ = (UniqueConstraint("authority_id", "words"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"))
    words: Mapped[str]
    must_ask: Mapped[bool]
    """The name may mean more than one council: always ask which."""

    authority: Mapped[Authority] = relationship(back_populates="aliases")


class AuthoritySuccession(Base):
    """An authority was abolished and this one took over its cases."""

    __tablename__ = "authority_successions"

    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    successor_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)


class Contract(Base):
    """The authority pays us to serve its families between two days."""

    __tablename__ = "contracts"
    __table_args__ = (CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    authority: Mapped[Authority] = relationship(back_populates="contracts")

    def covers(self, day: date) -> bool:
        """Whether the day lies in the contract, both ends included."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class Officer(Base):
    """Somebody at the authority whom we tell and invite."""

    __tablename__ = "officers"

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), unique=True)
    """The account with which they sign in, if they have one."""
    name: Mapped[str]
    email: Mapped[str]
    number: Mapped[str | None]
    may_decide: Mapped[bool]
    """Has authority to resolve the issues (regulation 38)."""
    is_manager: Mapped[bool] = mapped_column(default=False)
    """Whom we chase when nobody answers."""
    left_on: Mapped[date | None]

    authority: Mapped[Authority] = relationship(back_populates="officers")
