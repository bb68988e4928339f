"""`backup` and `restore`: the whole record into a file, a look whether a file is good, and the record from a file."""

import time
from pathlib import Path

import click
import sqlalchemy as sa
from sqlalchemy import Engine, NullPool

from scheduling import db
from scheduling.operation import backups, drills
from scheduling.operation.proof import Proof
from scheduling.refusals import Refused
from webapp import composition, migrations, settings


class NowhereToGo(Refused):
    """Neither an argument nor a setting names a folder."""

    def __str__(self) -> str:
        return "Say into which folder, or set BACKUP_DIR: ./run backup /mnt/backups"


class NotOurs(Refused):
    """A copy of SQLite for PostgreSQL, or the other way about, or something else."""

    def __str__(self) -> str:
        return "This is no backup of the kind of database that DATABASE_URL names."


class SomethingIsThere(Refused):
    """A restore never writes over a record."""

    def __str__(self) -> str:
        return (
            "The database of DATABASE_URL has tables already, and a restore never writes over a record. "
            "Name an empty one, or look whether the file is good with --check."
        )


@click.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.pass_context
def backup(context: click.Context, folder: Path | None) -> None:
    """Copy the whole record into a new file of FOLDER, or of BACKUP_DIR, while the service works."""
    chosen = settings.load()
    target = folder or chosen.backup_dir
    if target is None:
        raise NowhereToGo
    context.call_on_close(composition.prepare(chosen).dispose)
    made = backups.make(backups.address(), target)
    click.echo(f"{target / made.name}: {made.size} bytes in {made.seconds:.1f} seconds, SHA-256 {made.digest}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only look whether it is good, in a place of its own.")
@click.pass_context
def restore(context: click.Context, file: Path, *, check: bool) -> None:
    """Make the record from FILE in the empty database of DATABASE_URL; the service must not be running."""
    chosen = settings.load()
    record = db.normalised(chosen.migration_database_url or chosen.database)
    if file.suffix != backups.COPIES[record.get_backend_name()].SUFFIX:
        raise NotOurs
    began = time.monotonic()
    if check:
        found = drills.try_out(file, record, first=migrations.upgrade)
        _note(chosen, file.name, found, seconds=time.monotonic() - began)
    else:
        found = _bring_back(chosen, record, file)
    click.echo(f"{found.rows} rows in {time.monotonic() - began:.1f} seconds")
    for fault in found.faults:
        click.echo(fault)
    click.echo("Everything is as it should be." if found.is_sound else "This record is not whole.")
    context.exit(0 if found.is_sound else 1)


def _note(chosen: settings.Settings, name: str, found: Proof, *, seconds: float) -> None:
    """Write the check down as a drill, where there is a record to write it in."""
    engine = db.connect(chosen.database)
    if sa.inspect(engine).has_table("drills"):
        drills.write_down(name, found, seconds=seconds)
    engine.dispose()


def _bring_back(chosen: settings.Settings, record: sa.URL, file: Path) -> Proof:
    chosen.make_data_dir()
    engine = db.open_engine(record.render_as_string(hide_password=False), pool=NullPool)
    if _is_filled(engine):
        raise SomethingIsThere
    backups.COPIES[record.get_backend_name()].bring_back(file, record)
    migrations.upgrade(engine)
    return drills.look_through(engine)


def _is_filled(engine: Engine) -> bool:
    return bool(sa.inspect(engine).get_table_names())
