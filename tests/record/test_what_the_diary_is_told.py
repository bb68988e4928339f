"""Whatever a search depends on writes down that it changed, whoever changes it and by whatever way."""

import importlib.util
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text

VERSIONS = Path(__file__).parents[2] / "scheduling" / "migrations" / "versions"


def listened_to() -> list[str]:
    spec = importlib.util.spec_from_file_location("listeners", VERSIONS / "0024_what_changed_in_the_diary.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return list(module.TOLD_BY)


@pytest.mark.parametrize("table", listened_to())
def test_every_change_of_a_table_is_written_down_even_after_later_migrations(engine: Engine, table: str) -> None:
    listeners = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table",
        "postgresql": "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE relname = :table",
    }
    with engine.connect() as connection:
        found = set(connection.scalars(text(listeners[engine.dialect.name]), {"table": table}))

    assert {f"tr_{table}_tells_the_diary_of_{event}" for event in ("insert", "update", "delete")} <= found
    assert table in inspect(engine).get_table_names()
