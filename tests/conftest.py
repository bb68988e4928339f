"""A fresh, migrated database for every test, once on SQLite and once on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from scheduling import db
from tests import our_vault, postgres
from webapp import migrations

our_vault.make()

Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": FileSystemBytecodeCache()}
"""Each test has an application of its own; to compile all its pages anew would take half of the test's time."""

pytest_plugins = ["tests.not_run", "tests.unspoken"]

BOTH_DATABASES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.needs_postgres))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, made once and copied for every test."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    with postgres.server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: postgres.Server) -> Iterator[str]:
    """A migrated PostgreSQL database, made once and copied for every test."""
    with postgres_server.fresh_database() as url:
        _migrate(url)
        yield url


@pytest.fixture(params=BOTH_DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where this test's own database is: migrated, and empty."""
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres_server")
    with server.lent_database(request.getfixturevalue("postgres_template")) as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """`db.Session` and `db.Reading` bound to this test's database."""
    engine = db.connect(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """One unit of work, rolled back at the end of the test."""
    with db.Session(bind=engine) as session, session.begin() as transaction:
        yield session
        if transaction.is_active:
            transaction.rollback()


def _migrate(url: str) -> None:
    engine = db.open_engine(url)
    migrations.upgrade(engine)
    engine.dispose()
