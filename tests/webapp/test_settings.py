"""The service starts with safe defaults in the demo, and in production refuses what somebody else could know."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scheduling.vault import masters
from webapp import settings
from webapp.settings import Environment, Settings, SettingsWrong

PRODUCTION = {
    "ENVIRONMENT": "production",
    "PUBLIC_BASE_URL": "https://line.example",
    "SECRET_KEY": "k" * 40,
    "VAULT_KEYS": masters.made("2026"),
    "VAULT_INDEX_KEY": masters.new_secret(),
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "t" * 32,
    "TWILIO_API_KEY": "SK1",
    "TWILIO_API_SECRET": "s" * 32,
    "SMTP_URL": "smtps://user:password@mail.example",
    "DATABASE_URL": "postgres://record.example/common_ground",
}

Load = Callable[..., Settings]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Load:
    """The settings of a process with exactly these variables."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)

    def with_variables(**variables: str) -> Settings:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return settings.load()

    return with_variables


def test_a_newcomer_needs_no_setting_at_all(load: Load, tmp_path: Path) -> None:
    chosen = load()

    assert chosen.environment is Environment.DEMO
    assert chosen.base_url == "http://127.0.0.1:8000"
    assert chosen.database == f"sqlite:///{tmp_path / 'var' / 'common-ground.db'}"
    assert chosen.has_simulator


def test_the_demo_makes_its_secrets_at_random_and_keeps_them(load: Load, tmp_path: Path) -> None:
    first, second = load(), load()

    assert first.webhook_secrets == second.webhook_secrets
    assert first.secret == second.secret != first.webhook_secrets[0]
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "var").iterdir())


def test_production_starts_when_everything_is_said(load: Load) -> None:
    chosen = load(**PRODUCTION)

    assert not chosen.has_simulator
    assert not chosen.on_sqlite


@pytest.mark.parametrize(
    ("change", "named"),
    [
        pytest.param({"VAULT_KEYS": ""}, "VAULT_KEYS", id="no key for the vault"),
        pytest.param({"VAULT_KEYS": "2026:short"}, "32 random bytes", id="a key for the vault that can be guessed"),
        pytest.param({"VAULT_INDEX_KEY": ""}, "VAULT_INDEX_KEY", id="no key for the index"),
        pytest.param({"SECRET_KEY": ""}, "SECRET_KEY", id="a secret that is set but empty"),
        pytest.param({"SECRET_KEY": "short"}, "SECRET_KEY", id="a secret that can be guessed"),
        pytest.param({"SECRET_KEY": "demo-" + "k" * 40}, "demo's secrets", id="a secret that the demo made"),
        pytest.param({"TWILIO_AUTH_TOKEN": ""}, "TWILIO_AUTH_TOKEN", id="no secret to check webhooks with"),
        pytest.param({"TWILIO_AUTH_TOKEN": "one,,two"}, "TWILIO_AUTH_TOKEN", id="an empty item among the secrets"),
        pytest.param({"TWILIO_API_SECRET": ""}, "TWILIO_API_SECRET", id="half a key"),
        pytest.param({"PUBLIC_BASE_URL": "http://line.example"}, "PUBLIC_BASE_URL", id="an address without TLS"),
        pytest.param({"SMTP_URL": ""}, "SMTP_URL", id="no way to send an invite"),
        pytest.param({"DEMO_CLOCK_OFFSET": "60"}, "DEMO_CLOCK_OFFSET", id="dates that are not today's"),
        pytest.param(
            {"DATABASE_URL": "sqlite:///x.db", "WEB_CONCURRENCY": "2"}, "WEB_CONCURRENCY", id="SQLite with two webs"
        ),
        pytest.param({"PORT": "many"}, "PORT", id="a port that is no number"),
    ],
)
def test_production_refuses_to_start(load: Load, change: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsWrong, match=named):
        load(**{**PRODUCTION, **change})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("DATABASE_URL", "common-ground.db", id="a file is no address"),
        pytest.param("DATABASE_URL", "mysql://record.example/common_ground", id="a database that we do not know"),
        pytest.param("MIGRATION_DATABASE_URL", "://", id="an address of nothing"),
        pytest.param("SMTP_URL", "http://mail.example", id="a web server takes no mail"),
        pytest.param("SMTP_URL", "smtp://mail.example:many", id="a port that is no number"),
        pytest.param("LINE_LANGUAGES", "pl,klingon", id="a language without sentences"),
        pytest.param("MAIL_FROM", "Common Ground", id="a sender without a mailbox"),
        pytest.param("PUBLIC_BASE_URL", "line.example", id="a name without its scheme"),
        pytest.param("TWILIO_VOICE_NUMBER", "0300 123 4567", id="a number as people write it"),
        pytest.param("TWILIO_SMS_NUMBER", "CommonGrnd", id="a name that nobody can answer"),
    ],
)
def test_what_cannot_work_is_said_at_the_start_and_not_to_the_first_family(load: Load, name: str, value: str) -> None:
    with pytest.raises(SettingsWrong, match=f"^{name}: "):
        load(**{name: value})


def test_the_data_directory_is_for_its_owner_alone(load: Load, tmp_path: Path) -> None:
    load().make_data_dir()

    assert (tmp_path / "var").stat().st_mode & 0o077 == 0


def test_the_demo_refuses_an_empty_webhook_secret_too(load: Load) -> None:
    with pytest.raises(SettingsWrong, match="TWILIO_AUTH_TOKEN"):
        load(TWILIO_AUTH_TOKEN=" , ")


def test_a_wrong_setting_is_named_but_its_value_is_never_printed(load: Load) -> None:
    with pytest.raises(SettingsWrong) as refusal:
        load(**{**PRODUCTION, "SECRET_KEY": "hunter2"})

    assert "hunter2" not in str(refusal.value)


def test_secrets_are_a_list_while_one_replaces_another(load: Load) -> None:
    assert load(TWILIO_AUTH_TOKEN="new, old").webhook_secrets == ("new", "old")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_a_postgresql_address_is_understood(load: Load, scheme: str) -> None:
    assert not load(DATABASE_URL=f"{scheme}://user:secret@host/name").on_sqlite
