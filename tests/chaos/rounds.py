"""One round: everything is started, families come, something is killed every second or so, and then we count."""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from scheduling import clock, db
from scheduling.cases import mediation
from scheduling.models import FAMILY, Booking, Case, ContactChannel, Message, MessageState, Role
from scheduling.outbox import carriers
from scheduling.reference import load as reference
from scheduling.vault import masters
from tests import builders
from tests.chaos import counting, databases, mail_server, processes, provider
from tests.chaos.counting import Count
from tests.chaos.databases import Database
from tests.chaos.load import Load
from tests.chaos.mail_server import UNKNOWN, MailServer
from tests.chaos.processes import Fleet, Process
from tests.chaos.provider import Provider
from webapp import migrations

MORNING = builders.moment("2026-11-24 10:00")
TOWNS, FAMILIES, ADVISERS = 2, 5, 6
CALL_IS_OVER = carriers.CALL_TIMEOUT + timedelta(seconds=2)
DRAINED_WITHIN_SECONDS = 180


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is done in a round; the seed says when and to whom."""

    database: str
    seed: int
    seconds: float = 8
    copies: int = 1
    """Of the worker and of the clock."""
    killed: str | None = None
    """Only processes of this name are killed at random; None for any."""
    faults: float = 1.0


@dataclass
class Outcome:
    """What came of it."""

    plan: Plan
    kills: Counter[str]
    falls: int
    answers: Counter[str]
    """How the provider and the mail server answered."""
    count: Count
    failed: Counter[str]
    """What families heard instead of an answer."""
    slowest: float
    ended: list[str] = field(default_factory=list)
    """How each process ended that was told to stop at last."""
    took: float = 0


def run(plan: Plan, folder: Path) -> Outcome:
    """One round, in a folder of its own."""
    begun = time.monotonic()
    chance = random.Random(plan.seed)
    false = Provider(random.Random(chance.random()), _times(provider.FAULTS, plan.faults))
    mails = MailServer(
        random.Random(chance.random()),
        before=_times(mail_server.BEFORE, plan.faults),
        after=_times(mail_server.AFTER, plan.faults),
    )
    with (
        databases.BY_NAME[plan.database](folder) as database,
        provider.running(false, folder) as way,
        mail_server.running(mails) as mail_port,
    ):
        engine = db.connect(database.url)
        migrations.upgrade(engine)
        keys = vault()
        families = _families()
        port = processes.free_port()
        offset = MORNING - clock.now()
        told = environment(database, folder, mail_port, offset) | way | keys
        load = Load([port], families, lambda case_id: _write_down(case_id, now=clock.now() + offset))
        with processes.running(folder, told, port, plan.copies) as fleet:
            false.kill_the_caller = mails.kill_the_caller = lambda: fleet.kill_every("worker")
            with _time_goes_faster():
                load.begins()
                falls = _havoc(chance, fleet, database, plan)
                load.ends()
                fleet.wait_until_ready()
                drain(fleet.processes)
            ended = fleet.end()
            count = counting.afterwards(load.answered, false, mails)
        engine.dispose()
    slowest = max(load.answered.latest, default=0)
    answers = false.answered + mails.answered
    took = time.monotonic() - begun
    return Outcome(plan, fleet.kills, falls, answers, count, load.answered.failed, slowest, ended, took)


def _write_down(case_id: int, *, now: datetime) -> bool:
    """A family's wish, as it is recorded from a page."""
    try:
        with db.Session.begin() as session:
            case = session.get_one(Case, case_id)
            if case.mediation_wanted_at is None:
                mediation.want(session, case, by=FAMILY, now=now, said_at=now, channel=ContactChannel.PAGE)
    except DBAPIError:
        return False
    return True


def vault() -> dict[str, str]:
    """The keys by which rows are written here and read there."""
    made = {"VAULT_KEYS": masters.made("chaos"), "VAULT_INDEX_KEY": masters.new_secret()}
    keys = {name: os.environ.get(name, key) for name, key in made.items()}
    masters.use(masters.parse(keys["VAULT_KEYS"], keys["VAULT_INDEX_KEY"]))
    return keys


