"""Today: what needs somebody, the nearest deadline first, and the meetings of the day.

Nothing of it is stored: it is asked of the record each time the page is opened, and every half minute while it is open
and looked at (static/live.js). What it is narrowed to stands in its address alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from scheduling import clock, db, london
from scheduling.cases import tasks, worklist
from scheduling.cases.item import Item
from scheduling.cases.needs import certificates, meetings
from scheduling.models import Authority, Booking, BookingStatus, Case, Message
from scheduling.reference import calendar
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console import clocks, looking
from webapp.console.blueprint import READS_CASES, console
from webapp.console.cases import WITH_PLACE
from webapp.console.clocks import RED_DAYS, DayClock, Tone


@dataclass(frozen=True)
class Row:
    """One thing to do, and the page on which it is done."""

    item: Item
    clock: DayClock | None
    tone: Tone | None
    href: str
    is_open: bool
    """Whether the visitor may see more of it than the reference and initials."""

    @property
    def key(self) -> str:
        """By which a page that reads itself again tells what is new; the words are in it, as one page has several."""
        return f"{self.item.what} {self.href}"


@dataclass(frozen=True)
class Counts:
    """The figures at the head of the board, of everything that is shown below."""

    to_do: int
    urgent: int
    unplaced: int
    certificates: int
    failed: int
    meetings: int


@dataclass(frozen=True)
class Narrowed:
    """What of the board is asked for: one's own work, or the cases of one authority; by itself everything."""

    only_mine: bool
    authority: str
    """Its three digits, or nothing."""

    @classmethod
    def asked(cls) -> "Narrowed":
        """As the address says; what no form of ours sends is as good as nothing."""
        return cls(only_mine=request.args.get("for") == "me", authority=request.args.get("authority", ""))

    @property
    def is_narrower(self) -> bool:
        """Whether something may be left out."""
        return self.only_mine or bool(self.authority)

    def has(self, row: Row) -> bool:
        """Whether this is to be shown: somebody's own is what their role does and no colleague's case."""
        is_mine = row.is_open and row.item.who is auth.current_staff().role
        return (is_mine or not self.only_mine) and self.is_of(row.item.case)

    def is_of(self, case: Case | None) -> bool:
        """Whether a case is the authority's that is asked for; what belongs to no case is nobody's."""
        authority = None if case is None else case.authority
        return not self.authority or (authority is not None and authority.code == self.authority)


@console.get("/today")
@staff_only(*READS_CASES, compartment=Compartment.FAMILY, scope=Scope.CASES)
def today() -> ResponseReturnValue:
    """The board, whole or narrowed; a page that reads itself again gets the part that changes."""
    now, narrowed = clock.now(), Narrowed.asked()
    with db.Reading() as session:
        rows = _rows(session, now=now)
        booked = _meetings(session, now=now)
        open_meetings = looking.open_cases(session, [meeting.case for meeting in booked])
        failed = _failed(session)
    shown = [row for row in rows if narrowed.has(row)]
    meetings_shown = [meeting for meeting in booked if narrowed.is_of(meeting.case)]
    return render_template(
        "console/today_board.html" if auth.is_by_itself() else "console/today.html",
        rows=shown,
        of_all=len(rows),
        counts=_counts(shown, failed=failed, meetings_today=len(meetings_shown)),
        meetings=meetings_shown,
        open_meetings=open_meetings,
        narrowed=narrowed,
        authorities=_authorities([*(row.item.case for row in rows), *(meeting.case for meeting in booked)]),
        today=london.london_day(now),
        red_days=RED_DAYS,
        read_at=now,
    )


def _counts(rows: list[Row], *, failed: int, meetings_today: int) -> Counts:
    return Counts(
        to_do=len(rows),
        urgent=sum(row.tone is Tone.RED for row in rows),
        unplaced=sum(row.item.what == meetings.FIND_A_TIME for row in rows),
        certificates=sum(row.item.what.startswith(certificates.ISSUE) for row in rows),
        failed=failed,
        meetings=meetings_today,
    )


def _authorities(cases: Iterable[Case | None]) -> list[Authority]:
    """Those whose cases are on the board at all, to choose from."""
    theirs = {case.authority for case in cases if case is not None and case.authority is not None}
    return sorted(theirs, key=lambda authority: authority.name)


def _rows(session: Session, *, now: datetime) -> list[Row]:
    days, day = calendar.working_days(session), london.london_day(now)
    items = [item for item in worklist.items(session, now=now) if _is_for_the_visitor(item)]
    may_see = looking.open_cases(session, [item.case for item in items])
    return [
        Row(
            item,
            clocks.of(item.case, days, today=day) if item.case is not None else None,
            clocks.tone(item.by, today=day) if item.by is not None else None,
            _href(item),
            is_open=item.case is None or item.case.id in may_see,
        )
        for item in items
    ]


def _is_for_the_visitor(item: Item) -> bool:
    """What a colleague has looked at is a manager's business, and what is erased."""
    if item.batch is not None:
        return auth.may("console.erasing")
    return item.look_alarm is None or auth.may("console.who_looked")


def _href(item: Item) -> str:
    """The page on which it is done: of several that would do, the one that says most."""
    return next(_pages(item), "")


def _pages(item: Item) -> Iterator[str]:
    if item.look_alarm is not None:
        yield url_for("console.who_looked")
    if item.batch is not None:
        yield url_for("console.erasing")
    if item.access is not None and item.case is not None and auth.may("console.records_of"):
        yield url_for("console.records_of", reference=item.case.reference, person_id=item.access.person_id)
    if item.message is not None:
        yield url_for("console.message", message_id=item.message.id)
    if item.call_back is not None:
        yield url_for("console.call_back", call_back_id=item.call_back.id)
    if item.mail is not None:
        yield url_for("console.mail", mail_id=item.mail.id)
    if item.contact is not None:
        yield url_for("console.contact", contact_id=item.contact.id)
    if item.feedback is not None:
        yield url_for("console.feedback_list", _anchor=f"feedback-{item.feedback.id}")
    if item.case is not None:
        yield url_for("console.case", reference=item.case.reference)


def _meetings(session: Session, *, now: datetime) -> list[Booking]:
    begins = london.at(london.london_day(now), time(0))
    ends = london.at(london.london_day(now) + timedelta(days=1), time(0))
    wanted = (
        select(Booking)
        .where(Booking.starts_at >= begins, Booking.starts_at < ends, Booking.status != BookingStatus.CANCELLED)
        .order_by(Booking.starts_at)
        .options(*WITH_PLACE, joinedload(Booking.case).options(joinedload(Case.authority), joinedload(Case.person)))
    )
    return list(session.scalars(wanted))


def _failed(session: Session) -> int:
    wanted = select(Message.id).where(tasks.reached_nobody())
    return len(session.scalars(wanted).all())
