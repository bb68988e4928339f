"""What is said in other languages than English: their catalogues, their voices, and what is looked up when.

A sentence is looked up when it is spoken, by the language that the caller has chosen, and stays English where it has
not been translated. The catalogues are those that a translator's editor writes; none is used before it is switched on.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import IO, Any, Self

FOLDER = Path(__file__).parent / "languages"
_PAIR = re.compile(r'^msgid ((?:".*"\s*)+)^msgstr ((?:".*"\s*)+)', re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Language:
    """A language in which a caller may choose what to do."""

    code: str
    name: str
    """As a coordinator says it."""
    tag: str
    voice: str


LANGUAGES = {
    language.code: language
    for language in (
        Language(code="pl", name="Polish", tag="pl-PL", voice="Google.pl-PL-Wavenet-A"),
        Language(code="ro", name="Romanian", tag="ro-RO", voice="Google.ro-RO-Wavenet-A"),
    )
}


class Filled(str):
    """An English sentence with its changing parts filled in, which remembers how it stood before."""

    __slots__ = ("parts", "template")

    template: str
    parts: dict[str, str]

    def __new__(cls, template: str, /, **parts: object) -> Self:
        """The template has its parts in braces by their names; a part that is itself `Filled` is translated, too."""
        kept = {name: part if isinstance(part, str) else str(part) for name, part in parts.items()}
        sentence = super().__new__(cls, template.format(**kept))
        sentence.template, sentence.parts = template, kept
        return sentence


class Catalogue(NullTranslations):
    """The sentences of one language, read from the file as the translator left it."""

    def __init__(self, file: IO[str]) -> None:
        self._words: dict[str, str] = {}
        super().__init__(file)  # type: ignore[arg-type] # it only hands the file to _parse

    def _parse(self, fp: Any) -> None:
        self._words = {said: words for said, words in entries(fp.read()) if words}

    def gettext(self, message: str) -> str:
        """The sentence in this language, or as it came."""
        return self._words.get(message) or super().gettext(message)

    def __contains__(self, message: str) -> bool:
        return message in self._words


def entries(text: str) -> Iterator[tuple[str, str]]:
    """What a catalogue holds, sentence by sentence, without its head and without what the translator doubts."""
    for block in text.split("\n\n"):
        found = None if re.search(r"^#,.*\bfuzzy\b", block, re.MULTILINE) else _PAIR.search(block)
        if found and (said := _unquoted(found[1])):
            yield said, _unquoted(found[2])


@cache
def catalogue(code: str) -> Catalogue:
    """The catalogue of a language; read once a process."""
    with (FOLDER / f"{code}.po").open(encoding="utf-8") as file:
        return Catalogue(file)


def translated(words: str, code: str) -> str | None:
    """The sentence in this language; None where it has not been translated and stays English."""
    of_it, template = catalogue(code), words.template if isinstance(words, Filled) else words
    if template not in of_it:
        return None
    parts = words.parts if isinstance(words, Filled) else {}
    return of_it.gettext(template).format(**{name: _part(part, code) for name, part in parts.items()})


def _part(part: str, code: str) -> str:
    return (translated(part, code) or part) if isinstance(part, Filled) else part


def _unquoted(lines: str) -> str:
    return "".join(ast.literal_eval(line) for line in lines.split("\n") if line.strip())
