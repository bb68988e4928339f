"""What happens at the door and at the desk is audited, and `./run audit verify` says whether all of it is there."""

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import Engine, delete, select, text, update
from sqlalchemy.exc import DatabaseError

from scheduling import audit, db, references
from scheduling.audit import Anchor, ChainLink
from scheduling.jobs import anchoring
from scheduling.models import SERVICE, Case, Message, Role
from tests import builders
from tests.postgres import Server
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW, PASSWORD, SignIn, Told, account_of
from webapp import migrations
from webapp.cli import commands
from webapp.settings import Settings

Verify = Callable[..., Result]


@pytest.fixture
def verify(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Verify:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    return lambda *arguments: CliRunner().invoke(commands, ["audit", "verify", *arguments])


def actions(chain: int = audit.SERVICE) -> list[tuple[str, str, str | None]]:
    with db.Reading() as session:
        links = select(ChainLink).where(ChainLink.chain == chain).order_by(ChainLink.seq)
        return [(link.action, link.actor_kind, link.role) for link in session.scalars(links)]


def test_who_signs_in_and_out_and_who_fails_is_audited(app: Flask, told: Told) -> None:
    email, code = account_of(Role.COORDINATOR)
    browser = Browser(app)
    for address, password in ((email, "wrong"), ("nobody@example.org", "wrong"), (email, PASSWORD)):
        browser.opens("/sign-in")
        browser.presses("Sign in", email=address, password=password, code=code)
    browser.presses("Sign out")

    assert actions() == [
        ("sign-in failed", "nobody", None),
        ("sign-in failed", "nobody", None),
        ("signed in", "staff", "coordinator"),
        ("signed out", "staff", "coordinator"),
    ]
    with db.Reading() as session:
        whose = list(session.scalars(select(ChainLink.object_id).where(ChainLink.action == "sign-in failed")))
        assert [one is None for one in whose] == [False, True]


def test_a_look_is_audited_once_an_hour(adviser: Browser, told: Told) -> None:
    adviser.opens(f"/cases/{told.waiting}")
    adviser.opens(f"/cases/{told.waiting}/people")

    with db.Reading() as session:
        case_id = session.scalars(select(Case.id).where(Case.reference == told.waiting)).one()
    assert [one for one in actions(case_id) if one[0] == "case looked at"] == [("case looked at", "staff", "adviser")]


def test_a_policy_and_a_role_that_change_are_audited(sign_in: SignIn) -> None:
    manager = sign_in(Role.MANAGER)
    manager.opens("/settings/policies/travel_km")
    manager.presses("Change the policy", value="50", because="Families asked us")

    assert actions()[-1] == ("setting changed", "staff", "manager")


def test_verify_counts_and_names_the_first_broken_link_by_reference(engine: Engine, told: Told, verify: Verify) -> None:
    whole = verify()
    assert whole.exit_code == 0, whole.output
    assert whole.stdout.endswith("Nothing is missing, and nothing was changed.\n")

    with db.Reading() as session:
        case = session.scalars(select(Case).where(Case.reference == told.booked)).one()
        trigger = (
            list(session.scalars(text("SELECT name FROM sqlite_master WHERE tbl_name = 'audit'")))
            if (engine.dialect.name == "sqlite")
            else []
        )
    with engine.begin() as connection:
        for name in (one for one in trigger if one.startswith("audit_never")):
            connection.execute(text(f"DROP TRIGGER {name}"))
        if engine.dialect.name != "sqlite":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(update(ChainLink).where(ChainLink.chain == case.id, ChainLink.seq == 2).values(reason="x"))

    broken = verify("--case", told.booked)
    assert broken.exit_code == 1
    assert f"Broken: link 2 of case {references.written(told.booked)}: it was changed." in broken.stdout
    assert verify().exit_code == 1
    assert verify("--case", told.waiting).exit_code == 0
    assert "no case" in verify("--case", "12345674").output or verify("--case", "12345674").exception


def test_once_a_day_the_anchor_goes_to_every_manager(told: Told, verify: Verify) -> None:
    with db.Session.begin() as session:
        builders.staff(session, Role.MANAGER, "Max")
    for _clock in range(2):
        with db.Session.begin() as session:
            anchoring.anchor_daily(session, now=NOW)

    with db.Reading() as session:
        (mail,) = session.scalars(select(Message).where(Message.purpose == "the audit's anchor"))
        (anchor,) = session.scalars(select(Anchor))
    assert anchor.hash in mail.body
    assert mail.address.startswith("max@")
    assert verify("--anchor", anchor.hash).exit_code == 0
    assert verify("--anchor", "0" * 64).exit_code == 1


@pytest.mark.needs_postgres
def test_the_service_s_own_role_may_only_add_to_the_audit(postgres_server: Server, tmp_path: Path) -> None:
    owner, service = (f"{name}_{secrets.token_hex(4)}" for name in ("owner", "service"))
    with postgres_server.fresh_database() as url:
        _as_superuser(url, f"CREATE ROLE {owner} LOGIN", f"CREATE ROLE {service} LOGIN")
        _as_superuser(url, f"ALTER SCHEMA public OWNER TO {owner}")
        of_the_service = sa.make_url(url).set(username=service).render_as_string(hide_password=False)
        of_the_owner = sa.make_url(url).set(username=owner).render_as_string(hide_password=False)
        migrations.prepare_database(
            Settings(database_url=of_the_service, migration_database_url=of_the_owner, data_dir=tmp_path)
        )
        engine = db.Session.kw["bind"]
        with db.Session.begin() as session:
            case = builders.case(session, builders.town(session, "Atown", "999"))
            case.record("Something", by=SERVICE, now=NOW)
        assert len(actions(case.id)) == 2
        for statement in (update(ChainLink).values(role="x"), delete(ChainLink), text("TRUNCATE audit CASCADE")):
            with pytest.raises(DatabaseError, match="permission denied"), engine.begin() as connection:
                connection.execute(statement)
        with pytest.raises(DatabaseError, match="must be owner"), engine.begin() as connection:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        engine.dispose()
        _as_superuser(
            url, "ALTER SCHEMA public OWNER TO postgres", f"DROP OWNED BY {service}", f"DROP OWNED BY {owner}"
        )
        _as_superuser(url, f"DROP ROLE {service}", f"DROP ROLE {owner}")


def _as_superuser(url: str, *statements: str) -> None:
    engine = db.open_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
