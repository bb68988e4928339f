"""Records are kept as long as the policies say, erased when a manager lets them be, and never while on hold."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, select, text
from sqlalchemy.exc import DatabaseError

from scheduling import audit, audit_check, db
from scheduling.audit import ChainLink
from scheduling.cases import erasing, intake, retention
from scheduling.cases.retention import HeldAlready, NotHeld, NothingWaits
from scheduling.diary import bookings, slots
from scheduling.jobs.timetable import TIMETABLE
from scheduling.models import (
    SERVICE,
    Actor,
    Case,
    CasePerson,
    Contact,
    ContactChannel,
    Erasure,
    ErasureBatch,
    InboundMail,
    MailKind,
    MessageState,
    Person,
    ProviderCopy,
    RecordClass,
    Role,
    Said,
)
from scheduling.outbox import messages
from scheduling.outbox.carriers import NotCarried, TryLater
from scheduling.reference import changes
from tests import builders

THEN = builders.moment("2026-11-24 10:00")
NOW = THEN + timedelta(days=2200)
CANARY = "Zebedee"
WHY = "Six years are over"


@pytest.fixture
def manager(engine: Engine) -> Actor:
    with db.Session.begin() as session:
        max_ = builders.staff(session, Role.MANAGER, "Max")
        session.flush()
        return Actor.staff(max_.id)


@pytest.fixture
def case_id(engine: Engine) -> int:
    """A case that was closed six years ago, with a canary wherever words are kept."""
    with db.Session.begin() as session:
        case = builders.case(session, builders.town(session), told="2026-11-23 10:25", email="zebedee@family.example")
        slot = slots.best(session, case, now=THEN, limit=1)[0]
        booking = bookings.book(session, case, slot, by=SERVICE, now=THEN)
        case.issues = case.child_name = case.school = case.person.name = case.closed_because = CANARY
        case.others.append(CasePerson(person=Person(name=CANARY, number="+447700900199")))
        booking.cancelled_because = CANARY
        text_ = messages.text(session, case.person, purpose="p", body=CANARY, key=CANARY[:1], now=THEN, case=case)
        assert text_ is not None
        text_.state, text_.provider_id, text_.sent_at = MessageState.DELIVERED, "SM1", THEN
        contact = intake.record_contact(
            session,
            channel=ContactChannel.TEXT,
            said=Said.OTHER,
            received_at=THEN,
            number="+447700900123",
            words=CANARY,
            provider_id="SM2",
        )
        contact.case = case
        session.add(_mail(case_id=case.id, mail_id="1"))
        case.record(f"{CANARY} rang", why=CANARY, by=SERVICE, now=THEN)
        case.closed_at = THEN
        return case.id


def _mail(**given: object) -> InboundMail:
    return InboundMail(
        kind=MailKind.LETTER,
        sender="zebedee@family.example",
        subject=CANARY,
        body=CANARY,
        received_at=THEN,
        outcome=CANARY,
        **given,
    )


def proposed() -> ErasureBatch:
    with db.Session.begin() as session:
        retention.propose(session, now=NOW)
        waiting = retention.waiting(session)
        assert waiting is not None
        return waiting.batch


def confirmed(by: Actor) -> None:
    batch = proposed()
    with db.Session.begin() as session:
        retention.confirm(session, batch.id, because=WHY, by=by, now=NOW)


def sweep(*names: str) -> None:
    for name in names or ("erase what was confirmed", "close what is erased"):
        next(job for job in TIMETABLE if job.name == name).sweep(NOW)


def canaries(case_id: int) -> set[str]:
    """The tables in which the family still stands."""
    found = set()
    with db.Reading() as session:
        for table in db.Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                if any(CANARY.lower() in str(value).lower() or "900199" in str(value) for value in row):
                    found.add(table.name)
    return found


def test_what_was_erased_is_nowhere_any_more_and_the_audit_is_whole(case_id: int, manager: Actor) -> None:
    with db.Reading() as session:
        reference = session.get_one(Case, case_id).reference
    assert "history" in canaries(case_id)
    confirmed(manager)

    sweep()

    assert canaries(case_id) == set()
    with db.Reading() as session:
        case = session.get_one(Case, case_id)
        assert (case.reference, case.closed_at, case.told_at is not None) == (reference, THEN, True)
        assert [entry.what for entry in case.history] == ["Everything personal was erased, after its time"]
        assert set(session.scalars(select(ProviderCopy.provider_id))) == {"SM1", "SM2"}
        proof = audit_check.verify(session)
        assert proof.broken == []
        assert proof.forgotten > 0
        done = select(ChainLink.reason).where(ChainLink.action == "records erased", ChainLink.chain == audit.SERVICE)
        assert list(session.scalars(done)) == ["case 1"]


def test_nothing_is_erased_before_a_manager_says_so(case_id: int, manager: Actor) -> None:
    proposed()
    sweep()

    assert "cases" in canaries(case_id)
    with db.Session() as session, pytest.raises(DatabaseError, match="never"):
        session.execute(text("DELETE FROM history"))


def test_no_other_case_loses_its_guard(case_id: int, manager: Actor) -> None:
    with db.Session.begin() as session:
        other = builders.case(session, builders.town(session, "Camden", "202"), number="+447700900124").id
    confirmed(manager)
    sweep()

    with db.Session() as session, pytest.raises(DatabaseError, match="never"):
        session.execute(text("DELETE FROM history WHERE case_id = :other"), {"other": other})


def test_a_case_on_hold_is_neither_proposed_nor_erased(case_id: int, manager: Actor) -> None:
    batch = proposed()
    with db.Session.begin() as session:
        retention.hold(session, session.get_one(Case, case_id), because="A complaint", by=manager, now=NOW)
    with db.Session.begin() as session:
        with pytest.raises(HeldAlready):
            retention.hold(session, session.get_one(Case, case_id), because="Another", by=manager, now=NOW)
        retention.confirm(session, batch.id, because=WHY, by=manager, now=NOW)
        assert retention.propose(session, now=NOW) == 0
    sweep()
    assert "cases" in canaries(case_id)

    with db.Session.begin() as session:
        retention.lift(session, session.get_one(Case, case_id), because="Settled", by=manager, now=NOW)
    with db.Session.begin() as session:
        with pytest.raises(NotHeld):
            retention.lift(session, session.get_one(Case, case_id), because="Settled", by=manager, now=NOW)
        assert retention.propose(session, now=NOW) == 1


def test_a_hold_that_comes_after_the_manager_s_word_still_keeps_the_case(case_id: int, manager: Actor) -> None:
    confirmed(manager)
    with db.Session.begin() as session:
        retention.hold(session, session.get_one(Case, case_id), because="A complaint", by=manager, now=NOW)

    sweep()

    assert "cases" in canaries(case_id)


def test_erasing_that_is_killed_half_way_goes_on_with_what_is_left(case_id: int, manager: Actor) -> None:
    with db.Session.begin() as session:
        session.add_all(_mail(mail_id=str(number)) for number in range(2, 5))
    confirmed(manager)

    def dies(_mapper: object, _connection: object, erasure: Erasure) -> None:
        if erasure.kind is RecordClass.MAIL and erasure.object_id % 2:
            raise RuntimeError("the machine went away")

    event.listen(Erasure, "before_update", dies)
    sweep()
    event.remove(Erasure, "before_update", dies)
    with db.Reading() as session:
        assert session.scalars(select(ErasureBatch.finished_at)).one() is None
    for _look in range(2):
        sweep()

    assert canaries(case_id) == set()
    with db.Reading() as session:
        assert session.scalars(select(ErasureBatch.finished_at)).one() == NOW
        done = select(ChainLink.reason).where(ChainLink.action == "records erased", ChainLink.reason.is_not(None))
        assert list(session.scalars(done)) == ["case 1, mail 3"]


def test_a_batch_is_confirmed_once_and_for_a_reason(case_id: int, manager: Actor) -> None:
    batch = proposed()
    with db.Session.begin() as session:
        with pytest.raises(changes.WithoutReason):
            retention.confirm(session, batch.id, because=" ", by=manager, now=NOW)
        retention.confirm(session, batch.id, because=WHY, by=manager, now=NOW)
        with pytest.raises(NothingWaits):
            retention.confirm(session, batch.id, because=WHY, by=manager, now=NOW)


def test_an_enquiry_of_no_case_goes_after_half_a_year(engine: Engine, manager: Actor) -> None:
    with db.Session.begin() as session:
        for number, age in enumerate((181, 10)):
            contact = intake.record_contact(
                session,
                channel=ContactChannel.TEXT,
                said=Said.OTHER,
                received_at=NOW - timedelta(days=age),
                number=f"+44770090012{number}",
                words=CANARY,
            )
            contact.handled_at = NOW
    confirmed(manager)
    sweep()

    with db.Reading() as session:
        kept = session.scalars(select(Contact).order_by(Contact.id))
        assert [(one.number, one.words) for one in kept] == [(None, None), ("+447700900121", CANARY)]


def test_the_provider_deletes_its_copies_after_a_month_and_is_asked_again(case_id: int) -> None:
    asked: list[str] = []

    class Copies:
        trouble: Exception | None = TryLater("500")

        def remove(self, provider_id: str) -> None:
            asked.append(provider_id)
            if self.trouble is not None:
                raise self.trouble

    copies = Copies()
    for _clock in range(2):
        sweep("ask copies back")
    assert retention.remove_due(copies, NOW) == 0
    copies.trouble = None
    assert retention.remove_due(copies, NOW) == 1
    copies.trouble = NotCarried("20404")
    assert retention.remove_due(copies, NOW + retention.ASK_AGAIN) == 1

    assert sorted(asked) == ["SM1", "SM1", "SM2"] or sorted(asked) == ["SM1", "SM2", "SM2"]
    with db.Reading() as session:
        assert all(copy.removed_at for copy in session.scalars(select(ProviderCopy)))


def test_every_table_that_knows_of_cases_says_what_becomes_of_it() -> None:
    knows = {
        table.name
        for table in db.Base.metadata.sorted_tables
        if any(key.column.table.name == "cases" for column in table.columns for key in column.foreign_keys)
    }
    told = {rows.table for rows in erasing.OF_A_CASE} | set(erasing.KEPT)

    assert knows - told == set()
