"""The template for translators is what the phrases say, and holds no more than they do."""

import re

from telephony import extraction, phrases


def test_the_template_is_up_to_date() -> None:
    assert extraction.TEMPLATE.read_text(encoding="utf-8") == extraction.as_template(), (
        "write it again: python -m telephony.extraction"
    )


def test_every_fixed_phrase_is_there_whole() -> None:
    fixed = {words for name, words in vars(phrases).items() if name.isupper() and isinstance(words, str)}
    fixed |= set(phrases.WINDOWS)

    assert fixed <= {phrase.words for phrase in extraction.phrases_of(extraction.SOURCE.read_text(encoding="utf-8"))}


def test_a_part_that_changes_stands_in_braces() -> None:
    found = {p.name: p.words for p in extraction.phrases_of(extraction.SOURCE.read_text(encoding="utf-8"))}

    assert found["our_call"] == "We will call you on {when}."
    assert not [words for words in found.values() if len(re.findall("[{}]", words)) % 2]
