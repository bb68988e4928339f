"""The phrases for a translator: every sentence of `phrases.py` as a gettext template, phrases.pot beside it.

    python -m telephony.extraction

A part that changes (a number, a day) stands in braces by its name. What a caller hears is English only until somebody
who grew up with another language has read its sentences aloud.
"""

import ast
import sys
from collections.abc import Iterator
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
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield Phrase(node.targets[0].id, "", _template(node.value))
        if isinstance(node, ast.FunctionDef):
            note = ast.get_docstring(node) or ""
            words = (_template(part) for part in _spoken(node))
            yield from (Phrase(node.name, note, said) for said in words if said.strip())


def as_template() -> str:
    """The file for the translator's editor."""
    known: dict[str, list[Phrase]] = {}
    for phrase in phrases_of(SOURCE.read_text(encoding="utf-8")):
        known.setdefault(phrase.words, []).append(phrase)
    return HEADER + "".join(_entry(words, where) for words, where in known.items())


def _spoken(function: ast.FunctionDef) -> Iterator[ast.expr]:
    """The outermost strings of a function that are said, without its docstring."""
    waiting: list[ast.AST] = [*function.body[1:]]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            yield node
        else:
            waiting = [*ast.iter_child_nodes(node), *waiting]


def _template(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(words)):
            return words
        case ast.JoinedStr(values=parts):
            return "".join(_template(part) for part in parts)
        case ast.FormattedValue(value=part):
            return f"{{{ast.unparse(part)}}}"
        case _:
            return ""


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
