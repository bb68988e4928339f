"""The people on a family's side, each with their own contact record."""

from datetime import datetime, time
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, words
from scheduling.vault import sealed
from scheduling.vault.sealed import KeyHolder, SealedRow


class PersonRole(StrEnum):
    """In what capacity the person deals with us."""

    PARENT = "parent"
    CARER = "carer"
    YOUNG_PERSON = "young person"
    SUPPORTER = "supporter"
    ADVOCATE = "advocate"


class PartOfDay(StrEnum):
    """When on a day somebody would rather meet."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


class RemindedBy(StrEnum):
    """How somebody would rather be reminded."""

    TEXT = "text"
    CALL = "call"


class Person(KeyHolder, Base):
    """A parent, carer or young person, and how it is safe to reach them.

    A new number gets nothing unasked: `may_text` is None until the person has been asked.
    """

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[PersonRole] = mapped_column(words(PersonRole), default=PersonRole.PARENT)
    name = sealed.optional_text()
    email = sealed.optional_address(indexed=True)
    number = sealed.optional_address(indexed=True)
    """E.164, the safe number; None for a caller who withheld it and left none."""
    outcode: Mapped[str | None]
    """First half of the home postcode, for distance to a venue."""
    travels_km: Mapped[int | None]
    """How far they can come, as the crow flies; None: as far as the policy says."""
    prefers: Mapped[PartOfDay | None] = mapped_column(words(PartOfDay))
    other_number = sealed.optional_address()
    """A second safe number."""
    safe_from: Mapped[time | None]
    """From when on a day it is safe to reach them, in wall-clock time; None: at any humane hour."""
    safe_until: Mapped[time | None]
    interpreter = sealed.optional_text()
    """The language for which an interpreter is needed, British Sign Language among them."""
    may_text: Mapped[bool | None]
    reminded_by: Mapped[RemindedBy | None] = mapped_column(words(RemindedBy))
    """None: by text where texts are welcome, else by call where they have said that a call is safe."""
    may_leave_message: Mapped[bool] = mapped_column(default=False)
    may_say_place: Mapped[bool] = mapped_column(default=False)
    """Whether the line may say where a meeting is, to whoever has reference and PIN or takes our reminder by call:
    somebody may be in hiding."""
    code_word = sealed.optional_text()
    """A word that was agreed: we say and write it instead of our name."""
    texts_fail_since: Mapped[datetime | None]
    """The network says that no text can reach the number: another number must be asked for."""
    do_not_contact: Mapped[bool] = mapped_column(default=False)
    access_needs = sealed.optional_text()
    needs_step_free: Mapped[bool] = mapped_column(default=False)
    needs_hearing_loop: Mapped[bool] = mapped_column(default=False)
    needs_quiet_room: Mapped[bool] = mapped_column(default=False)
    needs_parking: Mapped[bool] = mapped_column(default=False)
    needs_breaks: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(default="en")


class CallBack(SealedRow, Base):
    """Somebody asked to be rung; at most one waits for each number."""

    __tablename__ = "call_backs"
    __table_args__ = (
        Index(
            "uq_call_backs_waiting_number",
            "number_index",
            unique=True,
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number = sealed.address()
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    because: Mapped[str]
    """Why, in a coordinator's words: "asked for a person", "another language"."""
    deadline_soon: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime]
    in_line_since: Mapped[datetime | None]
    """Their place in the line, kept from when they began to wait; None where a person must decide how to ring."""
    attempts: Mapped[int] = mapped_column(default=0)
    """How often their telephone was rung in vain."""
    next_try_at: Mapped[datetime | None]
    wanted_from: Mapped[datetime | None]
    """The time that the caller chose for our call; None: as soon as somebody is free."""
    wanted_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    person: Mapped[Person | None] = relationship()
