from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling.models import Authority, AuthorityAlias, AuthoritySuccession, Contract, ExtraBankHoliday
from scheduling.reference import authorities, calendar
from scheduling.reference.load import load
from tests.builders import moment

TODAY = date(2026, 11, 23)


def called(session: Session, name: str) -> Authority:
    return session.scalars(select(Authority).where(Authority.name == name)).one()


def counts(session: Session) -> list[int | None]:
    return [
        session.scalar(select(func.count()).select_from(table))
        for table in (Authority, AuthorityAlias, AuthoritySuccession, Contract)
    ]


def test_every_authority_of_the_list_comes_in_with_its_other_names(session: Session) -> None:
    load(session)

    assert session.scalar(select(func.count()).select_from(Authority)) == len(authorities.rows())
    barnet = called(session, "Barnet")
    assert "Hendon" in {alias.words for alias in barnet.aliases}
    assert barnet.is_served(TODAY)


def test_northamptonshire_has_ended_and_its_successors_wait_for_a_contract(session: Session) -> None:
    load(session)

    county = called(session, "Northamptonshire")
    assert county.is_served(date(2021, 3, 31))
    assert not county.is_served(date(2021, 4, 1))
    assert [successor.name for successor in county.successors] == ["North Northamptonshire", "West Northamptonshire"]
    assert not any(successor.is_served(TODAY) for successor in county.successors)


def test_loading_again_changes_nothing(session: Session) -> None:
    load(session)
    first = counts(session)

    load(session)
    session.flush()

    assert counts(session) == first


def test_loading_again_does_not_undo_what_a_coordinator_changed(session: Session) -> None:
    load(session)
    barnet, successor = called(session, "Barnet"), called(session, "West Northamptonshire")
    barnet.contracts[0].ends_on = date(2026, 8, 31)
    successor.contracts.append(Contract(starts_on=date(2026, 9, 1)))
    session.flush()

    load(session)
    session.flush()
    session.expire_all()

    assert not barnet.is_served(TODAY)
    assert successor.is_served(TODAY)


def test_a_name_that_was_changed_in_the_list_is_changed_in_the_record(session: Session) -> None:
    load(session)
    called(session, "Barnet").official_name = "Old name"
    session.flush()

    load(session)

    assert called(session, "Barnet").official_name == "London Borough of Barnet"


def test_a_proclaimed_holiday_is_no_working_day(session: Session) -> None:
    coronation = date(2026, 12, 4)
    assert calendar.working_days(session).is_working_day(coronation)

    session.add(ExtraBankHoliday(day=coronation, name="A coronation", added_at=moment("2026-11-23 09:00")))
    session.flush()

    assert not calendar.working_days(session).is_working_day(coronation)
