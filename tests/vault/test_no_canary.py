"""Whoever gets hold of the record alone reads no name, number, address or word of a family in it."""

import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url, select

from scheduling import clock, db
from scheduling.models import Case, Contact, ContactChannel, Person
from scheduling.vault.sealed import SealedAddress, SealedContent, attributes, kinds
from tests import builders, machine
from webapp.accounts import Account
from webapp.demo import command
from webapp.settings import Settings

NOW = builders.moment("2026-11-24 10:00")
PAPERS = (b"%pdf-", b"%PDF-".hex().encode())
"""How a certificate begins, in a file and in a dump."""


@pytest.fixture
def told(database_url: str, tmp_path: Path) -> Iterator[str]:
    """A record in which the demonstration has told its fortnight."""
    chosen = Settings(data_dir=tmp_path / "var", database_url=database_url, mailbox_port=1, _env_file=None)
    clock.shift(timedelta())
    clock.shift(NOW - clock.now())
    command.prepare(chosen, empty=False)
    yield database_url
    clock.shift(timedelta())
    db.Session.kw["bind"].dispose()


def test_a_stolen_copy_of_the_record_tells_nothing_of_a_family(told: str) -> None:
    canaries = [word for word in said_and_left() if word]
    longer = list(whatever_is_sealed())
    db.Session.kw["bind"].dispose()

    copy = stolen(told).lower()

    assert len(canaries) > 40
    assert [word for word in canaries if word.encode().lower() in copy] == []
    assert len(longer) > 200
    assert [said for said in longer if said in copy] == []
    assert not any(begins in copy for begins in PAPERS)


def said_and_left() -> Iterator[str | None]:
    """What the told families, and the secrets of those who sign in, are known by."""
    with db.Reading() as session:
        for person in session.scalars(select(Person)):
            yield from (person.name, person.email, person.number, person.code_word, person.access_needs)
        for case in session.scalars(select(Case)):
            yield from (case.child_name, case.issues, case.late_contact_because)
        for contact in session.scalars(select(Contact)):
            yield contact.number
            yield contact.words if contact.channel is ContactChannel.TEXT else None
        yield from (account.totp_secret for account in session.scalars(select(Account)))


def whatever_is_sealed() -> Iterator[bytes]:
    """The longest line of whatever was written; not what is short or chosen from our words, nor addresses at work."""
    with db.Reading() as session:
        for kind in kinds():
            words = [one for one in attributes(kind) if not isinstance(one, SealedAddress | SealedContent)]
            for row in session.scalars(select(kind)):
                chosen = {str(value).lower() for value in vars(row).values()}
                for one in words:
                    line = max((getattr(row, one.name) or "").splitlines() or [""], key=len).lower()
                    if len(line) > 20 and line not in chosen:
                        yield line.encode()


def stolen(url: str) -> bytes:
    """The whole record as somebody carries it away."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        path = Path(str(address.database))
        return b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
    programs = machine.postgresql_programs()
    assert programs is not None
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    dump = (programs / "pg_ctl").resolve().with_name("pg_dump")  # where only some of them are linked to
    return subprocess.run([dump, plain], check=True, capture_output=True).stdout
