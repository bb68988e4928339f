"""A new master key takes over, rows from before there was a vault are sealed, and a wrong key is named at the start."""

import hashlib

import pytest
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.orm import Session

from scheduling import audit, audit_check, db, vault
from scheduling.db import Base
from scheduling.law.certificates import Kind
from scheduling.models import (
    ActorKind,
    Case,
    Certificate,
    Contact,
    ContactChannel,
    Entry,
    Look,
    OptOut,
    Person,
    Role,
    Said,
    Telling,
    Voicemail,
)
from scheduling.outbox import opt_outs
from scheduling.vault import masters, upkeep
from scheduling.vault.keys import DataKey
from scheduling.vault.masters import KeyWrong, Masters
from scheduling.vault.sealed import ERASED, Box
from tests import builders
from webapp import migrations

NOW = builders.moment("2026-11-24 10:00")
PAPER = b"%PDF-1.7 \xe2\xe3 Sam Canary"
OPEN = {
    "people": "name = 'Sam Canary', number = '+447700900123', email = 'sam@family.example', data_key_id = NULL",
    "cases": "issues = 'Speech therapy', data_key_id = NULL",
}


def from_before(session: Session) -> None:
    """A case as it was written before there was a vault."""
    place = builders.town(session)
    case = builders.case(session, place)
    for table, values in OPEN.items():
        session.execute(text(f"UPDATE {table} SET seal = NULL, {values}"))
    session.execute(text("UPDATE people SET number_index = NULL, email_index = NULL"))
    session.execute(text("DELETE FROM data_keys"))
    session.expunge_all()
    told = {"case_id": case.id, "officer_id": place.officer.id, "sealed_issues": Box(stored="Speech therapy")}
    session.execute(insert(Telling), [told | {"told_at": NOW}])
    said = {"case_id": case.id, "channel": ContactChannel.TEXT, "said": Said.OTHER, "received_at": NOW}
    session.execute(insert(Contact), [said | {"sealed_words": Box(stored="Please ring me")}])
    session.add(OptOut(number="+447700900123", since=NOW))


def test_rows_from_before_are_read_as_they_are_and_sealed_batch_by_batch(engine: Engine) -> None:
    with db.Session.begin() as session:
        from_before(session)
    with db.Reading() as session:
        assert session.scalars(select(Person)).one().name == "Sam Canary"

    with db.Session.begin() as session:
        opt_outs.blind(session)
        assert upkeep.seal_some(session, at_most=1) == 1  # and then whoever did it was stopped
    assert migrations.seal_old_rows(engine) == 3
    assert migrations.seal_old_rows(engine) == 0

    with db.Reading() as session:
        person = session.scalars(select(Person).where(Person.number == "+447700900123")).one()
        assert (person.name, person.email) == ("Sam Canary", "sam@family.example")
        assert session.scalars(select(Case)).one().tellings[0].issues == "Speech therapy"
        assert session.scalars(select(Contact)).one().words == "Please ring me"
        assert opt_outs.has_stopped(session, "+447700900123")
        for table, column in (("people", "name"), ("cases", "issues"), ("tellings", "issues"), ("contacts", "words")):
            assert session.scalars(text(f"SELECT {column} FROM {table}")).one().startswith("v1|")


def test_a_row_that_never_changes_may_be_sealed_once(engine: Engine) -> None:
    with db.Session.begin() as session:
        case = builders.case(session, builders.town(session), told="2026-11-23 10:25")
        session.add(Contact(case=case, channel=ContactChannel.TEXT, said=Said.OTHER, words="Hello", received_at=NOW))

    for change in ("words = 'Goodbye'", "seal = NULL", "words = 'Goodbye', seal = 'another'"):
        with pytest.raises(Exception, match="never change"), db.Session.begin() as session:
            session.execute(text(f"UPDATE contacts SET {change}"))


