"""The deadline card of a case: every day that counts, with its rule, what it does not forgive, and how many are left.

The plain day stands first. The last lawful day is beside it where the law forgives a weekend, August or Christmas, and
a sentence says so; nothing here is stored, so another bank holiday or another letter date is another card at once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import agreements, certificates, known, meeting, routes
from scheduling.cases.known import Known
from scheduling.law import deadlines, rules, traps
from scheduling.law.deadlines import Deadline
from scheduling.law.routes import Clock
from scheduling.law.rules import Owed, Rule
from scheduling.law.working_days import Calendar
from scheduling.models import Agreement, Case
from scheduling.reference import calendar


@dataclass(frozen=True, kw_only=True)
class Line:
    """One deadline as it is shown: never the moved day without the plain one."""

    deadline: Deadline
    days_left: int
    """Calendar days to the plain day; negative once it is over."""
    is_met: bool
    since: date
    """From when it has been known: no alarm belongs to a day before."""
    notes: tuple[str, ...] = ()
    """What people get wrong about this very day, in sentences."""
    is_agreed: bool = False
    """Part of what was agreed, and so only for the parties and the staff of the case."""

    @property
    def day(self) -> date:
        return self.deadline.day

    @property
    def last_lawful(self) -> date | None:
        """The day on which it would still be in time, where that is another than the plain day."""
        return None if self.deadline.last_lawful == self.deadline.day else self.deadline.last_lawful

    @property
    def left(self) -> str:
        """How near the plain day is, in words."""
        if self.days_left == 0:
            return "Today"
        number = abs(self.days_left)
        days = f"{number} {'day' if number == 1 else 'days'}"
        return f"{days} left" if self.days_left > 0 else f"{days} ago"

    @property
    def name(self) -> str:
        """The rule in words."""
        return self.deadline.rule.name

    @property
    def owed_by(self) -> Owed:
        return self.deadline.rule.owed_by

    @property
    def source(self) -> str:
        return self.deadline.citation

    @property
    def certainty(self) -> str:
        return self.deadline.certainty

    @property
    def public_rule(self) -> Rule:
        """The rule as it may stand where what was agreed must not be seen."""
        return rules.AGREED_WITHIN_WEEKS if self.is_agreed else self.deadline.rule


def of(session: Session, case: Case, *, today: date) -> list[Line]:
    """The card: every deadline that is known of the case, the nearest first; promises of an agreement among them."""
    about, agreed = known.of(session, case), agreements.of(session, case)
    return card(about, agreed, calendar.working_days(session), today=today)


def card(about: Known, agreed: Sequence[Agreement], days: Calendar, *, today: date) -> list[Line]:
    """The same from what has been read of the case."""
    lines = [
        *_from_the_letter(about, days, today),
        *_from_the_telling(about, days, today),
        *_of_the_notice(about, days, today),
        *_of_the_certificate(about, days, today),
        *_of_the_agreements(agreed, today),
    ]
    return sorted(lines, key=lambda line: line.day)


def still_unmet(case: Case, lines: Iterable[Line]) -> list[Line]:
    """Those of its card for which somebody still has to do something; in a closed case that is only what was agreed."""
    return [line for line in lines if not line.is_met and (case.closed_at is None or line.is_agreed)]


def for_everybody(lines: list[Line]) -> list[Line]:
    """The card without what was agreed, for whoever was not in the room."""
    return [line for line in lines if not line.is_agreed]


def _line(found: Deadline, today: date, *, since: datetime | date, is_met: bool, notes: tuple[str, ...] = ()) -> Line:
    known = london.london_day(since) if isinstance(since, datetime) else since
    return Line(deadline=found, days_left=(found.day - today).days, is_met=is_met, since=known, notes=notes)


def _from_the_letter(about: Known, days: Calendar, today: date) -> Iterator[Line]:
    """Until the route is known it is taken to lead to an appeal: a day too many is better than one too late."""
    case = about.case
    route = routes.of(case)
    if case.letter_date is None:
        return
    if route is None or route.needs_certificate:
        contact = deadlines.contact_adviser_by(case.letter_date, days)
        notes = (*_first_contact(about, contact), *traps.of_contact(contact, days))
        # Whoever has a case has contacted us: late or not, there is nothing left to do about it.
        yield _line(contact, today, since=case.opened_at, is_met=True, notes=notes)
    if route is None or route.may_appeal:
        appeal = deadlines.appeal_by(case.letter_date, days, certificate_issued=about.certificate_on)
        yield _line(appeal, today, since=case.opened_at, is_met=False, notes=traps.of_appeal(appeal, days))


def _first_contact(about: Known, limit: Deadline) -> Iterator[str]:
    """The family's proof, or the reason why an adviser has to decide."""
    if about.contacted_at is not None:
        contacted = london.london_day(about.contacted_at)
        in_time = "in time" if contacted <= limit.day else "late, so an adviser decides"
        yield f"First contact with us: {london.written_day(contacted)}, {in_time}."


