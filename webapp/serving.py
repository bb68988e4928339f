"""The web process under waitress, which lets no slow client hold up another.

A client that drips its request costs a connection and no thread: a request is whole before a thread sees it.
"""

import threading
import time
from typing import Final

import click
import waitress
from waitress import wasyncore
from waitress.server import BaseWSGIServer

from webapp import composition, freshness, settings
from webapp.app import create_app

THREADS: Final = 8
LARGEST_BODY: Final = 1024 * 1024
LARGEST_HEADERS: Final = 32 * 1024

MOST_CONNECTIONS: Final = 500
"""Far more than families and staff ever open; beyond them the next one waits to be let in."""
SILENT_SECONDS: Final = 60
"""A connection on which nothing moves for so long is closed."""
BACKLOG: Final = 512

DRAIN_SECONDS: Final = 20
"""How long a web process that was told to stop goes on with what it has in hand."""
LOOK_SECONDS: Final = 0.2


@click.command()
@click.option("--host", default="127.0.0.1", help="0.0.0.0 in a container, whose doors somebody else keeps.")
def serve(host: str) -> None:
    """Answer calls, texts and browsers on this machine's own address."""
    chosen = settings.load()
    stop = composition.until_told_to_stop()
    server = listening(create_app(chosen), chosen.port, host=host)
    freshness.keep(stop)
    run(server, stop)


def listening(app: object, port: int, *, host: str = "127.0.0.1") -> BaseWSGIServer:
    """A server that lets connections in from now on; it answers them while it runs."""
    return waitress.create_server(
        app,
        host=host,
        port=port,
        threads=THREADS,
        max_request_body_size=LARGEST_BODY,
        max_request_header_size=LARGEST_HEADERS,
        connection_limit=MOST_CONNECTIONS,
        channel_timeout=SILENT_SECONDS,
        cleanup_interval=SILENT_SECONDS // 2,
        backlog=BACKLOG,
        asyncore_use_poll=True,  # or more than a thousand files could not be watched
        ident=None,
        # Never believed; but where it is taken away, whoever comes through a proxy seems to be this machine.
        clear_untrusted_proxy_headers=False,
    )


def run(server: BaseWSGIServer, stop: threading.Event) -> None:
    """Serve until told to stop; then take no more, and finish what is in hand.

    Waitress by itself would finish the work and send no answer, so its loop is turned here.
    """
    while not stop.is_set():
        _turn(server)
    wasyncore.dispatcher.close(server)  # only the door: those inside are served
    until = time.monotonic() + DRAIN_SECONDS
    while _is_at_work(server) and time.monotonic() < until:
        _turn(server)
    server.task_dispatcher.shutdown(timeout=1)
    for channel in list(server.active_channels.values()):
        channel.handle_close()
    server.trigger.close()


def _turn(server: BaseWSGIServer) -> None:
    wasyncore.loop(timeout=LOOK_SECONDS, map=server._map, use_poll=True, count=1)  # noqa: SLF001 - as waitress itself


def _is_at_work(server: BaseWSGIServer) -> bool:
    """Whether a request that has come whole has not been answered whole; one that only drips is not waited for."""
    channels = list(server.active_channels.values())
    return any(channel.requests or channel.total_outbufs_len or channel.close_when_flushed for channel in channels)
