"""Mediators as coordinators keep them: what is known of each, adding one, altering one, and conflicts of interest.

An alteration is shown with what it does to meetings before it is made; see `alterations`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import london, numbers
from scheduling.diary import alterations, hours
from scheduling.diary.alterations import Alteration
from scheduling.diary.hours import Hours
from scheduling.diary.moves import Cause
from scheduling.models import (
    Actor,
    Authority,
    Booking,
    BookingKind,
    BookingStatus,
    Case,
    Conflict,
    Mediator,
    MediatorHours,
    MediatorLanguage,
    ResourceKind,
    Side,
)
from scheduling.reference import changes
from scheduling.refusals import Refused

RUNS_OUT_SOON = timedelta(days=60)


@dataclass(eq=False)
class AddressTaken(Refused):
    """Invitations would go to one for the other."""

    email: str

    def __str__(self) -> str:
        return f"There is a mediator with the address {self.email} already"


class OfNobody(Refused):
    """A conflict of interest is with somebody."""

    def __str__(self) -> str:
        return "Choose an authority, name a school, or give the reference of a case of the family"


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Everything that is known of a mediator but leave and conflicts. The names are those of the record."""

    name: str
    email: str
    number: str | None = None
    works_with: frozenset[Authority] = frozenset()
    languages: frozenset[str] = frozenset()
    hours: Hours = ()
    outcode: str | None = None
    travels_km: int | None = None
    meetings_a_day: int = 2
    meetings_a_week: int | None = None
    accredited_until: date | None = None
    meets_from_afar: bool = True
    is_active: bool = True

    def written(self) -> dict[str, str]:
        """As people read it, a line for each thing."""
        return {
            "Name": self.name,
            "Email": self.email,
            "Telephone": numbers.written(self.number) if self.number else "",
            "Works with": ", ".join(sorted(authority.name for authority in self.works_with)),
            "Languages": ", ".join(sorted(self.languages)),
            "Working hours": hours.written(self.hours),
            "Sets out from": self.outcode or "",
            "Travels": "anywhere" if self.travels_km is None else f"{self.travels_km} km",
            "Meetings a day": str(self.meetings_a_day),
            "Meetings a week": "as the days allow" if self.meetings_a_week is None else str(self.meetings_a_week),
            "Accredited until": london.written_day(self.accredited_until) if self.accredited_until else "",
            "Sits from afar": "yes" if self.meets_from_afar else "no",
            "Works with us": "yes" if self.is_active else "no",
        }


EMPTY = Profile(name="", email="")
"""Nobody: what a table has as its heading."""


def described(mediator: Mediator) -> Profile:
    """What is known of a mediator now."""
    return Profile(
        name=mediator.name,
        email=mediator.email,
        number=mediator.number,
        works_with=frozenset(mediator.works_with),
        languages=frozenset(one.language for one in mediator.spoken),
        hours=hours.in_order((one.weekday, one.starts, one.ends) for one in mediator.hours),
        outcode=mediator.outcode,
        travels_km=mediator.travels_km,
        meetings_a_day=mediator.meetings_a_day,
        meetings_a_week=mediator.meetings_a_week,
        accredited_until=mediator.accredited_until,
        meets_from_afar=mediator.meets_from_afar,
        is_active=mediator.is_active,
    )


def languages(typed: str) -> frozenset[str]:
    """The languages of a line, each once however it is written."""
    named = (" ".join(words.split()) for words in typed.split(","))
    return frozenset({words.casefold(): words for words in named if words}.values())


def add(session: Session, profile: Profile, *, by: Actor, now: datetime) -> Mediator:
    """Somebody who may be booked for meetings from now on; raises AddressTaken."""
    _must_be_free(session, profile.email)
    mediator = Mediator()
    _become(mediator, profile)
    session.add(mediator)
    session.flush()
    changes.record(session, about(mediator), f"{mediator.name} works with us", by=by, now=now)
    return mediator


def alter(session: Session, mediator: Mediator, profile: Profile, *, by: Actor, now: datetime) -> Alteration:
    """What is known of a mediator changes; raises AddressTaken."""
    if profile.email != mediator.email:
        _must_be_free(session, profile.email)
    known = described(mediator)
    lines = alterations.differences(known.written(), profile.written())

    def make() -> None:
        _become(mediator, profile, known=known)
        if lines:
            changes.record(session, about(mediator), f"{known.name}. {'. '.join(lines)}", by=by, now=now)

    return _alteration(mediator, make, lines)