def _from_the_telling(about: Known, days: Calendar, today: date) -> Iterator[Line]:
    case = about.case
    if case.told_at is None:
        return
    told, route = london.london_day(case.told_at), routes.of(case)
    if case.health_in_issue:
        health = deadlines.health_told_by(told, days)
        yield _line(health, today, since=case.told_at, is_met=about.care_told_at is not None)
    if case.declined_at is not None:
        return
    is_met = about.kept is not None or _was_held(about)
    if route is None or route.clock is not Clock.HEALTH:
        ends = deadlines.mediation_window(told, days).last_date
        yield _line(ends, today, since=case.told_at, is_met=is_met, notes=traps.of_thirty_days(told, ends, days))
    elif about.care_told_at is not None:
        care_told = london.london_day(about.care_told_at)
        ends = deadlines.health_mediation_by(care_told)
        notes = traps.of_thirty_days(care_told, ends, days)
        yield _line(ends, today, since=care_told, is_met=is_met, notes=notes)


def _of_the_notice(about: Known, days: Calendar, today: date) -> Iterator[Line]:
    """For the meeting that is booked, the day by which the family had to hear of it."""
    booking = about.kept
    if booking is None or london.london_day(booking.starts_at) < today:
        return
    given = about.noticed_at or booking.booked_at
    limits = deadlines.notice_latest(london.london_day(booking.starts_at), days)
    ordinary = london.written_day(limits.ordinary.day)
    notes = (f"Counted the ordinary way it would be {ordinary}; after that the family has to agree to less.",)
    is_met = london.london_day(given) <= limits.clear.day
    if about.notice_agreed_at is not None:
        notes, is_met = (f"The family agreed to less notice at {london.written(about.notice_agreed_at)}.",), True
    yield _line(limits.clear, today, since=booking.booked_at, is_met=is_met, notes=notes)


def _of_the_certificate(about: Known, days: Calendar, today: date) -> Iterator[Line]:
    """Due for three working days after what calls for it, whatever may still be in its way."""
    if not certificates.may_be_due(about, today):
        return
    due = certificates.earliest_due(certificates.permitted(about, days, today=today))
    if due is not None:
        yield _line(due, today, since=days.before(due.day, due.rule.number), is_met=False)


def _of_the_agreements(agreed: Sequence[Agreement], today: date) -> Iterator[Line]:
    for agreement in agreed:
        for action in agreement.actions:
            due = agreements.deadline(action)
            yield Line(
                deadline=due,
                days_left=(due.day - today).days,
                is_met=action.done_at is not None,
                since=agreement.agreed_on,
                notes=("The parties wrote this day down, so it rules.",) if action.written_down else (),
                is_agreed=True,
            )


def _was_held(about: Known) -> bool:
    """By the latest meeting that was booked, whatever became of those before it."""
    latest = max(about.meetings, key=lambda one: one.booking.starts_at, default=None)
    return latest is not None and meeting.was_mediation(latest)
