"""The demo's mailbox, which is a real SMTP server that keeps what it is given."""

from datetime import timedelta

import click

from scheduling import clock
from telephony.simulator import mailbox as local_mailbox
from webapp import settings


@click.command()
def mailbox() -> None:
    """Take the demo's mail on a local port and keep it in the data directory."""
    chosen = settings.load()
    clock.shift(timedelta(seconds=chosen.demo_clock_offset))  # a letter arrives on the demo's day
    local_mailbox.serve(chosen.mailbox_port, chosen.data_dir)
