"""What coordinators change about an authority holds at once, and history says who changed it."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from scheduling.models import Actor, Authority, AuthorityAlias, Officer
from scheduling.reference import changes, contracts, load
from tests import builders
from tests.builders import Town

NOW = builders.moment("2026-11-24 10:00")
TODAY = date(2026, 11, 24)


@pytest.fixture
def town(session: Session) -> Town:
    return builders.town(session)


@pytest.fixture
def by(town: Town) -> Actor:
    return Actor.staff(town.coordinator.id)


def history(session: Session, authority: Authority) -> list[str]:
    return [line.what for line in changes.of(session, changes.to(authority), limit=10)]


def test_an_authority_whose_contract_ends_is_served_to_its_last_day(session: Session, town: Town, by: Actor) -> None:
    (contract,) = town.authority.contracts

    contracts.end(session, contract, ends_on=TODAY, because="Went to another service", by=by, now=NOW)

    assert town.authority.is_served(TODAY)
    assert not town.authority.is_served(date(2026, 11, 25))
    (line,) = changes.of(session, changes.to(town.authority), limit=10)
    assert (line.why, line.by) == ("Went to another service", by)


def test_a_second_contract_may_follow_and_not_overlap(session: Session, town: Town, by: Actor) -> None:
    (first,) = town.authority.contracts
    with pytest.raises(contracts.Overlaps, match="without an end"):
        contracts.begin(session, town.authority, starts_on=TODAY, by=by, now=NOW)
    contracts.end(session, first, ends_on=TODAY, because="New terms", by=by, now=NOW)
    with pytest.raises(contracts.Overlaps, match="to Tuesday 24 November 2026"):
        contracts.begin(session, town.authority, starts_on=TODAY, by=by, now=NOW)

    contracts.begin(session, town.authority, starts_on=date(2026, 11, 25), by=by, now=NOW)

    assert town.authority.is_served(date(2030, 1, 1))


def test_no_contract_ends_before_it_begins(session: Session, town: Town, by: Actor) -> None:
    with pytest.raises(contracts.EndsBeforeItBegins, match="begins on Monday 1 September 2014"):
        contracts.end(session, town.authority.contracts[0], ends_on=date(2014, 8, 31), because="A slip", by=by, now=NOW)


def test_a_name_is_added_once_and_taken_away_again(session: Session, town: Town, by: Actor) -> None:
    alias = contracts.call_it(session, town.authority, "Hendon", must_ask=False, by=by, now=NOW)
    with pytest.raises(contracts.KnownAlready):
        contracts.call_it(session, town.authority, "hendon", must_ask=True, by=by, now=NOW)
    assert [one.words for one in town.authority.aliases] == ["Hendon"]
    session.refresh(alias)

    # The list that comes with the service names Hendon: only what was added here can go.
    with pytest.raises(contracts.OfTheList):
        contracts.call_it_no_more(session, alias, by=by, now=NOW)
    ours = contracts.call_it(session, town.authority, "The Barn", must_ask=True, by=by, now=NOW)
    contracts.call_it_no_more(session, ours, by=by, now=NOW)

    session.flush()
    assert session.get(AuthorityAlias, ours.id) is None
    assert history(session, town.authority)[0] == "Barnet: Is no longer called “The Barn”"


def test_an_officer_who_has_left_is_written_down_as_such(session: Session, town: Town, by: Actor) -> None:
    contracts.change_officer(session, town.officer, may_decide=False, is_manager=True, left_on=TODAY, by=by, now=NOW)

    assert (town.officer.left_on, town.officer.may_decide, town.officer.is_manager) == (TODAY, False, True)
    assert history(session, town.authority) == [
        "Barnet: Olu may not settle on the day, is chased, left on Tuesday 24 November 2026"
    ]


def test_saving_an_officer_unchanged_writes_no_history(session: Session, town: Town, by: Actor) -> None:
    contracts.change_officer(session, town.officer, may_decide=True, is_manager=False, left_on=None, by=by, now=NOW)
    contracts.appoint(
        session, town.authority, Officer(name="Hannah", email="h@barnet.example", may_decide=True), by=by, now=NOW
    )

    assert history(session, town.authority) == ["Barnet: Hannah is an officer there"]


def test_loading_the_list_again_undoes_nothing_of_it(session: Session, by: Actor) -> None:
    load.load(session)
    barnet = session.query(Authority).filter_by(code="303").one()
    advice = contracts.LocalAdvice(
        local_offer="https://offer.example.org", advice_service="Families First", advice_page=None, advice_number=None
    )
    contracts.point_to(session, barnet, advice, by=by, now=NOW)
    contracts.end(session, barnet.contracts[0], ends_on=TODAY, because="Went elsewhere", by=by, now=NOW)

    load.load(session)

    assert (barnet.advice_service, barnet.contracts[0].ends_on) == ("Families First", TODAY)
