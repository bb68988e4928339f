"""The web process under waitress, which lets no slow client hold up another."""

import signal
import sys

import click
import waitress

from webapp import settings
from webapp.app import create_app

THREADS = 8
LARGEST_BODY = 1024 * 1024


@click.command()
def serve() -> None:
    """Answer calls, texts and browsers on this machine's own address."""
    chosen = settings.load()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # waitress then finishes what it has in hand
    waitress.serve(
        create_app(chosen),
        host="127.0.0.1",
        port=chosen.port,
        threads=THREADS,
        max_request_body_size=LARGEST_BODY,
        ident=None,
    )
