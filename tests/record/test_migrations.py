"""The numbered migrations and the models tell the same story, up and down, with data in the tables."""

import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Engine, Table, delete, inspect, select, update
from sqlalchemy.exc import DatabaseError

from scheduling import db
from scheduling.models import (
    SERVICE,
    Attempt,
    Channel,
    Entry,
    Message,
    OutgoingCall,
    QueuePlace,
    Role,
    Rung,
)
from scheduling.reference import changes
from tests import builders, postgres
from webapp import migrations


@pytest.fixture
def postgres_copy(postgres_server: postgres.Server, postgres_template: str) -> Iterator[Engine]:
    with postgres_server.fresh_database(postgres_template) as url:
        engine = db.open_engine(url)
        yield engine
        engine.dispose()


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


def test_a_newer_form_than_the_code_knows_is_as_good_as_its_own(engine: Engine) -> None:
    with engine.connect() as connection:  # and never committed: others are lent this database
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

        assert migrations.is_current(connection)


def test_an_older_form_is_not(engine: Engine) -> None:
    migrations.downgrade(engine, "0047")

    with engine.connect() as connection:
        assert not migrations.is_current(connection)


@pytest.mark.needs_postgres
@pytest.mark.parametrize("tries", [pytest.param(1, id="once"), pytest.param(9, id="until nobody works there")])
def test_a_migration_lets_go_of_tables_in_which_somebody_works(postgres_copy: Engine, tries: int) -> None:
    migrations.downgrade(postgres_copy, "0046")
    with postgres_copy.connect() as somebody, suppress(migrations.TablesInUse):
        somebody.exec_driver_sql("LOCK TABLE closures")
        done = threading.Timer(0.7, somebody.rollback)
        done.start()
        migrations.upgrade(postgres_copy, tries=tries)
    done.join()

    with postgres_copy.connect() as connection:
        assert migrations.is_current(connection) == (tries > 1)


def test_a_text_and_its_attempts_outlive_the_coming_and_going_of_calls(engine: Engine) -> None:
    with db.Session.begin() as session:
        for channel in (Channel.SMS, Channel.CALL):
            message = Message(
                key=channel.value,
                token=channel.value,
                channel=channel,
                purpose="",
                recipient="",
                address="",
                body="Hello",
            )
            message.written_at = builders.moment("2026-11-24 10:00")
            message.log = [Attempt(at=message.written_at, outcome="handed over")]
            session.add(message)

    migrations.downgrade(engine, "0018")
    migrations.upgrade(engine)

    with db.Reading() as session:
        (kept,) = session.scalars(select(Message))
        assert (kept.key, [attempt.outcome for attempt in kept.log]) == ("sms", ["handed over"])
        assert len(inspect(engine).get_check_constraints("messages")) == constraints_of("messages")


def test_an_adviser_s_call_outlives_the_coming_and_going_of_reminders_by_call(engine: Engine) -> None:
    now = builders.moment("2026-11-24 10:00")
    with db.Session.begin() as session:
        message = Message(key="k", channel=Channel.CALL, purpose="", recipient="", address="", body="", written_at=now)
        message.token = "t"
        place = QueuePlace(call_sid="CA1", entered_at=now)
        adviser = builders.staff(session, Role.ADVISER, "Alex")
        call = OutgoingCall(message=message, rung=Rung.ADVISER, adviser=adviser, place=place, begun_at=now)
        session.add(call)

    migrations.downgrade(engine, "0034")
    migrations.upgrade(engine)

    with db.Reading() as session:
        assert session.scalars(select(OutgoingCall)).one().begun_at == now
    known = inspect(engine)
    assert len(known.get_check_constraints("outgoing_calls")) == constraints_of("outgoing_calls")
    assert len(known.get_indexes("outgoing_calls")) >= len(db.Base.metadata.tables["outgoing_calls"].indexes)


def constraints_of(table: str) -> int:
    built: Table = db.Base.metadata.tables[table]
    return sum(isinstance(constraint, CheckConstraint) for constraint in built.constraints)


def test_a_case_s_history_outlives_the_coming_and_going_of_what_else_was_changed(engine: Engine) -> None:
    now = builders.moment("2026-11-24 10:00")
    with db.Session.begin() as session:
        builders.case(session, builders.town(session))
        changes.record(session, changes.ROTA, "Alex works on Mondays", by=SERVICE, now=now)

    migrations.downgrade(engine, "0030")
    migrations.upgrade(engine)

    with db.Session.begin() as session:
        assert [entry.what for entry in session.scalars(select(Entry))] == ["The case was opened"]
    with pytest.raises(DatabaseError, match="never"), db.Session.begin() as session:
        session.execute(delete(Entry))
    with pytest.raises(DatabaseError, match="never"), db.Session.begin() as session:
        session.execute(update(Entry).values(about="rota"))
