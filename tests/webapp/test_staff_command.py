import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select

from scheduling import db
from scheduling.models import Staff
from webapp import cli, signing_in
from webapp.accounts import Account, EntraIdentity
from webapp.cli import commands

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _this_database(
    engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    yield
    db.Session.kw["bind"].dispose()


def staff(*arguments: str, password: str = PASSWORD) -> Result:
    return CliRunner().invoke(commands, ["staff", *arguments], input=f"{password}\n")


def added(**given: str) -> Result:
    told = {"role": "coordinator", "email": "Priya@Example.org", **given}
    password = told.pop("password", PASSWORD)
    return staff(
        "add", *(f"--{name}={value}" for name, value in told.items()), "--password-stdin", "--json", password=password
    )


def test_somebody_who_is_added_can_sign_in_with_the_secret_that_was_printed() -> None:
    result = added(name="Priya Shah")

    told = json.loads(result.stdout)
    assert (told["email"], told["role"], told["name"]) == ("priya@example.org", "coordinator", "Priya Shah")
    assert pyotp.parse_uri(told["otpauth"]).secret == told["secret"]
    with db.Session.begin() as session:
        attempt = signing_in.Try(
            email=told["email"], password=PASSWORD, code=_code(session_secret=told["secret"]), place="203.0.113.1"
        )
        account, fits = signing_in.recognise(session, attempt)
        assert fits
        assert signing_in.let_in(session, attempt, account, password_fits=fits, counted=[])


def _code(*, session_secret: str) -> str:
    with db.Reading() as session:
        return pyotp.TOTP(session_secret).at(db.moment(session))


def test_neither_password_nor_secret_is_kept_where_it_could_be_read() -> None:
    added()

    with db.Reading() as session:
        account = session.scalars(select(Account)).one()
    assert account.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in account.password_hash


def test_without_json_a_person_can_read_it() -> None:
    result = staff("add", "--role", "adviser", "--email", "tom@example.org", "--password-stdin")

    assert "tom (adviser) can sign in with tom@example.org." in result.output
    assert "otpauth://totp/" in result.output


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        pytest.param({"password": "short"}, "12 characters or more", id="short password"),
        pytest.param({"password": ""}, "12 characters or more", id="no password"),
        pytest.param({"email": "nobody"}, "is not an email address", id="no address"),
        pytest.param({"email": "a b@example.org"}, "is not an email address", id="a blank in it"),
        pytest.param({"role": "king"}, "'king' is not one of", id="no such role"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence_with_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], wrong: dict[str, str], sentence: str
) -> None:
    given = {"role": "coordinator", "email": "priya@example.org", **wrong}
    with CliRunner().isolation(input=f"{given.pop('password', PASSWORD)}\n") as (_out, _err, both):
        monkeypatch.setattr(
            sys, "argv", ["./run", "staff", "add", *(f"--{n}={v}" for n, v in given.items()), "--password-stdin"]
        )
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = both.getvalue().decode()

    assert ended.value.code == 2
    assert sentence in told + capsys.readouterr().err
    with db.Reading() as session:
        assert session.scalars(select(Staff)).all() == []


def test_nobody_is_added_twice() -> None:
    added()

    again = added(role="adviser")

    assert again.exit_code != 0
    assert "is on the staff already, as coordinator" in str(again.exception)


def test_everybody_can_be_listed() -> None:
    added(name="Priya Shah")

    assert staff("list").output == "priya@example.org  coordinator  Priya Shah  can sign in\n"


def test_somebody_whose_organisation_lets_them_in_is_added_without_a_password() -> None:
    result = staff("add", "--role=adviser", "--email=dee@example.org", "--tenant=T", "--object=O")

    assert "only so" in result.stdout
    with db.Reading() as session:
        assert session.scalars(select(Account)).all() == []
        assert [(one.tenant_id, one.object_id) for one in session.scalars(select(EntraIdentity))] == [("t", "o")]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--tenant=T"], id="a tenant without an object"),
        pytest.param([], id="no way to sign in"),
        pytest.param(["--tenant=T", "--object=O", "--password-stdin"], id="both"),
    ],
)
def test_somebody_is_added_with_one_way_to_sign_in(arguments: list[str]) -> None:
    result = staff("add", "--role=adviser", "--email=dee@example.org", *arguments)

    assert result.exit_code != 0
    with db.Reading() as session:
        assert session.scalars(select(Staff)).all() == []


def test_a_password_is_taken_away_from_whoever_signs_in_by_their_organisation() -> None:
    added()

    staff("entra", "--email=priya@example.org", "--tenant=T", "--object=O", "--only")

    with db.Reading() as session:
        assert session.scalars(select(Account)).all() == []
