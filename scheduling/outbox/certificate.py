"""The mediation certificate as a document that a family, a council and a judge can read, by eye or by screen reader.

Tagged PDF/UA-1, in the fonts that come with typst, and the same bytes whenever the same facts are written again. It
says what the law asks for and nothing about what was discussed, how anybody behaved or what came of it.
"""

import json
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources

import typst

from scheduling import london
from scheduling.law import rules
from scheduling.law.certificates import Kind
from scheduling.law.deadlines import Deadline
from scheduling.outbox import certificate_numbers

TITLE = "Mediation certificate"

_TEMPLATE = resources.files(__package__).joinpath("certificate.typ").read_bytes()
_FONTS = typst.Fonts(include_system_fonts=False)
"""Only those inside typst: a machine's own fonts would change the bytes."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything that stands on a certificate, and nothing else."""

    number: str
    code: str
    kind: Kind
    family: str
    """The parent, or the young person in their own right."""
    child: str
    child_born: date | None
    authority: str
    decision: str
    """What was decided, in words: "not to assess"."""
    letter_date: date
    informed_on: date
    issued_on: date
    adviser: str
    appeal: Deadline
    service: str
    check_at: str
    """The address at which anybody can ask whether it is genuine."""


def render(facts: Facts) -> bytes:
    """The certificate as PDF. A character that the fonts lack is written by its name, so that nothing is lost."""
    return typst.compile(
        _TEMPLATE,
        pdf_standards="ua-1",
        sys_inputs={"facts": json.dumps(_for_the_page(facts))},
        font_paths=_FONTS,
    )


def _for_the_page(facts: Facts) -> dict[str, object]:
    issued = facts.issued_on
    return {
        "title": TITLE,
        "service": _plain(facts.service),
        "issued": {"year": issued.year, "month": issued.month, "day": issued.day},
        "statement": _STATEMENTS[facts.kind],
        "citation": facts.kind.rule.citation,
        "number": certificate_numbers.written_number(facts.number),
        "code": certificate_numbers.written_code(facts.code),
        "check_at": _plain(facts.check_at),
        "rows": [[label, _plain(words)] for label, words in _rows(facts)],
        "appeal_by": london.written_day(facts.appeal.day),
        "received": _received(facts.appeal),
        "counted": _counted(facts.appeal),
        "source": facts.appeal.citation,
    }


_INFORMED = (
    "We certify that the parent or young person named here has been given information about mediation on the decision"
)
_STATEMENTS = {
    Kind.NOT_WANTED: f"{_INFORMED} named here, and has told us that they do not want to pursue mediation.",
    Kind.TOOK_PART: f"{_INFORMED} named here, and has taken part in mediation.",
    Kind.NOT_ARRANGED: f"{_INFORMED} named here and wished to pursue it, and that mediation could not be arranged "
    "within 30 days of the authority being told.",
}


def _rows(facts: Facts) -> list[tuple[str, str]]:
    born = f", born on {rules.in_words(facts.child_born)}" if facts.child_born else ""
    return [
        ("Certificate number", certificate_numbers.written_number(facts.number)),
        ("Issued to", facts.family),
        ("Child or young person", f"{facts.child}{born}"),
        ("Authority", facts.authority),
        ("Decision", facts.decision),
        ("Date of the decision letter", london.written_day(facts.letter_date)),
        ("Information given on", london.written_day(facts.informed_on)),
        ("Date of issue", f"{london.written_day(facts.issued_on)} ({facts.issued_on:%d/%m/%Y})"),
        ("Date of issue in words", in_words(facts.issued_on)),
        ("Issued by", f"{facts.adviser}, mediation adviser at {facts.service}"),
    ]


def _received(appeal: Deadline) -> str:
    if appeal.last_lawful == appeal.day:
        return "and be received there by 5pm on that day."
    return (
        "and be received there by 5pm. Because of when that day falls, the Tribunal still takes an appeal until 5pm on "
        f"{london.written_day(appeal.last_lawful)}. Do not plan on those days: send it by the day above."
    )


def _counted(appeal: Deadline) -> str:
    """The rules' names are made to stand beside each other; alone on paper each says from which day it counts."""
    months = "one month" if appeal.rule.number == 1 else f"{_below_hundred(appeal.rule.number)} months"
    from_certificate = appeal.rule.key == rules.APPEAL_AFTER_CERTIFICATE.key
    since = "this certificate was issued" if from_certificate else "the date of the decision letter"
    return f"{london.written_day(appeal.day)} is {months} after {since}."


def in_words(day: date) -> str:
    """A date that nobody can alter by a stroke: the twenty-third of November two thousand and twenty-six."""
    thousands, rest = divmod(day.year, 1000)
    year = f"{_NUMBERS[thousands]} thousand" + (f" and {_below_hundred(rest)}" if rest else "")
    return f"the {_ordinal(day.day)} of {day:%B} {year}"


def _below_hundred(number: int) -> str:
    if number < len(_NUMBERS):
        return _NUMBERS[number]
    tens, ones = divmod(number, 10)
    return _TENS[tens] + (f"-{_NUMBERS[ones]}" if ones else "")


def _ordinal(number: int) -> str:
    *before, last = _below_hundred(number).split("-")
    return "-".join([*before, _ORDINALS.get(last, f"{last}th")])


_NUMBERS = (
    *("nought", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
    "twenty": "twentieth",
    "thirty": "thirtieth",
}


def _plain(text: str) -> str:
    """One line of characters that can be shown: no control character can turn or hide the words beside it."""
    one_line = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(_shown(character) for character in one_line if unicodedata.category(character) not in _INVISIBLE)


_INVISIBLE = {"Cc", "Cf", "Cs"}
"""Controls, marks that turn the direction of writing, halves of characters."""

_PRIVATE = "Co"
"""A character that means something else in every font."""


def _shown(character: str) -> str:
    has_a_meaning = unicodedata.category(character) != _PRIVATE
    if character.isascii() or (has_a_meaning and _fonts_have(character)):
        return character
    return f"[{unicodedata.name(character, f'U+{ord(character):04X}')}]"


@lru_cache(maxsize=4096)
def _fonts_have(character: str) -> bool:
    """Asked of typst itself, which under this standard refuses to leave a hole where a character should be."""
    try:
        typst.compile(_ONE_CHARACTER, pdf_standards="ua-1", sys_inputs={"character": character}, font_paths=_FONTS)
    except typst.TypstError:
        return False
    return True


_ONE_CHARACTER = b'#set document(title: "One character")\n#sys.inputs.character'
