"""`./run keys`: the keys of the record's vault, which seals what families told us in confidence."""

import click

from scheduling import db
from scheduling.vault import masters, upkeep
from webapp import composition, migrations, settings

A_BATCH = 500
"""So many keys change their master in one transaction."""


@click.group()
def keys() -> None:
    """The keys of the record's vault."""


@keys.command()
@click.argument("name", default="1")
def make(name: str) -> None:
    """Print new keys as the settings want them; NAME tells master keys apart."""
    click.echo(f"VAULT_KEYS={masters.made(name)}")
    click.echo(f"VAULT_INDEX_KEY={masters.new_secret()}")
    click.echo(
        "Keep a copy of both elsewhere than the record and its backups: without them nobody can read it again. "
        "To replace a master key, put the new one first in VAULT_KEYS, leave VAULT_INDEX_KEY as it is, restart "
        "everything and run `./run keys rotate`.",
        err=True,
    )


@keys.command()
def rotate() -> None:
    """Wrap every key of the record by the newest master key; it may be stopped and begun again at any time."""
    composition.prepare(settings.load())
    changed = 0
    while True:
        with db.Session.begin() as session:
            some = upkeep.rewrap_some(session, at_most=A_BATCH)
        changed += some
        if not some:
            break
    click.echo(f"{changed} keys are wrapped by {masters.newest()} now. No older master key is needed for the record.")


@keys.command()
def seal() -> None:
    """Seal what still stands in the open, as `./run migrate` does."""
    engine = composition.prepare(settings.load())
    click.echo(f"{migrations.seal_old_rows(engine)} rows were sealed.")
