import dataclasses
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from scheduling.law import rules
from scheduling.law.rules import NotInForce

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "rules.md"


def test_the_page_of_rules_is_written_from_the_register() -> None:
    assert PAGE.read_text(encoding="utf-8") == rules.as_markdown(), (
        'write it again: python -c "from scheduling.law import rules; print(rules.as_markdown(), end=str())"'
    )


def test_every_rule_is_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert [rule.key for rule in rules.REGISTER if f'<a id="{rule.key}"></a>{rule.name}' not in page] == []


def test_no_two_entries_share_a_key_and_a_day() -> None:
    entries = Counter((rule.key, rule.applies_from) for rule in rules.REGISTER)

    assert [entry for entry, times in entries.items() if times > 1] == []


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.key) for rule in rules.REGISTER])
def test_a_rule_says_in_words_what_binds_whom_and_where_it_is_written(rule: rules.Rule) -> None:
    assert rule.name[0].isupper()
    assert not rule.name.endswith(".")
    assert rule.citation
    assert rule.certainty == "certain" or rule.certainty.startswith("interpretation: ")


def test_a_reform_binds_new_matters_and_leaves_old_ones_alone() -> None:
    today = rules.MEDIATION_WITHIN_THIRTY_DAYS
    reform = dataclasses.replace(today, number=20, applies_from=date(2029, 9, 1))
    register = (*rules.REGISTER, reform)

    assert rules.in_force(today, on=date(2029, 8, 31), among=register) == today
    assert rules.in_force(today, on=date(2029, 9, 1), among=register) == reform


def test_a_rule_says_nothing_about_the_time_before_it() -> None:
    with pytest.raises(NotInForce, match="applies from 1 September 2014 and says nothing about 31 August 2014"):
        rules.in_force(rules.CONTACT_THE_ADVISER, on=date(2014, 8, 31))
