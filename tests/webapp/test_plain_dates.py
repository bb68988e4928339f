"""A family's dates in plain sentences."""

import re

import pytest

from webapp.parties.plain_dates import PLAIN


@pytest.mark.parametrize("key", sorted(PLAIN))
def test_a_date_says_what_and_what_if_not_without_the_words_of_the_law(key: str) -> None:
    said = f"{PLAIN[key].what}. {PLAIN[key].if_not}"

    assert not re.search(r"regulation|section|\bAct\b|SI 20|clear days|lawful", said)
    assert all(len(sentence.split()) <= 20 for sentence in said.split(". "))
