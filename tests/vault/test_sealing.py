"""What is sealed stays sealed in the record, opens where it belongs and nowhere else."""

import pytest
from sqlalchemy import Engine, select, text, update
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.models import Case, Contact, ContactChannel, Person, Said
from scheduling.vault import envelope, masters
from scheduling.vault.envelope import TamperedWith
from scheduling.vault.masters import KeyWrong
from tests import builders

NOW = builders.moment("2026-11-24 10:00")
NUMBER = "+447700900123"


@pytest.fixture
def case(session: Session) -> Case:
    return builders.case(session, builders.town(session), number=NUMBER)


def a_contact(case: Case | None, words: str) -> Contact:
    channel = ContactChannel.TEXT
    return Contact(case=case, channel=channel, said=Said.OTHER, words=words, number=NUMBER, received_at=NOW)


def stored(session: Session, table: str, column: str, row_id: int) -> str:
    return str(session.scalar(text(f"SELECT {column} FROM {table} WHERE id = {row_id}")))


def test_what_is_written_is_read_again_and_stands_sealed_in_the_record(session: Session, case: Case) -> None:
    contact = a_contact(case, "He hits me, and “the school” knows: žluťoučký")
    session.add(contact)
    session.flush()
    session.expire_all()

    assert contact.words == "He hits me, and “the school” knows: žluťoučký"
    assert stored(session, "contacts", "words", contact.id).startswith("v1|")
    assert stored(session, "people", "number", case.person_id).startswith("v1|")


def test_what_is_empty_or_missing_stays_so(session: Session, case: Case) -> None:
    case.child_name, case.person.access_needs = "", None
    session.flush()
    session.expire_all()

    assert (case.child_name, case.person.access_needs) == ("", None)
    assert stored(session, "cases", "child_name", case.id) == ""


def test_the_same_value_written_again_changes_nothing(session: Session, case: Case) -> None:
    contact = a_contact(case, "Hello")
    session.add(contact)
    session.flush()
    session.expire_all()
    before = stored(session, "contacts", "words", contact.id)

    contact.words = "Hello"
    session.flush()  # contacts never change: the database would refuse

    assert stored(session, "contacts", "words", contact.id) == before


def test_a_list_is_opened_after_its_session_is_over(engine: Engine) -> None:
    with db.Session.begin() as session:
        place = builders.town(session)
        for _ in range(3):
            builders.case(session, place)

    with db.Reading() as session:
        people = session.scalars(select(Person)).all()

    assert [person.name for person in people] == ["Sam"] * 3


def test_a_number_finds_its_rows_by_equality_alone(session: Session, case: Case) -> None:
    found = session.scalars(select(Person).where(Person.number == NUMBER)).one()

    assert found is case.person
    assert session.scalar(select(Person).where(Person.email == "SAM@family.example ")) is case.person
    assert session.scalars(select(Person).where(Person.number.in_(["+447700900999"]))).all() == []
    with pytest.raises(StatementError, match="in the open"):
        session.scalars(select(Contact).where(Contact.words == "Hello")).all()


def test_a_value_in_the_open_cannot_be_written_past_the_vault(session: Session, case: Case) -> None:
    with pytest.raises(StatementError, match="in the open"):
        session.execute(update(Case).values(issues="Speech therapy"))


@pytest.mark.parametrize(
    "swap",
    [
        pytest.param(
            "UPDATE people SET name = (SELECT name FROM people ORDER BY id DESC LIMIT 1)", id="of another row"
        ),
        pytest.param("UPDATE people SET name = email", id="of another column"),
        pytest.param("UPDATE people SET name = (SELECT issues FROM cases ORDER BY id LIMIT 1)", id="of another table"),
        pytest.param("UPDATE people SET seal = 'another'", id="with another seal"),
        pytest.param("UPDATE people SET name = replace(name, substr(name, 20, 8), 'AAAAAAAA')", id="changed"),
        pytest.param(
            "UPDATE people SET name = replace(name, substr(name, 4, 12),"
            " (SELECT data_key_id FROM people ORDER BY id DESC LIMIT 1))",
            id="said to be under another's key",
        ),
    ],
)
def test_a_value_does_not_open_where_it_was_not_written(session: Session, case: Case, swap: str) -> None:
    other = builders.case(session, builders.town(session, "Camden", "202"), number="+447700900456")
    session.execute(text(f"{swap} {'AND' if 'WHERE' in swap else 'WHERE'} id = {case.person_id}"))
    session.expire_all()

    with pytest.raises(TamperedWith):
        _ = case.person.name
    assert other.person.name == "Sam"


def test_what_nobody_knows_the_case_of_has_a_key_of_its_own_and_keeps_it(session: Session, case: Case) -> None:
    contact = a_contact(None, "Please ring me")
    session.add(contact)
    session.flush()
    before = stored(session, "contacts", "words", contact.id)

    contact.case_id = case.id
    session.flush()

    assert envelope.key_id(before) not in {case.data_key_id, case.person.data_key_id}
    assert stored(session, "contacts", "words", contact.id) == before


def test_a_key_made_in_what_is_undone_seals_nothing_later(engine: Engine) -> None:
    with db.Session.begin() as session:
        place = builders.town(session)
        undone = session.begin_nested()
        builders.case(session, place)
        undone.rollback()
        builders.case(session, place)

    with db.Reading() as session:
        assert session.scalars(select(Person)).one().name == "Sam"
        assert session.scalars(select(Case)).one().issues == "Speech therapy in section F"


ONE = masters.new_secret()


@pytest.mark.parametrize(
    ("keys", "index_key", "says"),
    [
        pytest.param("", ONE, "there is no key in it", id="nothing"),
        pytest.param(ONE, ONE, "write it as id:base64", id="without an id"),
        pytest.param("1:c2hvcnQ=", ONE, "32 random bytes", id="too short"),
        pytest.param("1:???", ONE, "32 random bytes", id="no base64"),
        pytest.param(f"1:{ONE},1:{ONE}", ONE, "two keys are called 1", id="twice the same id"),
        pytest.param(f"1:{ONE}", "", "VAULT_INDEX_KEY", id="no key for the index"),
    ],
)
def test_keys_that_are_none_are_refused_with_a_sentence(keys: str, index_key: str, says: str) -> None:
    with pytest.raises(KeyWrong, match=says):
        masters.parse(keys, index_key)


def test_the_first_of_several_keys_is_the_newest() -> None:
    parsed = masters.parse(f"2:{ONE}, 1:{masters.new_secret()}", ONE)

    assert (parsed.newest, list(parsed.keys)) == ("2", ["2", "1"])