def test_what_the_audit_vouches_for_is_sealed_afterwards_and_still_vouched_for(engine: Engine) -> None:
    with db.Session.begin() as session:
        from_before_what_never_changes(session)

    assert migrations.seal_old_rows(engine) == 4

    with db.Reading() as session:
        assert session.scalars(select(Entry).where(Entry.what == "Cancelled")).one().why == "She is afraid of him"
        assert session.scalars(select(Look)).one().reason == "Her sister rang"
        assert session.scalars(select(Voicemail)).one().sound == b"\xff\xfb a voice"
        assert session.scalars(select(Certificate)).one().document == PAPER
        for table, column in (
            ("history", "why"),
            ("looks", "reason"),
            ("voicemails", "sound"),
            ("certificates", "document"),
        ):
            stored = session.scalars(text(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL")).all()
            assert all(bytes(one if isinstance(one, bytes) else one.encode()).startswith(b"v1|") for one in stored)
        assert audit_check.verify(session).broken == []
    for change in (
        "history SET what = 'Booked'",
        "history SET why = 'v1|another', seal = 'another'",
        "looks SET seal = NULL",
        "certificates SET number = '2', seal = 'another'",
    ):
        with pytest.raises(Exception, match="never change"), db.Session.begin() as session:
            session.execute(text(f"UPDATE {change}"))


def from_before_what_never_changes(session: Session) -> None:
    """A reason, a look, a certificate and a voicemail as they were once written, with their links in the chain."""
    case = builders.case(session, builders.town(session))
    staff = builders.staff(session, Role.ADVISER, "Amara")
    session.flush()
    contact = Contact(channel=ContactChannel.VOICEMAIL, said=Said.OTHER, received_at=NOW)
    session.add(contact)
    session.flush()
    of_it, days = {"case_id": case.id}, dict.fromkeys(("issued_on", "appeal_by", "appeal_last_lawful"), NOW.date())
    rows: dict[type[Base], dict[str, object]] = {
        Entry: {
            "at": NOW,
            "what": "Cancelled",
            "why": in_the_open("She is afraid of him"),
            "by_kind": ActorKind.FAMILY,
        },
        Look: {"at": NOW, "staff_id": staff.id, "role": Role.ADVISER, "reason": in_the_open("Her sister rang")},
        Certificate: {
            "kind": Kind.NOT_WANTED,
            "number": "1",
            "code": "A",
            "issued_at": NOW,
            "issued_by_id": staff.id,
            "document": Box(stored=PAPER.decode("latin-1")),
            "digest": hashlib.sha256(PAPER).hexdigest(),
            **days,
        },
    }
    for kind, row in rows.items():
        session.execute(insert(Base.metadata.tables[kind.__tablename__]), [of_it | row])
    tape = {"contact_id": contact.id, "recording_id": "RE1", "left_at": NOW, "sound": in_the_open("\xff\xfb a voice")}
    session.execute(insert(Base.metadata.tables["voicemails"]), [tape | {"attempts": 0}])
    for written in (
        session.scalars(select(Entry).where(Entry.what == "Cancelled")).one(),
        session.scalars(select(Look)).one(),
        session.scalars(select(Certificate)).one(),
    ):
        audit.record(session, written.fact())


def in_the_open(words: str) -> Box:
    return Box(stored=words)


def test_what_was_erased_does_not_stop_the_sealing_of_what_is_left(engine: Engine) -> None:
    with db.Session.begin() as session:
        case = builders.case(session, builders.town(session))
        vault.forget(session, case.id)
        session.execute(text(f"UPDATE cases SET issues = '{ERASED}'"))

    assert migrations.seal_old_rows(engine) == 0


def test_a_new_master_key_takes_over_batch_by_batch(engine: Engine, other_masters: None) -> None:
    with db.Session.begin() as session:
        builders.case(session, builders.town(session))
        keys = len(session.scalars(select(DataKey)).all())
    old = masters.in_use()
    both = Masters({"new": bytes(32), **old.keys}, old.index_key)

    masters.use(both)
    with db.Session.begin() as session:
        assert upkeep.rewrap_some(session, at_most=1) == 1
    with db.Reading() as session:
        assert session.scalars(select(Person)).one().name == "Sam"
        assert session.scalars(select(Case)).one().issues == "Speech therapy in section F"
    with db.Session.begin() as session:
        assert upkeep.rewrap_some(session, at_most=100) == keys - 1
        assert upkeep.rewrap_some(session, at_most=100) == 0

    masters.use(Masters({"new": bytes(32)}, old.index_key))
    with db.Reading() as session:
        upkeep.check(session)
        assert session.scalars(select(Person).where(Person.number == "+447700900123")).one().name == "Sam"


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        pytest.param({"other": bytes(32)}, "written with the master key tests, which is not in it", id="another id"),
        pytest.param({"tests": bytes(32)}, "tests is not the one with which the record was written", id="another key"),
    ],
)
def test_a_wrong_master_key_is_named_before_anybody_is_answered(
    session: Session, other_masters: None, keys: dict[str, bytes], says: str
) -> None:
    builders.case(session, builders.town(session))

    masters.use(Masters(keys, bytes(32)))

    with pytest.raises(KeyWrong, match=says):
        upkeep.check(session)
