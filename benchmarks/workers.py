"""How fast the outbox empties with one worker, with two and with four, over a carrier that takes its time.

    .venv/bin/python -m benchmarks.workers [--messages 400] [--answer-in 50] [--database-url postgresql://...]

Each worker is a process of its own, with the application's own round of deliveries and another's carrier: one that
answers after so many milliseconds and writes down what it was given, so that what went twice is counted. Without an
address a PostgreSQL of the machine's is started for the run; SQLite has one writer and is not measured here.
"""

import multiprocessing
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path

import click
from sqlalchemy import select

from scheduling import clock, db
from scheduling.models import Channel, Message, MessageState
from scheduling.outbox import delivery
from scheduling.outbox.carriers import Parcel, Receipt
from tests import our_vault, postgres
from webapp import migrations

WORKERS = (1, 2, 4)


@dataclass(frozen=True)
class Slow:
    """A carrier that answers after some time and keeps a list."""

    seconds: float
    listing: Path

    def carry(self, parcel: Parcel) -> Receipt:
        time.sleep(self.seconds)
        with self.listing.open("a") as listing:
            listing.write(f"{parcel.message_id}\n")
        return Receipt(provider_id=f"{parcel.message_id}-{parcel.token}")

    def find(self, parcel: Parcel) -> Receipt | None:  # noqa: ARG002 - nothing is ever lost here
        return None


@click.command()
@click.option("--messages", default=400, help="How many wait in the outbox.")
@click.option("--answer-in", default=50, help="Milliseconds that the carrier takes for each.")
@click.option("--database-url", default="", help="A PostgreSQL database that may be filled and emptied.")
def measure(messages: int, answer_in: int, database_url: str) -> None:
    """Print the figures."""
    our_vault.make()
    with ExitStack() as until_done:
        url = database_url or _own_database(until_done)
        engine = db.connect(url)
        migrations.upgrade(engine)
        folder = Path(until_done.enter_context(tempfile.TemporaryDirectory()))
        first = 0.0
        for workers in WORKERS:
            _fill(messages, run=workers)
            engine.dispose()  # no connection may be shared with the processes that begin now
            listing = folder / str(workers)
            took = _empty(url, Slow(answer_in / 1000, listing), workers)
            carried = Counter(listing.read_text().split())
            first = first or took
            doubled = sum(number - 1 for number in carried.values())
            pace = f"{len(carried) / took:.1f} messages a second, {first / took:.2f} times one worker"
            click.echo(f"{workers} worker(s): {pace}; {messages - len(carried)} lost, {doubled} doubled")


def _own_database(until_done: ExitStack) -> str:
    server = until_done.enter_context(postgres.crashing()).server  # as careful with the disk as in earnest
    return until_done.enter_context(server.fresh_database())


def _fill(number: int, *, run: int) -> None:
    with db.Session.begin() as session:
        session.add_all(
            Message(
                key=f"{run}:{each}",
                token=f"{run}:{each}",
                channel=Channel.EMAIL,
                purpose="benchmark",
                address=f"{each}@example.org",
                recipient="nobody",
                subject="Nothing",
                body="Nothing",
                written_at=clock.now(),
            )
            for each in range(number)
        )


def _empty(url: str, carrier: Slow, workers: int) -> float:
    """Seconds until nothing is due any more."""
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(workers + 1)
    processes = [context.Process(target=_work, args=(url, carrier, ready)) for _ in range(workers)]
    for process in processes:
        process.start()
    ready.wait()
    began = time.monotonic()
    for process in processes:
        process.join()
    return time.monotonic() - began


def _work(url: str, carrier: Slow, ready: Barrier) -> None:
    our_vault.use()
    engine = db.connect(url)
    ready.wait()
    waiting = select(Message.id).where(Message.state == MessageState.QUEUED).limit(1)
    while True:
        delivery.deliver_due({Channel.EMAIL: carrier}, clock.now())
        with db.Reading() as session:
            if session.scalar(waiting) is None:
                break
    engine.dispose()


if __name__ == "__main__":
    measure()
