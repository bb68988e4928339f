"""The record keeps every alphabet, however the database was set up."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from scheduling import db

pytestmark = pytest.mark.needs_postgres


@pytest.fixture
def without_a_language(engine: Engine) -> Iterator[Engine]:
    """A database as `initdb` makes it on a machine that has no language."""
    name = f"{engine.url.database}_ascii"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as server:
        server.exec_driver_sql(f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
        plain = db.open_engine(engine.url.set(database=name).render_as_string(hide_password=False))
        yield plain
        plain.dispose()
        server.exec_driver_sql(f"DROP DATABASE {name}")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_server_without_a_language_keeps_words_all_the_same(without_a_language: Engine) -> None:
    with without_a_language.connect() as connection:
        assert connection.scalar(sa.select(sa.literal("Żółć, Ελένη"))) == "Żółć, Ελένη"
