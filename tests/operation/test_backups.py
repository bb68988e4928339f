"""A backup is made while others write, is good, is told from one that is not, and brings the record back."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, Executable, delete, func, select, text, update
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.cases import offering
from scheduling.law.certificates import Kind
from scheduling.models import FAMILY, Backup, Booking, Case, Cell, Certificate, Drill, Entry, Staff
from scheduling.operation import backups, drills, installation
from scheduling.operation.installation import Installation
from tests import builders, postgres
from tests.builders import moment
from webapp.cli import commands

NOW = moment("2026-11-24 10:00")

Run = Callable[..., Result]


@pytest.fixture
def folder(engine: Engine, tmp_path: Path) -> Path:
    """Where the clock puts backups of a record with one meeting in it."""
    with db.Session.begin() as session:
        case = builders.case(session, builders.town(session), told="2026-11-23 10:25")
        offering.place_if_waiting(session, case.id, now=NOW)
    folder = tmp_path / "backups"
    installation.use(Installation(data=tmp_path, backups=folder))
    return folder


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """The command line, on this test's database."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("BACKUP_DIR", str(tmp_path / "backups"))
    yield lambda *words: CliRunner().invoke(commands, [str(word) for word in words])
    db.Session.kw["bind"].dispose()  # a command binds an engine of its own, by which the test may have looked


@pytest.fixture
def empty_database(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Another database of the same kind, with nothing in it."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    with server.fresh_database() as url:
        yield url


def certificate(session: Session, *, document: bytes) -> Certificate:
    """The only family's, with these bytes where others were issued."""
    return Certificate(
        case=session.scalars(select(Case)).one(),
        kind=next(iter(Kind)),
        number="CG-1",
        code="ABCD",
        issued_at=NOW,
        issued_on=NOW.date(),
        issued_by=session.scalars(select(Staff)).first(),
        appeal_by=NOW.date(),
        appeal_last_lawful=NOW.date(),
        document=document,
        digest=hashlib.sha256(b"%PDF-1.7").hexdigest(),
    )


def only_file(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


def tried(folder: Path) -> tuple[str, ...]:
    return drills.try_out(only_file(folder), backups.address()).faults


def test_a_backup_is_for_our_own_eyes_and_holds_everything(folder: Path) -> None:
    made = backups.make(backups.address(), folder)

    file = only_file(folder)
    assert (file.name, file.stat().st_size, backups.digest(file)) == (made.name, made.size, made.digest)
    assert [oct(path.stat().st_mode)[-3:] for path in (folder, file)] == ["700", "600"]
    found = drills.try_out(file, backups.address())
    assert found.is_sound
    assert found.rows > 100
    assert list(folder.iterdir()) == [file], "the drill leaves nothing behind"


def test_a_backup_made_while_others_write_is_whole(folder: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.wait(0.01):  # SQLite hands its one turn to whoever asks first, not to whoever has waited longest
            with db.Session.begin() as session:
                case = session.scalars(select(Case)).one()
                number += 1
                case.record(f"Line {number}", by=FAMILY, now=NOW)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [backups.make(backups.address(), folder) for _ in range(3)]
    finally:
        stop.set()
        writer.join()

    assert all(drills.try_out(folder / backup.name, backups.address()).is_sound for backup in made)


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        pytest.param(delete(Cell), "does not fill its quarter-hours", id="a time was lost"),
        pytest.param(text("DELETE FROM claims"), "keeps no time", id="a meeting has no time"),
    ],
)
def test_a_record_that_is_not_whole_is_found_out(folder: Path, damage: Executable, fault: str) -> None:
    with db.Session.begin() as session:
        session.execute(damage)
    backups.make(backups.address(), folder)

    assert any(fault in told for told in tried(folder))


def test_a_certificate_that_is_not_the_one_that_was_issued_is_found_out(folder: Path) -> None:
    with db.Session.begin() as session:
        session.add(certificate(session, document=b"another"))
    backups.make(backups.address(), folder)

    assert tried(folder) == ("certificate 1 is not the one that was issued",)


def test_the_clock_makes_one_when_it_is_due_and_keeps_all_of_a_day_and_one_of_each_other(folder: Path) -> None:
    backups.make_if_due(NOW)
    backups.make_if_due(NOW)
    newest = only_file(folder).name

    with db.Session.begin() as session:
        at = db.moment(session).replace(hour=12)
        for days, number in ((40, 1), (10, 1), (10, 2), (3, 1)):
            made_at = at - timedelta(days=days) + timedelta(minutes=number)
            session.add(Backup(name=f"{days}-{number}", made_at=made_at, size=1, digest="", form="", seconds=0))
            (folder / f"{days}-{number}").touch()
    backups.forget_old(folder)

    assert {path.name for path in folder.iterdir()} == {"10-1", "3-1", newest}


def test_once_a_week_the_newest_is_tried_and_how_it_went_is_written_down(folder: Path) -> None:
    drills.do_if_due(NOW)
    backups.make_if_due(NOW)
    drills.do_if_due(NOW)
    drills.do_if_due(NOW)

    with db.Reading() as session:
        assert [(row.name, row.faults) for row in session.scalars(select(Drill))] == [(only_file(folder).name, None)]


def test_a_restore_brings_everything_back_and_the_service_may_begin(
    folder: Path,
    run: Run,
    empty_database: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = run("backup")
    assert made.exit_code == 0, made.output
    file = only_file(folder)

    monkeypatch.setenv("DATABASE_URL", empty_database)
    done = run("restore", file)
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "Everything is as it should be.")
    engine = db.open_engine(empty_database)
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Booking)) == 1
    engine.dispose()
    again = run("restore", file)
    assert "never writes over a record" in str(again.exception)


def test_a_check_says_what_is_wrong_leaves_the_record_alone_and_notes_it(folder: Path, run: Run) -> None:
    with db.Session.begin() as session:
        session.execute(update(Booking).values(status="cancelled", cancelled_at=NOW))
    run("backup")

    told = run("restore", "--check", only_file(folder))

    assert told.exit_code == 1
    assert "is off and still keeps its time" in told.output
    with db.Reading() as session:
        assert [row.faults is None for row in session.scalars(select(Drill))] == [False]
        assert session.scalar(select(func.count()).select_from(Entry)) != 0


def test_a_file_that_is_something_else_is_refused_in_a_sentence(folder: Path, run: Run, tmp_path: Path) -> None:
    other = tmp_path / "holiday.jpg"
    other.write_bytes(b"not a record")

    assert "no backup of the kind" in str(run("restore", "--check", other).exception)
