"""`./run demo`: set the stage, tell the fortnight once, start everything and say what to open."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import click

from scheduling import clock, db, london
from scheduling.models import Channel
from scheduling.outbox.carriers import Carrier
from scheduling.outbox.smtp import SmtpCarrier
from scheduling.refusals import Refused
from telephony.simulator import mailbox
from telephony.simulator.carrier import SimulatorCarrier
from webapp import composition, migrations, settings, together
from webapp.demo import stage, story
from webapp.settings import Settings

try:
    import fcntl
except ImportError:  # Windows has none: two starts at once are the reader's own risk there
    fcntl = None  # type: ignore[assignment]

TOLD_DAYS = 14
LOG = "service.log"


class NotHere(Refused):
    """Invented families have no place among real ones."""

    def __str__(self) -> str:
        return "ENVIRONMENT is production: the demonstration does not run there. Use ./run all, or unset ENVIRONMENT."


@click.command()
@click.option("--empty", is_flag=True, help="Places and people only, without the told fortnight.")
@click.option("--at", "at", type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d"]), help="On this day: 2026-12-01T09:00.")
@click.pass_context
def demo(context: click.Context, *, empty: bool, at: datetime | None) -> None:
    """Run the whole service on this machine; no account is needed and nobody is really rung or written to."""
    chosen = settings.load()
    if chosen.environment is not settings.Environment.DEMO:
        raise NotHere
    together.must_be_free(chosen.port)
    offset = chosen.demo_clock_offset if at is None else _seconds_until(at)
    clock.shift(timedelta(seconds=offset))
    chosen.make_data_dir()
    with alone_in(chosen.data_dir):
        prepare(chosen, empty=empty)
    log = chosen.data_dir / LOG
    context.exit(
        together.run(chosen, when_open=lambda: _say_what_to_open(chosen), log=log, DEMO_CLOCK_OFFSET=str(offset)),
    )


def prepare(chosen: Settings, *, empty: bool) -> None:
    """Make the database, set the stage, and tell the fortnight unless it was told before or is not wanted."""
    click.echo("Preparing the database …")
    migrations.prepare_database(chosen)
    with db.Session.begin() as session:
        if not stage.is_set(session):
            stage.put_up(session, chosen.demo_password)
        is_told = story.is_told(session)
    if not is_told and not empty:
        click.echo("Telling a fortnight of the service's life …")
        with _on_the_table(chosen) as carriers:
            story.tell(carriers, until=clock.now(), days=TOLD_DAYS)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Whoever starts second in this folder waits until the first has told everything, or it would be told twice."""
    with (folder / "preparing.lock").open("w") as lock:
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)  # goes with its process, however that ends
        yield


@contextmanager
def _on_the_table(chosen: Settings) -> Iterator[dict[Channel, Carrier]]:
    """The simulator's screen and the local mailbox, whatever the settings say: no server gets invented mail."""
    composition.introduce(chosen)
    port = together.free_port(chosen.mailbox_port)
    screen = SimulatorCarrier(composition.line(chosen), chosen.data_dir, target=chosen.local_url)
    with mailbox.taking_mail(port, chosen.data_dir):
        yield {Channel.SMS: screen, Channel.EMAIL: SmtpCarrier(f"smtp://127.0.0.1:{port}", chosen.mail_from)}
    screen.close()


def _seconds_until(at: datetime) -> float:
    moment = london.at(at.date(), at.time())
    return round((moment - clock.now()).total_seconds())


def _say_what_to_open(chosen: Settings) -> None:
    with db.Reading() as session:
        people = stage.sign_ins(session)
    lines = [
        "",
        f"Common Ground is open on {chosen.local_url}, on {london.written(clock.now())}.",
        "",
        *_ways_in(chosen),
        "",
        "Sign in to the console with one of these, and a six-figure code:",
        *(f"  {person.email:<36} {person.role}" for person in people),
        f"  password: {chosen.demo_password}",
        *_codes(chosen, people),
        "",
        f"Ctrl-C ends everything. What happened is kept in {chosen.data_dir}, the log too; remove it to begin anew.",
    ]
    click.echo("\n".join(lines))


def _ways_in(chosen: Settings) -> list[str]:
    ways = [f"  Console         {chosen.local_url}/today"]
    if chosen.has_simulator:
        ways = [
            f"  Phone           {chosen.local_url}/simulator         ring or text the advice line",
            f"  Mailbox         {chosen.local_url}/simulator/mailbox every mail and invite",
            *ways,
        ]
    return ways


def _codes(chosen: Settings, people: list[stage.SignIn]) -> list[str]:
    """Where the code comes from; each secret as well, for those who use their own authenticator or a script."""
    secrets = [f"  second factor of {person.email}: {person.secret}" for person in people]
    if chosen.has_simulator:
        return [f"  codes: {chosen.local_url}/simulator/codes plays the authenticator app", *secrets]
    return secrets
