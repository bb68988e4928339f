"""The timetable: everything that happens by the clock alone, and how often.

Each job is a sweep: it asks the tables what is due and does it. Nothing is planned ahead per booking, so nothing has to
be called off when a booking moves, a clock that was down for three days catches up by itself, and two clocks at once
do nothing twice. APScheduler only says when to look.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from apscheduler.schedulers.base import BaseScheduler
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.cases import (
    alarms,
    authority,
    calling,
    certificate_post,
    family_page,
    mediation,
    offering,
    promises,
    retention,
    ringing,
    thirty_days,
    voicemails,
    whole_plan,
)
from scheduling.diary import moves, reminders
from scheduling.jobs import anchoring, forgetting, heartbeat, looking
from scheduling.models import SERVICE
from scheduling.operation import backups, drills, incidents

log = logging.getLogger(__name__)

SETTINGS = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
"""A look that comes late is still taken, once, and never beside another of the same job."""


class Operation(Protocol):
    """Something that is done in a transaction, as of a moment."""

    def __call__(self, session: Session, *, now: datetime) -> object: ...


class Search(Protocol):
    """Which cases to look at, by their ids."""

    def __call__(self, session: Session, *, now: datetime) -> Sequence[int]: ...


class Act(Protocol):
    """Something that is done in one case."""

    def __call__(self, session: Session, case_id: int, /, *, now: datetime) -> object: ...


@dataclass(frozen=True, kw_only=True)
class Job:
    """One sweep of the timetable."""

    name: str
    every: int
    """Seconds from one look to the next."""
    sweep: Callable[[datetime], None]
    purpose: str
    looks_at_once: bool = True
    """Whether it looks when the clock starts, too."""


def in_a_transaction(operation: Operation) -> Callable[[datetime], None]:
    """The operation as a sweep: all of it or nothing."""

    def sweep(now: datetime) -> None:
        with db.Session.begin() as session:
            operation(session, now=now)

    return sweep


def one_by_one(search: Search, act: Act, *, of: str = "case") -> Callable[[datetime], None]:
    """Each case in a transaction of its own: a long list keeps no page waiting, and one bad case no other case."""

    def sweep(now: datetime) -> None:
        with db.Reading() as session:
            cases = search(session, now=now)
        for case_id in cases:
            try:
                with db.Session.begin() as session:
                    act(session, case_id, now=now)
            except Exception:  # whatever is wrong with one family's case must not keep the others waiting
                log.exception("a case could not be seen to", extra={of: case_id})

    return sweep


def show_life(_now: datetime) -> None:
    heartbeat.beat("clock")


PLANNED_IN = 30.0
"""Seconds of a night."""


def plan_the_night(now: datetime) -> None:
    """Propose a place for all who wait, once a night; the search itself is in no transaction."""
    night = whole_plan.night_of(now)
    if night is None:
        return
    with db.Reading() as session:
        question = None if whole_plan.is_made_for(session, night) else whole_plan.read(session, now=now)
    if question is None:
        return
    found = whole_plan.find(question, seconds=PLANNED_IN)
    with db.Session.begin() as session:
        if not whole_plan.is_made_for(session, night):
            whole_plan.write(session, found, by=SERVICE, now=now, night=night)


TIMETABLE = (
    Job(
        name="show life",
        every=10,
        sweep=show_life,
        purpose="Leaves the clock's sign of life, by which `/readyz` knows that time is being watched.",
    ),
    Job(
        name="tell the authorities",
        every=10,
        sweep=one_by_one(mediation.untold, mediation.tell_if_ready),
        purpose="Tells the authority of a family that wants mediation, once its record has become complete.",
    ),
    Job(
        name="give families their pages",
        every=60,
        sweep=one_by_one(family_page.without, family_page.send_first),
        purpose="Sends each family whose authority was told the link to its own pages, by mail or else by text.",
    ),
    Job(
        name="book the waiting cases",
        every=10,
        sweep=one_by_one(mediation.waiting_ids, offering.place_if_waiting),
        purpose="Books the best lawful time for every case whose authority was told, or offers times to its parties "
        "where the policy gives them time to choose, or says in its history why there is none.",
    ),
    Job(
        name="propose a whole plan",
        every=600,
        sweep=plan_the_night,
        purpose="Between 2 and 5 in the morning, once a night, finds places for all who wait together and proposes "
        "them to the coordinators; books nothing.",
    ),
    Job(
        name="settle offers",
        every=10,
        sweep=one_by_one(offering.unsettled, offering.settle_if_due),
        purpose="Books the best of the offered times when the time to choose has ended, and gives back what is held in "
        "vain.",
    ),
    Job(
        name="remind of offers",
        every=300,
        sweep=one_by_one(offering.unanswered, offering.remind),
        purpose="Asks a party once more that has not answered offered times, by day, before the time to choose ends.",
    ),
    Job(
        name="ring whoever is free",
        every=10,
        sweep=in_a_transaction(ringing.offer),
        purpose="Rings a free adviser for whoever waits, on the line or for a call-back that is due.",
    ),
    Job(
        name="begin advice sessions",
        every=10,
        sweep=in_a_transaction(ringing.ring_due_sessions),
        purpose="Rings the adviser, and then the family, when an advice session begins; three times at most.",
    ),
    Job(
        name="settle our calls",
        every=10,
        sweep=in_a_transaction(calling.settle),
        purpose="Ends the calls that were never placed, or of which nothing was heard any more, and tries again.",
    ),
    Job(
        name="place stranded meetings",
        every=60,
        sweep=in_a_transaction(moves.place_stranded),
        purpose="Moves meetings that lost their venue, mediator or officer, when another lawful time has become free.",
    ),
    Job(
        name="write reminders",
        every=60,
        sweep=one_by_one(reminders.due, reminders.write),
        purpose="Writes a text to the family, or rings it, two days before its appointment or meeting.",
    ),
    Job(
        name="raise deadline alarms",
        every=600,
        sweep=one_by_one(alarms.watched, alarms.raise_due),
        purpose="Writes an alarm 10, 5, 3 and 1 working days before a deadline that is not met yet, and once after.",
    ),
    Job(
        name="pass alarms on",
        every=600,
        sweep=in_a_transaction(alarms.pass_on_due),
        purpose="Writes to the manager of alarms that nobody has seen, after a working day, or four hours if pressing.",
    ),
    Job(
        name="ask silent authorities again",
        every=600,
        sweep=one_by_one(authority.silent, authority.ask_again),
        purpose="Asks an authority again, and its manager, 1 and 3 working days after a notice that is not answered.",
    ),
    Job(
        name="remind of care boards",
        every=600,
        sweep=one_by_one(authority.without_care_board, authority.remind_of_health),
        purpose="Reminds an authority to tell the integrated care board, a working day before it has to and after.",
    ),
    Job(
        name="prepare certificates",
        every=600,
        sweep=one_by_one(thirty_days.to_prepare, thirty_days.prepare),
        purpose="Says on day 20 of a case without a meeting what its certificate still lacks.",
    ),
    Job(
        name="send certificates",
        every=60,
        sweep=one_by_one(certificate_post.unsent, certificate_post.send_late),
        purpose="Sends a certificate that could not go when it was issued, as soon as there is a mail address.",
    ),
    Job(
        name="record missed windows",
        every=600,
        sweep=one_by_one(thirty_days.missed, thirty_days.note_breach),
        purpose="Records, when the 30 days have passed without a meeting, who caused it.",
    ),
    Job(
        name="remind of what was agreed",
        every=600,
        sweep=one_by_one(promises.owed, promises.remind),
        purpose="Writes to whoever has promised something 5 and 1 working days before it is due, and when it is late.",
    ),
    Job(
        name="watch the vital signs",
        every=60,
        sweep=in_a_transaction(incidents.watch),
        purpose="Logs and writes to the operator when a vital sign turns bad, and when it is good again.",
        looks_at_once=False,  # whoever starts with the clock has not shown itself yet
    ),
    Job(
        name="make a backup",
        every=60,
        sweep=backups.make_if_due,
        purpose="Copies the whole record into `BACKUP_DIR`: every 15 minutes on SQLite, once a day on PostgreSQL; "
        "keeps all of a day, and one of each of 35 days.",
    ),
    Job(
        name="try a backup",
        every=3600,
        sweep=drills.do_if_due,
        purpose="Once a week brings the newest backup back to life in a place of its own and looks through it.",
        looks_at_once=False,
    ),
    Job(
        name="anchor the audit",
        every=600,
        sweep=in_a_transaction(anchoring.anchor_daily),
        purpose="Once a day holds fast where every chain of the audit ends, and mails one hash over all of it.",
    ),
    Job(
        name="close unanswered questions",
        every=3600,
        sweep=in_a_transaction(forgetting.forget_questions),
        purpose="Closes questions of text conversations that were asked more than 24 hours ago.",
    ),
    Job(
        name="forget webhooks",
        every=3600,
        sweep=in_a_transaction(forgetting.forget_webhooks),
        purpose="Removes webhooks and the state of calls after 30 days; contacts stay.",
    ),
    Job(
        name="forget changes of the diary",
        every=3600,
        sweep=in_a_transaction(forgetting.forget_changes),
        purpose="Removes the lines from which searches know what changed in the diary, after 7 days.",
    ),
    Job(
        name="forget voicemails",
        every=3600,
        sweep=in_a_transaction(voicemails.forget_due),
        purpose="Deletes the sound of voicemails after 90 days, or the policy's; that somebody called stays.",
    ),
    Job(
        name="forget links",
        every=3600,
        sweep=in_a_transaction(retention.forget_links),
        purpose="Removes links that ended 30 days ago, or the policy's, and the visits that were made by them.",
    ),
    Job(
        name="forget words",
        every=3600,
        sweep=in_a_transaction(retention.forget_words),
        purpose="Blanks the words of our messages that belong to no case after a year, or the policy's days.",
    ),
    Job(
        name="ask copies back",
        every=3600,
        sweep=in_a_transaction(retention.ask_copies_back),
        purpose="Has the telephone provider delete its copies of texts after 30 days, or the policy's.",
    ),
    Job(
        name="propose what to erase",
        every=3600,
        sweep=in_a_transaction(retention.propose),
        purpose="Puts together what has been kept long enough, for a manager to confirm; erases nothing.",
    ),
    Job(
        name="erase what was confirmed",
        every=60,
        sweep=one_by_one(retention.confirmed, retention.erase, of="erasure"),
        purpose="Erases what a manager has confirmed, a record at a time.",
    ),
    Job(
        name="close what is erased",
        every=600,
        sweep=in_a_transaction(retention.finish),
        purpose="Writes into the audit what was erased, when nothing of a batch is left.",
    ),
)


def start(scheduler: BaseScheduler) -> None:
    """Look at once, then at every job's own pace."""
    for job in TIMETABLE:
        if job.looks_at_once:
            scheduler.add_job(take, args=[job], name=f"{job.name} (at the start)", **SETTINGS)
        scheduler.add_job(take, "interval", seconds=job.every, args=[job], name=job.name, jitter=1, **SETTINGS)
    scheduler.start()


def take(job: Job) -> None:
    """Take one look; one that fails is logged and taken again at its next time, and the others go on."""
    try:
        job.sweep(clock.now())
    except Exception:  # whatever went wrong with one sweep must not stop the clock
        log.exception("a sweep has failed", extra={"job": job.name})
        looking.note(job.name, failed=True)
    else:
        looking.note(job.name, failed=False)


def as_markdown() -> str:
    """The timetable as the page of our documentation."""
    rows = "".join(f"| {job.name} | {_pace(job.every)} | {job.purpose} |\n" for job in TIMETABLE)
    return (
        "# Timetable\n\n"
        "What the service does by the clock alone. Each job asks the tables what is due, so it may run late, twice,\n"
        "or in two processes at once. Written from `scheduling/jobs/timetable.py`: change that, not the page.\n\n"
        "| Job | Every | What it does |\n"
        "|---|---|---|\n"
        f"{rows}"
    )


def _pace(seconds: int) -> str:
    for unit, length in (("hour", 3600), ("minute", 60)):
        if seconds % length == 0:
            number = seconds // length
            return unit if number == 1 else f"{number} {unit}s"
    return f"{seconds} seconds"
