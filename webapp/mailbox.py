"""The demo's mailbox, which is a real SMTP server that keeps what it is given."""

import click

from telephony.simulator import mailbox as local_mailbox
from webapp import settings


@click.command()
def mailbox() -> None:
    """Take the demo's mail on a local port and keep it in the data directory."""
    chosen = settings.load()
    local_mailbox.serve(chosen.mailbox_port, chosen.data_dir)
