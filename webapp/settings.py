"""Every setting, with its sentence. The only reader of the environment.

In the demo everything has a safe default, so that a newcomer needs no account. In production the service refuses to
start rather than run with a secret that somebody else could know.
"""

import base64
import hashlib
import os
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import suppress
from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from scheduling import db, numbers
from scheduling.outbox import imap, smtp
from scheduling.vault import masters
from telephony.translation import LANGUAGES

DEMO_PREFIX = "demo-"
"""Secrets that the demo made for itself begin so, and production refuses them."""

SHORTEST_SECRET = 32
NEVER_EMPTY = (
    "secret_key",
    "twilio_api_key",
    "twilio_api_secret",
    "entra_client_secret",
    "imap_url",
    "metrics_token",
    "vault_keys",
    "vault_index_key",
)
"""Unset or filled in: empty ones were meant to be something."""

_WHOLE_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


class Environment(StrEnum):
    """Whether real people are at the other end."""

    DEMO = "demo"
    PRODUCTION = "production"


class SettingsWrong(Exception):  # noqa: N818 - it is a sentence for a person, like our refusals
    """The service cannot start with these settings; each line says which one is wrong and what to do."""


class Settings(BaseSettings):
    """What the service must be told from outside: environment variables of the same names in capitals."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, populate_by_name=True)

    environment: Environment = Field(
        Environment.DEMO, description="`demo` (simulator, no real messages) or `production` (real people)."
    )
    port: int = Field(8000, ge=1, le=65535, description="The port on which the web process listens.")
    data_dir: Path = Field(
        Path("var"), description="Where the SQLite file, the mailbox and the demo's secrets are kept."
    )
    database_url: str = Field(
        "", description="SQLite or PostgreSQL 15+; `postgres://` is understood. Empty: SQLite in the data directory."
    )
    migration_database_url: str = Field(
        "", description="Another database role for `migrate`, which owns the tables. Empty: the same as DATABASE_URL."
    )
    public_base_url: str = Field(
        "", description="The address at which Twilio and families reach us; signatures are checked against it."
    )
    secret_key: str | None = Field(None, description="Signs forms. Unset in the demo: made at random and kept.")
    vault_keys: str | None = Field(
        None,
        description="The master keys of the record's vault as `id:base64`, the newest first, several separated by "
        "commas while one replaces another; `./run keys make` makes them. Unset in the demo: made at random and kept.",
    )
    vault_index_key: str | None = Field(
        None,
        description="By which numbers and mail addresses are found without being opened; it never changes. "
        "Unset in the demo: made at random and kept.",
    )
    web_concurrency: int = Field(1, ge=1, description="How many web processes run; SQLite allows one.")
    mailbox_port: int = Field(1025, description="Demo only: the local port of the mailbox, a real SMTP server.")
    demo_clock_offset: float = Field(
        0, description="Demo only: by how many seconds the service's dates are ahead of the real clock."
    )
    operator_email: str = Field(
        "", description="Who gets a mail when a vital sign of the service is bad. Empty: nobody; `/status` shows it."
    )
    backup_dir: Path | None = Field(
        None,
        description="The folder, best on another disk, into which the clock makes backups and tries one each week. "
        "Unset: it makes none.",
    )
    metrics_token: str | None = Field(
        None, description="What a monitor sends as bearer token to read `/metrics`. Unset: this machine alone may read."
    )

    twilio_account_sid: str = Field("", description="The Twilio account; compared with every webhook when set.")
    twilio_auth_token: Annotated[tuple[str, ...] | None, NoDecode] = Field(
        None,
        description="What signs Twilio's webhooks; several, separated by commas, while one replaces another. "
        "Unset in the demo: made at random and kept.",
    )
    twilio_api_key: str | None = Field(None, description="The key we send by. Unset in the demo: the simulator sends.")
    twilio_api_secret: str | None = Field(None, description="The secret of TWILIO_API_KEY.")
    twilio_voice_number: str = Field("+443001234567", description="The advice line's number, which shows when we ring.")
    twilio_sms_number: str = Field("+447700900000", description="The number from which our texts come.")
    twilio_messaging_service_sid: str = Field("", description="A Messaging Service to send texts by, if you have one.")
    line_languages: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Languages beside English that callers may choose, as `pl,ro`. "
        "None until somebody who grew up with it has read its sentences aloud.",
    )

    entra_tenants: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Microsoft Entra tenants whose people may sign in, by id, separated by commas. Empty: none."
    )
    entra_client_id: str = Field("", description="Our application's id in Entra; beside ENTRA_TENANTS.")
    entra_client_secret: str | None = Field(None, description="The secret of ENTRA_CLIENT_ID.")
    entra_url: str = Field(
        "https://login.microsoftonline.com", description="Where Entra answers; another in a national cloud."
    )

    smtp_url: str = Field(
        "",
        description="`smtp://user:password@host:587` (STARTTLS) or `smtps://`. Unset in the demo: the local mailbox.",
    )
    mail_from: str = Field(
        "Common Ground <meetings@common-ground.example>", description="The service's mailbox, which organises meetings."
    )

    audit_mail_to: str = Field(
        "",
        description="Who gets the audit's daily anchor by mail, best somebody who does not run the machine. "
        "Empty: every manager.",
    )

    imap_url: str | None = Field(
        None,
        description="`imaps://user:password@host/INBOX`: the mailbox of `MAIL_FROM`, where answers to invites, bounces "
        "and letters come in. It should be the service's alone: what is read moves to the folder "
        "“Read by the service”. Unset: nobody reads it for you.",
    )
    calendar_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        ("outlook.office365.com", "outlook.live.com", "calendar.google.com", "*.icloud.com"),
        description="Where mediators' own calendars may be read, by https: host names separated by commas, "
        "`*.` for any name before a dot.",
    )

    @field_validator("twilio_auth_token", "calendar_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value

    @field_validator("line_languages", mode="before")
    @classmethod
    def _codes(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(dict.fromkeys(part.strip().lower() for part in value.split(",") if part.strip()))

    @field_validator("entra_tenants", mode="before")
    @classmethod
    def _tenants(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(part.strip().lower() for part in value.split(",") if part.strip())

    @field_validator("public_base_url", "entra_url")
    @classmethod
    def _no_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @model_validator(mode="after")
    def _can_start(self) -> Self:
        half = (*self._half_vault(), *self._half_twilio(), *self._half_entra())
        wrong = [*self._empty_secrets(), *half, *self._malformed()]
        if self.environment is Environment.PRODUCTION:
            wrong += [*self._unsafe_in_production(), *self._unsafe_vault()]
        if wrong:
            raise ValueError("\n".join(wrong))
        return self

    def _empty_secrets(self) -> Iterator[str]:
        if self.twilio_auth_token is not None and not all(self.twilio_auth_token):
            yield "TWILIO_AUTH_TOKEN: it is set but empty, or an item is: anybody could sign. Fill it in or unset it."
        for name in NEVER_EMPTY:
            if getattr(self, name) == "":
                yield f"{name.upper()}: it is set but empty. Fill it in or unset it."

    def _half_twilio(self) -> Iterator[str]:
        if bool(self.twilio_api_key) != bool(self.twilio_api_secret):
            yield "TWILIO_API_KEY and TWILIO_API_SECRET: set both to send by Twilio, or neither."
        elif self.twilio_api_key and not self.twilio_account_sid:
            yield "TWILIO_ACCOUNT_SID: it is needed beside TWILIO_API_KEY to send by Twilio."

    def _half_entra(self) -> Iterator[str]:
        if len({bool(self.entra_tenants), bool(self.entra_client_id), bool(self.entra_client_secret)}) > 1:
            yield "ENTRA_TENANTS, ENTRA_CLIENT_ID and ENTRA_CLIENT_SECRET: set all three, or none."

    def _half_vault(self) -> Iterator[str]:
        if bool(self.vault_keys) != bool(self.vault_index_key):
            yield "VAULT_KEYS and VAULT_INDEX_KEY: set both, or neither. Make them with `./run keys make`."
        elif self.vault_keys and self.vault_index_key:
            try:
                masters.parse(self.vault_keys, self.vault_index_key)
            except masters.KeyWrong as wrong:
                yield str(wrong)

    def _malformed(self) -> Iterator[str]:
        """What would otherwise be found out when the first family waits for it."""
        for name in ("database_url", "migration_database_url"):
            if getattr(self, name) and not db.is_understood(getattr(self, name)):
                yield f"{name.upper()}: write it as postgresql://user:password@host/name or sqlite:////path/of/a.file."
        if self.smtp_url and not smtp.is_understood(self.smtp_url):
            yield "SMTP_URL: write it as smtp://user:password@host:587 or smtps://user:password@host."
        if self.imap_url and not imap.is_understood(self.imap_url):
            yield "IMAP_URL: write it as imaps://user:password@host/INBOX."
        yield from self._wrong_addresses()
        for name in ("twilio_voice_number", "twilio_sms_number"):
            if not _WHOLE_NUMBER.fullmatch(getattr(self, name)):
                yield f"{name.upper()}: write it as +44 and the rest of the number, without blanks."
        if unknown := [code for code in self.line_languages if code not in LANGUAGES]:
            known = ", ".join(LANGUAGES)
            yield f"LINE_LANGUAGES: there are no sentences in {', '.join(unknown)}. These are there: {known}."
        if self.public_base_url and not _is_web_address(self.public_base_url):
            yield "PUBLIC_BASE_URL: write it as https://name.example.org."

    def _wrong_addresses(self) -> Iterator[str]:
        if "@" not in parseaddr(self.mail_from)[1]:
            yield "MAIL_FROM: write it as Name <mailbox@example.org>."
        if self.operator_email and "@" not in parseaddr(self.operator_email)[1]:
            yield "OPERATOR_EMAIL: write it as name@example.org."
        if self.audit_mail_to and "@" not in parseaddr(self.audit_mail_to)[1]:
            yield "AUDIT_MAIL_TO: write it as name@example.org."

    def _unsafe_in_production(self) -> Iterator[str]:
        if not self.secret_key or len(self.secret_key) < SHORTEST_SECRET:
            yield f"SECRET_KEY: set it to at least {SHORTEST_SECRET} random characters."
        if not self.twilio_auth_token:
            yield "TWILIO_AUTH_TOKEN: set it, or nobody can tell Twilio's requests from forged ones."
        if not self.twilio_api_key:
            yield "TWILIO_API_KEY, TWILIO_API_SECRET and TWILIO_ACCOUNT_SID: set them, or no text can be sent."
        if not self.smtp_url:
            yield "SMTP_URL: set it, or no invite can be sent."
        if any(s.startswith(DEMO_PREFIX) for s in (self.secret_key or "", *(self.twilio_auth_token or ()))):
            yield "SECRET_KEY and TWILIO_AUTH_TOKEN: these are the demo's secrets. Make your own."
        if not self.public_base_url.startswith("https://"):
            yield "PUBLIC_BASE_URL: set it to the service's https:// address."
        if self.web_concurrency > 1 and self.on_sqlite:
            yield "WEB_CONCURRENCY: SQLite allows one web process: use PostgreSQL, or set it to 1."
        if self.demo_clock_offset:
            yield "DEMO_CLOCK_OFFSET: only the demo may move its dates. Unset it."

    def _unsafe_vault(self) -> Iterator[str]:
        if not self.vault_keys:
            yield "VAULT_KEYS and VAULT_INDEX_KEY: set them to what `./run keys make` prints; keep a copy elsewhere."
        elif self.vault_keys.startswith(DEMO_PREFIX):
            yield "VAULT_KEYS: these are the demo's keys. Make your own with `./run keys make`."

    @property
    def database(self) -> str:
        """Where the record is."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'common-ground.db'}"

    @property
    def on_sqlite(self) -> bool:
        """Whether the record is one SQLite file."""
        return db.is_understood(self.database) and db.normalised(self.database).get_backend_name() == "sqlite"

    @property
    def base_url(self) -> str:
        """The address of the service, without a slash at its end."""
        return self.public_base_url or self.local_url

    @property
    def local_url(self) -> str:
        """Where this machine itself reaches the web process, whatever name the world uses."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def mail_url(self) -> str:
        """Where mail is handed over; in the demo to the local mailbox unless told otherwise."""
        return self.smtp_url or f"smtp://127.0.0.1:{self.mailbox_port}"

    @property
    def phone(self) -> str:
        """The advice line as it is written on pages."""
        return numbers.written(self.twilio_voice_number)

    @property
    def has_simulator(self) -> bool:
        """Whether the phone in the browser plays Twilio."""
        return self.environment is Environment.DEMO and not self.twilio_api_key

    @property
    def secret(self) -> str:
        """What signs forms and cookies."""
        return self.secret_key or self._kept("secret-key")

    @property
    def masters(self) -> masters.Masters:
        """What opens the record's vault."""
        if self.vault_keys and self.vault_index_key:
            return masters.parse(self.vault_keys, self.vault_index_key)
        made = [hashlib.sha256(self._kept(name).encode()).digest() for name in ("vault-key", "vault-index-key")]
        keys, index_key = (base64.b64encode(secret).decode() for secret in made)
        return masters.parse(f"{DEMO_PREFIX}1:{keys}", index_key)

    @property
    def demo_password(self) -> str:
        """What the demo's staff sign in with; printed at each start."""
        return self._kept("password")[:16]

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """What may sign a webhook; the first is what the simulator signs with."""
        return self.twilio_auth_token or (self._kept("webhook-secret"),)

    def make_data_dir(self) -> None:
        """Make the data directory for this user alone: on SQLite the families' record stands in it."""
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _kept(self, name: str) -> str:
        """A secret that the demo makes at random on its first start and keeps in the data directory."""
        path = self.data_dir / f"{name}.demo"
        if not path.exists():
            self.make_data_dir()
            draft = path.with_suffix(f".{secrets.token_hex(4)}")
            draft.touch(mode=0o600)
            draft.write_text(DEMO_PREFIX + secrets.token_hex(24))
            with suppress(FileExistsError):  # another process was quicker: its secret counts
                path.hardlink_to(draft)
            draft.unlink()
        return path.read_text()


def load() -> Settings:
    """The settings of this process; raises `SettingsWrong` with a sentence for each that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsWrong("\n".join(_sentences(error))) from None


def load_or_leave() -> Settings:
    """The settings, or the end of this process with exit code 2 and a sentence for each that is wrong."""
    try:
        return load()
    except SettingsWrong as refusal:
        sys.stderr.write(f"{refusal}\n")
        raise SystemExit(2) from None


def inherited(**changes: str) -> dict[str, str]:
    """The environment for a child process: our own, with these settings changed."""
    return {**os.environ, **changes}


def _sentences(error: ValidationError) -> Iterator[str]:
    for fault in error.errors():
        name = ".".join(str(part).upper() for part in fault["loc"])
        # The value itself is never printed: it may be a secret.
        text = str(fault["msg"]).removeprefix("Value error, ")
        yield f"{name}: {text}" if name else text


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query and not parts.fragment
