"""How long a caller waits for us: a bare page, a signed document, and the full route with its commit, in one run.

    .venv/bin/python -m benchmarks.webhook [--seconds 30] [--rate 20] [--database-url postgresql://...]

Everything is served as in production: waitress in a process of its own, the real application, a migrated database. The
bare page is Flask's smallest, without our guards and headers. The three are asked in turn, so that a busy machine slows
each of them alike, and compared within each tenth of the run. Then calls come at a steady rate while the worker and the
clock run, and at last sixteen callers ring at once, each again as soon as it was answered. Nothing here is a test:
figures depend on the machine, and docs/reference/benchmarks.md keeps those of one.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click
from flask import Flask, Response, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from telephony import phrases, signature, voice
from telephony.line import Line
from telephony.voice import Prompt
from webapp import composition, migrations, serving, settings
from webapp.app import create_app

BASE_URL = "https://line.example"
SECRET = "a-secret-of-the-benchmark"  # noqa: S105 - signs nothing but these requests
HELLO, SIGNED, FULL = "/hello", "/signed", "/twilio/voice"
PORT = 8399
AT_ONCE = 16
"""Twice the threads that answer."""
WARM_UP = 50
ROUNDS = 10
SETTLE_SECONDS = 15
"""The worker and the clock have begun by then."""
SERVED = "served"


@dataclass(frozen=True)
class Timed:
    """Milliseconds that requests took."""

    took: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.took)

    def percentile(self, share: int) -> float:
        return statistics.quantiles(self.took, n=100, method="inclusive")[share - 1]


@click.command()
@click.option("--requests", default=500, help="How many of each kind are asked in turn.")
@click.option("--rate", default=20, help="Calls a second while everything runs.")
@click.option("--seconds", default=30, help="How long they come.")
@click.option("--database-url", default="", help="Another database than a new SQLite file; it is migrated.")
def measure(requests: int, rate: int, seconds: int, database_url: str) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as data_dir:
        environment = settings.inherited(
            ENVIRONMENT="demo",
            DATA_DIR=data_dir,
            DATABASE_URL=database_url,
            PUBLIC_BASE_URL=BASE_URL,
            TWILIO_AUTH_TOKEN=SECRET,
            PORT=str(PORT),
            MAILBOX_PORT=str(PORT + 1),
        )
        with _process(environment, "benchmarks.webhook", SERVED):
            _wait_for(PORT)
            with _client(PORT) as ask:
                _print_in_turn({path: ask(path) for path in (HELLO, SIGNED, FULL)}, requests)
            with _process(environment, "webapp", "worker"), _process(environment, "webapp", "clock"):
                _print_at_a_rate(PORT, rate, seconds)
                _print_at_once(PORT, seconds)


def serve() -> None:
    """The application, and beside it a bare page and a signed document that touch no database."""
    chosen = settings.load()
    engine = composition.prepare(chosen)
    migrations.upgrade(engine)
    engine.dispose()
    line = composition.line(chosen)
    beside: dict[str, Any] = {HELLO: _hello(), SIGNED: _signed(line)}
    served = serving.listening(DispatcherMiddleware(create_app(chosen).wsgi_app, beside), chosen.port)
    serving.run(served, composition.until_told_to_stop())


def _hello() -> Flask:
    app = Flask("hello")
    app.add_url_rule("/", view_func=lambda: "Hello", methods=["POST"])
    return app


def _signed(line: Line) -> Flask:
    app = Flask("signed")

    def answer() -> Response:
        url = signature.requested_url(line, request.environ)
        if not signature.is_genuine(line, url, request.form, request.headers.get(signature.HEADER)):
            return Response(status=403)
        document = voice.document(line, Prompt(says=(phrases.GREETING, phrases.MENU), step="menu", turn=1))
        return Response(document, content_type="text/xml; charset=utf-8")

    app.add_url_rule("/", view_func=answer, methods=["POST"])
    return app


Ask = Callable[[], float]


@contextmanager
def _client(port: int) -> Iterator[Callable[[str], Ask]]:
    connection = HTTPConnection("127.0.0.1", port, timeout=15)
    numbers = count()

    def to(path: str) -> Ask:
        return lambda: _asked(connection, path, next(numbers))

    yield to
    connection.close()


def _asked(connection: HTTPConnection, path: str, number: int) -> float:
    """One new call, signed beforehand; gives the milliseconds until its answer is whole."""
    path = f"{path}/" if path in {HELLO, SIGNED} else path
    form = {
        "AccountSid": "",
        "CallSid": f"CA{os.getpid():08x}{id(connection):016x}{number:08x}",
        "From": "+447700900123",
        "To": "+443001234567",
        "CallStatus": "ringing",
        "Direction": "inbound",
    }
    signed = signature.sign(SECRET, f"{BASE_URL}{path}", form)
    headers = {"Content-Type": "application/x-www-form-urlencoded", signature.HEADER: signed}
    body = urlencode(form)
    begun = time.perf_counter()
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    answer.read()
    took = (time.perf_counter() - begun) * 1000
    if answer.status != HTTPStatus.OK:
        raise click.ClickException(f"{path} answered {answer.status}")
    return took


def _print_in_turn(asks: dict[str, Ask], requests: int) -> None:
    took: dict[str, list[float]] = {path: [] for path in asks}
    for turn in range(WARM_UP + requests):
        for path, ask in asks.items():
            milliseconds = ask()
            if turn >= WARM_UP:
                took[path].append(milliseconds)
    click.echo("one after the other      median      p99    of hello, in each tenth")
    for path, name in ((HELLO, "hello"), (SIGNED, "signed TwiML"), (FULL, "full route, committed")):
        timed, ratios = Timed(took[path]), _ratios(took[path], took[HELLO])
        each = f"{statistics.median(ratios):6.2f} x   ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        click.echo(f"{name:<22} {timed.median:6.2f} ms {timed.percentile(99):6.2f} ms {each}")


def _ratios(took: list[float], hello: list[float]) -> list[float]:
    """How many times as long as a bare page, in each round, from the least to the most."""
    each = max(len(took) // ROUNDS, 1)
    begins = range(0, len(took), each)
    return sorted(Timed(took[at : at + each]).median / Timed(hello[at : at + each]).median for at in begins)


def _print_at_a_rate(port: int, rate: int, seconds: int) -> None:
    begins, calls = time.perf_counter() + SETTLE_SECONDS, rate * seconds

    def ring(number: int) -> float:
        time.sleep(max(0.0, begins + number / rate - time.perf_counter()))
        with _client(port) as ask:
            return ask(FULL)()

    with ThreadPoolExecutor(max_workers=rate) as callers:
        timed = Timed(list(callers.map(ring, range(calls))))
    click.echo(f"\n{rate} calls a second for {seconds} s, with the worker and the clock running")
    click.echo(f"median {timed.median:.1f} ms, p99 {timed.percentile(99):.1f} ms, longest {max(timed.took):.1f} ms")


def _print_at_once(port: int, seconds: int) -> None:
    until = time.perf_counter() + seconds

    def ring_again_and_again(_caller: int) -> list[float]:
        with _client(port) as ask:
            one = ask(FULL)
            return list(iter(lambda: one() if time.perf_counter() < until else 0.0, 0.0))

    with ThreadPoolExecutor(max_workers=AT_ONCE) as callers:
        timed = Timed([took for each in callers.map(ring_again_and_again, range(AT_ONCE)) for took in each])
    click.echo(f"\n{AT_ONCE} callers at once for {seconds} s: {len(timed.took) / seconds:.0f} answers a second")
    click.echo(f"median {timed.median:.1f} ms, p99 {timed.percentile(99):.1f} ms, longest {max(timed.took):.1f} ms")


@contextmanager
def _process(environment: dict[str, str], module: str, *arguments: str) -> Iterator[None]:
    started = subprocess.Popen(  # noqa: S603 - our own modules
        [sys.executable, "-m", module, *arguments],
        cwd=Path(__file__).parent.parent,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        started.terminate()
        started.wait()


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            HTTPConnection("127.0.0.1", port, timeout=1).connect()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise click.ClickException("the server did not start")


if __name__ == "__main__":
    if sys.argv[1:] == [SERVED]:
        serve()
    else:
        measure()
