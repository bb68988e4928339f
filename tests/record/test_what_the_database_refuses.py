"""What must not be, the database itself refuses, whatever the code above it forgets."""

import pytest
from sqlalchemy import Executable, delete, insert, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from scheduling.models import (
    Booking,
    BookingKind,
    Cell,
    Claim,
    Contact,
    ContactChannel,
    Entry,
    Mode,
    ResourceKind,
    Said,
    Telling,
)
from tests import builders

TEN, NOON = builders.moment("2026-12-10 10:00"), builders.moment("2026-12-10 12:00")


def test_a_moment_without_a_time_zone_is_refused(session: Session) -> None:
    case = builders.case(session, builders.town(session))

    case.closed_at = TEN.replace(tzinfo=None)

    with pytest.raises(StatementError, match="no time zone"):
        session.flush()


def test_a_moment_comes_back_as_the_same_moment_across_the_clock_change(session: Session) -> None:
    case = builders.case(session, builders.town(session))
    summer = builders.moment("2026-07-01 00:30")

    case.consent_to_share_at = summer
    session.flush()
    session.refresh(case)

    assert case.consent_to_share_at == summer


@pytest.mark.parametrize("change", [update(Contact).values(received_at=TEN), delete(Contact)], ids=["change", "remove"])
def test_a_contact_never_changes_and_never_goes(session: Session, change: Executable) -> None:
    session.add(Contact(channel=ContactChannel.TEXT, said=Said.WANTS_MEDIATION, received_at=NOON))
    session.flush()

    with pytest.raises(DatabaseError, match="never"):
        session.execute(change)


def test_whose_contact_it_was_may_be_found_out_later(session: Session) -> None:
    case = builders.case(session, builders.town(session))
    contact = Contact(channel=ContactChannel.TEXT, said=Said.WANTS_MEDIATION, received_at=NOON)
    session.add(contact)
    session.flush()

    contact.case_id = case.id
    session.flush()

    assert contact.case is case


@pytest.mark.parametrize("table", [Telling, Entry], ids=["telling", "history"])
def test_a_telling_and_a_line_of_history_never_go(session: Session, table: type[Telling | Entry]) -> None:
    builders.case(session, builders.town(session), told="2026-11-23 10:25")

    with pytest.raises(DatabaseError, match="never"):
        session.execute(delete(table))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_even_insert_or_replace_does_not_slip_past_the_history(session: Session) -> None:
    case = builders.case(session, builders.town(session))

    with pytest.raises(DatabaseError, match="never"):
        session.execute(
            text(
                "INSERT OR REPLACE INTO history (id, case_id, at, what, by_kind) "
                "VALUES (:id, :case, '2026-12-10', 'another story', 'staff')"
            ),
            {"id": case.history[0].id, "case": case.id},
        )


def test_two_claims_cannot_fill_the_same_quarter_of_an_hour(session: Session) -> None:
    claims = [_claim(session, f"uid-{n}", resource_id=n) for n in (1, 2)]
    cell = {"kind": ResourceKind.ROOM, "resource_id": 1, "quarter": 2_000_000}
    session.execute(insert(Cell).values([{**cell, "claim_id": claims[0].id}]))

    with pytest.raises(IntegrityError):
        session.execute(insert(Cell).values([{**cell, "claim_id": claims[1].id}]))


@pytest.mark.needs_postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_refuses_overlapping_claims_even_without_cells(session: Session) -> None:
    _claim(session, "uid-1", resource_id=1)

    with pytest.raises(IntegrityError, match="ex_claims_no_overlap"):
        _claim(session, "uid-2", resource_id=1)


@pytest.mark.parametrize(
    ("mode", "rule"),
    [(Mode.IN_PERSON, "in_a_room_or_from_afar|mediation_is_whole"), (Mode.VIDEO, "mediation_is_whole")],
)
def test_a_mediation_without_room_mediator_and_officer_is_refused(session: Session, mode: Mode, rule: str) -> None:
    case = builders.case(session, builders.town(session))
    kind = BookingKind.MEDIATION
    session.add(Booking(uid="uid", kind=kind, mode=mode, case=case, starts_at=TEN, ends_at=NOON, booked_at=TEN))

    with pytest.raises(IntegrityError, match=rule):
        session.flush()


def _claim(session: Session, uid: str, *, resource_id: int) -> Claim:
    """A claim of an adviser's booking on a room, which is all the tables need to know."""
    place = builders.town(session, name=uid, code=uid)
    booking = Booking(
        uid=uid,
        kind=BookingKind.ADVICE,
        case=builders.case(session, place),
        adviser_id=place.adviser.id,
        starts_at=TEN,
        ends_at=NOON,
        booked_at=TEN,
    )
    claim = Claim(booking=booking, kind=ResourceKind.ROOM, resource_id=resource_id, starts_at=TEN, ends_at=NOON)
    session.add(claim)
    session.flush()
    return claim