def conflict(session: Session, mediator: Mediator, found: Conflict, *, by: Actor, now: datetime) -> Alteration:
    """The mediator is not independent of somebody, and sits in none of their cases any more; raises OfNobody."""
    if found.authority_id is None and not found.school and found.person_id is None:
        raise OfNobody
    of_whom = of(session, found)

    def make() -> None:
        mediator.conflicts.append(
            Conflict(
                authority_id=found.authority_id,
                school=found.school,
                person_id=found.person_id,
                because=found.because,
            )
        )
        what = f"{mediator.name} is not independent of {of_whom}"
        changes.record(session, about(mediator), what, why=found.because, by=by, now=now)

    return _alteration(mediator, make, [f"Independence: not of {of_whom}"])


def settle(session: Session, found: Conflict, *, by: Actor, now: datetime) -> None:
    """A conflict of interest was written down by mistake, or is over."""
    mediator = found.mediator
    what = f"{mediator.name} is independent of {of(session, found)} again"
    changes.record(session, about(mediator), what, by=by, now=now)
    mediator.conflicts.remove(found)
    session.flush()


def of(session: Session, found: Conflict) -> str:
    """With whom a conflict is, in words that say nothing of a family but a case of it."""
    if found.authority_id is not None:
        return session.get_one(Authority, found.authority_id).name
    if found.school:
        return found.school
    reference = session.scalar(select(Case.reference).where(Case.person_id == found.person_id).order_by(Case.id))
    return f"the family of case {reference}"


def about(mediator: Mediator) -> str:
    """What a change to a mediator is about, in the history."""
    return f"mediator {mediator.id}"


def runs_out_soon(mediator: Mediator, today: date) -> bool:
    """Whether the accreditation has run out, or does so in the next weeks."""
    return mediator.accredited_until is not None and mediator.accredited_until <= today + RUNS_OUT_SOON


def load(session: Session, first_day: date, last_day: date) -> dict[int, int]:
    """How many meetings each mediator has from one day to another, both included."""
    begins, ends = london.at(first_day, time(0)), london.at(last_day + timedelta(days=1), time(0))
    theirs = select(Booking.mediator_id).where(
        Booking.kind == BookingKind.MEDIATION,
        Booking.status != BookingStatus.CANCELLED,
        Booking.starts_at >= begins,
        Booking.starts_at < ends,
    )
    return dict(Counter(number for number in session.scalars(theirs) if number is not None))


def _alteration(mediator: Mediator, make: alterations.Made, lines: Sequence[str]) -> Alteration:
    what = ", ".join(line.partition(":")[0].lower() for line in lines)
    return Alteration(
        resources=[(ResourceKind.MEDIATOR, mediator.id)],
        make=make,
        cause=Cause(side=Side.MEDIATOR, because=f"What we know of the mediator has changed: {what}."),
        lines=lines,
    )


def _become(mediator: Mediator, profile: Profile, *, known: Profile | None = None) -> None:
    """Take over what is not so already; hours and languages that stay keep their rows."""
    for name in (one.name for one in fields(Profile)):
        wanted = getattr(profile, name)
        if known is not None and getattr(known, name) == wanted:
            continue
        if name == "hours":
            wanted = [MediatorHours(weekday=weekday, starts=starts, ends=ends) for weekday, starts, ends in wanted]
        elif name == "works_with":
            wanted = sorted(wanted, key=lambda authority: authority.name)
        if name == "languages":
            _speak(mediator, wanted)
        else:
            setattr(mediator, name, wanted)


def _speak(mediator: Mediator, wanted: frozenset[str]) -> None:
    kept = [one for one in mediator.spoken if one.language in wanted]
    known = {one.language for one in kept}
    mediator.spoken = [*kept, *(MediatorLanguage(language=language) for language in sorted(wanted - known))]


def _must_be_free(session: Session, email: str) -> None:
    if session.scalar(select(Mediator.id).where(Mediator.email == email)) is not None:
        raise AddressTaken(email)
