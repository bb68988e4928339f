"""A case whose keys are destroyed: what was said is gone, what was done can still be counted."""

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from scheduling import db, vault
from scheduling.models import FAMILY, Case, CasePerson, Contact, ContactChannel, Person, Said, Voicemail
from scheduling.vault.keys import Erased
from scheduling.vault.sealed import ERASED
from tests import builders
from tests.builders import Town

NOW = builders.moment("2026-11-24 10:00")
NUMBER = "+447700900123"


@pytest.fixture
def town(session: Session) -> Town:
    return builders.town(session)


def a_contact(session: Session, case: Case | None) -> Contact:
    said = Contact(channel=ContactChannel.TEXT, said=Said.OTHER, words="Hello", number=NUMBER, received_at=NOW)
    session.add(said)
    session.flush()
    said.case = case
    session.flush()
    return said


def test_what_was_said_is_gone_and_what_was_done_stays(session: Session, town: Town) -> None:
    case, other = (
        builders.case(session, town, number=one, told="2026-11-23 10:25") for one in (NUMBER, "+447700900456")
    )
    theirs, nobodys, others = a_contact(session, case), a_contact(session, None), a_contact(session, other)

    tape = Voicemail(contact=nobodys, recording_id="RE1", left_at=NOW, sound=b"a voice")
    session.add(tape)
    case.record("Cancelled", why="She is afraid of him", by=FAMILY, now=NOW)

    vault.forget(session, case.id)

    assert (tape.sound, case.history[-1].why) == (b"", ERASED)
    assert (case.issues, case.person.name, case.person.number) == (ERASED, ERASED, ERASED)
    assert (theirs.words, nobodys.words, case.tellings[0].issues) == (ERASED, ERASED, ERASED)
    assert session.scalars(select(Person).where(Person.number == NUMBER)).all() == []
    assert case.told_at == builders.moment("2026-11-23 10:25")
    assert (other.issues, other.person.name, others.words) == ("Speech therapy in section F", "Sam", "Hello")


def test_a_parent_of_two_cases_is_forgotten_with_the_second(session: Session, town: Town) -> None:
    first, second = builders.case(session, town), builders.case(session, town)
    second.person = first.person
    first.others.append(CasePerson(person=Person(name="Gran")))
    session.flush()
    gran = first.others[0].person

    vault.forget(session, first.id)
    assert (first.issues, gran.name, first.person.name) == (ERASED, ERASED, "Sam")

    vault.forget(session, second.id)
    assert second.person.name == ERASED


def test_nothing_can_be_added_to_what_is_erased(session: Session, town: Town) -> None:
    case = builders.case(session, town)
    vault.forget(session, case.id)

    case.issues = "Something new"

    with pytest.raises(Erased):
        session.flush()
    session.rollback()


def test_forgetting_twice_is_forgetting(session: Session, town: Town) -> None:
    case = builders.case(session, town)
    vault.forget(session, case.id)
    vault.forget(session, case.id)

    assert case.person.name == ERASED


def test_a_key_outlives_nothing_that_was_read_before(engine: Engine) -> None:
    with db.Session.begin() as session:
        case = builders.case(session, builders.town(session))
    with db.Session.begin() as session:
        vault.forget(session, case.id)

    with db.Reading() as session:
        assert session.scalars(select(Person)).one().name == ERASED
        assert session.scalar(text("SELECT count(*) FROM data_keys")) == 0