def _times(faults: Mapping[str, float], times: float) -> dict[str, float]:
    return {name: percent * times for name, percent in faults.items()}


def environment(database: Database, folder: Path, mail_port: int, offset: timedelta) -> dict[str, str]:
    """What a process is told, but for the keys of the vault and the way to the provider."""
    return {
        "ENVIRONMENT": "demo",  # only the demo may live on another day; it sends by Twilio all the same
        "DEMO_CLOCK_OFFSET": str(offset.total_seconds()),
        "DATABASE_URL": database.url,
        "DATA_DIR": str(folder / "data"),
        "TWILIO_ACCOUNT_SID": provider.ACCOUNT,
        "TWILIO_AUTH_TOKEN": provider.SECRET,
        "TWILIO_API_KEY": "SK" + "0" * 32,
        "TWILIO_API_SECRET": "a secret that nobody asks for",
        "SMTP_URL": f"smtp://127.0.0.1:{mail_port}",
    }


def _families() -> list[int]:
    """Places and people, and the cases of families who will want mediation; one has an address that is wrong."""
    with db.Session.begin() as session:
        reference.load(session)
        for at in range(ADVISERS):
            builders.staff(session, Role.ADVISER, f"Adviser {at}")
        towns = [builders.town(session, f"Town{at}", f"99{at}") for at in range(TOWNS)]
        made = [
            builders.case(session, town, number=f"+4475{index:02}{at:06}", email=_address(index, at))
            for at in range(FAMILIES)
            for index, town in enumerate(towns)
        ]
        return [case.id for case in made]


def _address(town: int, family: int) -> str:
    return f"{UNKNOWN if town == family == 0 else f'family-{town}-{family}@'}family.example"


def _havoc(chance: random.Random, fleet: Fleet, database: Database, plan: Plan) -> int:
    """Kill somebody every second or so; let the database fall over once on the way, if it can."""
    until = time.monotonic() + plan.seconds
    falls_at = time.monotonic() + chance.uniform(0.3, 0.7) * plan.seconds
    falls = 0
    while time.monotonic() < until:
        time.sleep(chance.uniform(0.2, 2.0))
        if database.falls_over is not None and not falls and time.monotonic() >= falls_at:
            database.falls_over()
            time.sleep(chance.uniform(0.1, 1.0))
            database.gets_up()
            falls += 1
        else:
            fleet.kill_somebody(chance, plan.killed)
    return falls


def drain(working: Sequence[Process]) -> None:
    """Wait until everything that was written has gone, and everybody who waits for a time has one."""
    until = time.monotonic() + DRAINED_WITHIN_SECONDS
    while _waiting() and time.monotonic() < until:
        time.sleep(0.3)
    assert not _waiting(), "the machine is too slow for this round: not everything has gone yet"
    assert all(process.is_ready() for process in working), "a process has ended by itself"


def _waiting() -> int:
    on_their_way = Message.state.in_([MessageState.QUEUED, MessageState.SENDING])
    unplaced = select(func.count()).where(Case.mediation_wanted_at.is_not(None), ~Case.id.in_(select(Booking.case_id)))
    try:
        with db.Reading() as session:
            letters = session.scalars(select(func.count()).select_from(Message).where(on_their_way)).one()
            return letters + session.scalars(unplaced).one()
    except DBAPIError:
        return 1


class _time_goes_faster:  # noqa: N801 - read as a phrase
    """A lease of ninety seconds is over as soon as the call that it guards surely is, and every wait ends at once."""

    def __enter__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(0.5):
            try:
                self._once()
            except DBAPIError:
                continue  # it has just fallen over, or somebody else writes

    def _once(self) -> None:
        with db.Session.begin() as session:
            moment = db.moment(session)
            past = moment - timedelta(seconds=1)
            silent = (Message.state == MessageState.SENDING, Message.attempted_at < moment - CALL_IS_OVER)
            session.execute(update(Message).where(*silent).values(lease_until=past))
            waits = (Message.state == MessageState.QUEUED, Message.next_try_at > moment)
            session.execute(update(Message).where(*waits).values(next_try_at=past))
