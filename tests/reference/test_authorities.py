from collections import Counter
from datetime import date

from scheduling.reference import authorities
from scheduling.reference.authorities import Status

ROWS = authorities.rows()
BY_NAME = {row.name: row for row in ROWS}


def test_the_list_has_the_64_authorities_and_two_successors() -> None:
    assert Counter(row.status for row in ROWS) == {Status.SERVED: 63, Status.ENDED: 1, Status.NOT_CONTRACTED: 2}


def test_rutland_and_sandwell_are_two() -> None:
    assert BY_NAME["Rutland"].dfe_code == "857"
    assert BY_NAME["Sandwell"].dfe_code == "333"


def test_northamptonshire_ended_and_its_successors_are_off() -> None:
    former = BY_NAME["Northamptonshire"]
    successors = [row for row in ROWS if row.dfe_code in former.succeeded_by]

    assert former.valid_to == date(2021, 4, 1)
    assert [row.name for row in successors] == ["North Northamptonshire", "West Northamptonshire"]
    assert {(row.valid_from, row.status) for row in successors} == {(date(2021, 4, 1), Status.NOT_CONTRACTED)}


def test_no_two_authorities_share_a_code() -> None:
    assert len({row.dfe_code for row in ROWS}) == len({row.ons_code for row in ROWS}) == len(ROWS)


def test_no_name_that_is_taken_without_asking_means_two_authorities() -> None:
    names = Counter(name.casefold() for row in ROWS for name in {row.name, row.official_name, *row.aliases})

    assert [name for name, times in names.items() if times > 1] == []


def test_a_name_that_must_be_asked_is_nobodys_safe_alias() -> None:
    safe = {alias.casefold() for row in ROWS for alias in row.aliases}

    assert [name for row in ROWS for name in row.must_ask_aliases if name.casefold() in safe] == []


def test_initials_that_several_councils_use_must_be_asked() -> None:
    asked = {name for row in ROWS for name in row.must_ask_aliases}

    assert {"SMBC", "WCC", "LCC", "AfC", "London", "Yorkshire", "Bedfordshire", "Richmond", "Kingston"} <= asked
