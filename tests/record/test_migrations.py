"""The numbered migrations and the models tell the same story, up and down, with data in the tables."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from scheduling import db
from tests import builders
from webapp import migrations


def test_the_newest_migration_gives_exactly_the_tables_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, db.Base.metadata) == []
        assert migrations.is_current(connection)


def test_every_migration_goes_down_and_up_again_with_data_in_the_tables(engine: Engine) -> None:
    with db.Session.begin() as session:
        builders.case(session, builders.town(session), told="2026-11-23 10:25")
    with engine.connect() as connection:
        scripts = list(ScriptDirectory.from_config(migrations.config(connection)).walk_revisions())

    for script in scripts:
        before = str(script.down_revision or "base")
        migrations.downgrade(engine, before)
        migrations.upgrade(engine, script.revision)
        migrations.downgrade(engine, before)

    assert inspect(engine).get_table_names() == ["alembic_version"]
    migrations.upgrade(engine)
    with engine.connect() as connection:
        assert migrations.is_current(connection)
