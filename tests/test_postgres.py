"""The throw-away PostgreSQL itself."""

import psycopg
import pytest
import sqlalchemy as sa

from tests import postgres

pytestmark = pytest.mark.needs_postgres


def plain(url: str) -> str:
    return sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def test_every_test_has_a_copy_of_the_template_and_leaves_nothing_behind() -> None:
    with postgres.server() as server, server.fresh_database() as template:
        with psycopg.connect(plain(template)) as connection:
            connection.execute("CREATE TABLE venues (name text)")

        with server.fresh_database(template) as first, psycopg.connect(plain(first)) as connection:
            connection.execute("INSERT INTO venues VALUES ('Library')")
        with server.fresh_database(template) as second, psycopg.connect(plain(second)) as connection:
            left = connection.execute("SELECT name FROM venues").fetchall()

        assert left == []
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            psycopg.connect(plain(second))
