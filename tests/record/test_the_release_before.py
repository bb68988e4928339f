"""The release before and this one run side by side for a while: what it reads is there, and what it writes is taken.

Its tables stand in `released_tables.json`, since a checkout without history cannot run it. They are recorded anew at a
release by WRITE_RELEASED=1.
"""

import json
import os
from pathlib import Path
from typing import TypedDict

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from scheduling import db
from tests import builders

RECORD = Path(__file__).with_name("released_tables.json")

NEEDS_A_STOP: dict[str, str] = {}
"""What a release of its own notes asks for instead, by `table.column`, and why."""


class Column(TypedDict):
    type: str
    nullable: bool
    default: bool
    """Whether the database fills it in."""


Tables = dict[str, dict[str, Column]]


def tables(engine: Engine) -> Tables:
    """The tables as the database has them."""
    seen = sa.inspect(engine)
    return {
        table: {
            column["name"]: Column(
                type=type(column["type"].as_generic()).__name__,
                nullable=column["nullable"],
                default=column.get("default") is not None or bool(column.get("autoincrement")),
            )
            for column in seen.get_columns(table)
        }
        for table in sorted(seen.get_table_names())
        if table != "alembic_version"
    }


def record(released: dict[str, Tables]) -> None:
    """One line for each table, so that a release's changes can be read."""
    of_each = {
        on: ",\n".join(f"{json.dumps(name)}: {json.dumps(columns)}" for name, columns in known.items())
        for on, known in released.items()
    }
    whole = ",\n".join(f"{json.dumps(on)}: {{\n{lines}\n}}" for on, lines in of_each.items())
    RECORD.write_text(f"{{\n{whole}\n}}\n")


def taken_away(before: Tables, now: Tables) -> list[str]:
    """What the release before would miss, or could not write any more."""
    wrong = [f"{table} is gone" for table in before if table not in now]
    for table in before.keys() & now.keys():
        old, new = before[table], now[table]
        wrong += [f"{table}.{name} is gone" for name in old if name not in new]
        wrong += [
            f"{table}.{name} is new and compulsory"
            for name, column in new.items()
            if name not in old and not column["nullable"] and not column["default"]
        ]
        both = old.keys() & new.keys()
        wrong += [
            f"{table}.{name} has become compulsory"
            for name in both
            if old[name]["nullable"] and not new[name]["nullable"] and not new[name]["default"]
        ]
        wrong += [f"{table}.{name} has another type" for name in both if old[name]["type"] != new[name]["type"]]
    return sorted(one for one in wrong if one.partition(" ")[0] not in NEEDS_A_STOP)


@pytest.fixture
def released(engine: Engine) -> Tables:
    on = engine.dialect.name
    if os.environ.get("WRITE_RELEASED"):
        record({**json.loads(RECORD.read_text()), on: tables(engine)})
    recorded: Tables = json.loads(RECORD.read_text())[on]
    return recorded


def test_migrations_since_the_last_release_only_expand(engine: Engine, released: Tables) -> None:
    assert taken_away(released, tables(engine)) == []


def test_the_release_before_reads_what_this_one_has_written(engine: Engine, released: Tables) -> None:
    with db.Session.begin() as session:
        builders.case(session, builders.town(session), told="2026-11-23 10:25")

    with engine.connect() as connection:
        for table, columns in released.items():
            known = sa.table(table, *map(sa.column, columns))
            connection.execute(sa.select(known).limit(1)).all()


def test_the_release_before_writes_what_this_one_takes(engine: Engine, released: Tables) -> None:
    """Whatever stands in the tables is written once more by the columns that the release before knows."""
    with db.Session.begin() as session:
        builders.case(session, builders.town(session), told="2026-11-23 10:25")
    with engine.connect() as connection, connection.begin() as transaction:
        for table in ("people", "cases", "staff", "venues", "mediators"):
            known = sa.table(table, *(sa.column(name) for name in released[table] if name != "id"))
            row = dict(connection.execute(sa.select(known).limit(1)).mappings().one())
            row.update({name: f"{row[name]}0" for name in ("reference", "email", "name") if row.get(name)})
            connection.execute(sa.insert(known).values(row))
        transaction.rollback()


@pytest.mark.parametrize(
    ("now", "wrong"),
    [
        pytest.param({}, ["t is gone"], id="a table is dropped"),
        pytest.param({"t": {}}, ["t.a is gone"], id="a column is dropped"),
        pytest.param(
            {"t": {"a": Column(type="Text", nullable=False, default=False)}},
            ["t.a has become compulsory"],
            id="a column becomes compulsory",
        ),
        pytest.param(
            {"t": {"a": Column(type="Integer", nullable=True, default=False)}},
            ["t.a has another type"],
            id="a column changes its type",
        ),
        pytest.param(
            {
                "t": {
                    "a": Column(type="Text", nullable=True, default=False),
                    "b": Column(type="Text", nullable=False, default=False),
                }
            },
            ["t.b is new and compulsory"],
            id="a new column that the release before does not fill in",
        ),
        pytest.param(
            {
                "t": {
                    "a": Column(type="Text", nullable=True, default=False),
                    "b": Column(type="Text", nullable=False, default=True),
                },
                "u": {},
            },
            [],
            id="a new table, and a new column with a default, take nothing away",
        ),
    ],
)
def test_what_counts_as_taken_away(now: Tables, wrong: list[str]) -> None:
    assert taken_away({"t": {"a": Column(type="Text", nullable=True, default=False)}}, now) == wrong
