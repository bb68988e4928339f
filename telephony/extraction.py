"""The phrases for a translator: every sentence of `phrases.py` as a gettext template, phrases.pot beside it.

    python -m telephony.extraction

A part that changes (a number, a day) stands in braces by its name. A translator's editor merges the template into the
catalogues in `languages/`; what is said while a call goes on is looked up there (`translation.py`).
"""

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from telephony import phrases

SOURCE = Path(phrases.__file__)
TEMPLATE = SOURCE.with_suffix(".pot")
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'


@dataclass(frozen=True)
class Phrase:
    """One sentence, or a part of one that stands by itself."""

    name: str
    """Of the constant or function, which tells a translator where it is said."""
    note: str
    words: str


def phrases_of(source: str) -> Iterator[Phrase]:
    """Every phrase of the module, in its order."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.isupper():
            yield from (Phrase(node.targets[0].id, "", said) for said in _strings([node.value]))
        if isinstance(node, ast.FunctionDef):
            note = ast.get_docstring(node) or ""
            said = node.body[1:] if note else node.body
            yield from (Phrase(node.name, note, words) for words in _strings(said))


def as_template() -> str:
    """The file for the translator's editor."""
    known: dict[str, list[Phrase]] = {}
    for phrase in phrases_of(SOURCE.read_text(encoding="utf-8")):
        known.setdefault(phrase.words, []).append(phrase)
    return HEADER + "".join(_entry(words, where) for words, where in known.items())


def _strings(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """Every string that is said, in its order; what is only put together of others has none of its own."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif not isinstance(node, ast.JoinedStr):
            yield from _strings(list(ast.iter_child_nodes(node)))


def _entry(words: str, where: list[Phrase]) -> str:
    notes = dict.fromkeys(phrase.note for phrase in where if phrase.note)
    comments = "".join(f"#. {note}\n" for note in notes)
    names = ", ".join(dict.fromkeys(phrase.name for phrase in where))
    kind = "#, python-brace-format\n" if "{" in words else ""
    quoted = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'\n{comments}#. {names}\n{kind}msgid "{quoted}"\nmsgstr ""\n'


if __name__ == "__main__":
    TEMPLATE.write_text(as_template(), encoding="utf-8")
    sys.stdout.write(f"{TEMPLATE.name} is written.\n")
