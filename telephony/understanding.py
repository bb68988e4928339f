"""What people mean by what they say and key. Never by likeness: a word is known or it is asked again.

Speech recognition writes "won" for one and "know" for no; it also writes Herefordshire for Hertfordshire, and those are
two councils. So a council is only ever offered to the caller, who decides.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from scheduling.models import Authority

MOST_CHOICES = 4
LETTERS_KEYED = 3

_ON_KEYS = {"2": "abc", "3": "def", "4": "ghi", "5": "jkl", "6": "mno", "7": "pqrs", "8": "tuv", "9": "wxyz"}
KEY_OF = {letter: key for key, letters in _ON_KEYS.items() for letter in letters}

_NO = frozenset({"no", "nope", "nah", "know", "not", "never", "wrong", "dont", "incorrect", "unsure", "unsafe"})
_YES = frozenset({"yes", "yeah", "yep", "yup", "yea", "aye", "ok", "okay", "correct", "right", "sure", "fine", "safe"})

_FIGURES = {
    "0": ("0", "zero", "oh", "nought"),
    "1": ("1", "one", "won"),
    "2": ("2", "two", "to", "too"),
    "3": ("3", "three"),
    "4": ("4", "four", "for"),
    "9": ("9", "nine"),
}
_FIGURE_OF = {word: figure for figure, words in _FIGURES.items() for word in words}
_AROUND_A_FIGURE = frozenset({"press", "number", "option", "please", "reply", "the", "thanks", "choose", "key"})

_KIND_OF_COUNCIL = re.compile(
    r"\b(?:london borough|royal borough|metropolitan borough|metropolitan district|borough|county|city|council)"
    r" ?(?:of )?"
)


class Purpose(StrEnum):
    """What a caller may want of the line; the menu's keys."""

    ADVICE = "1"
    MEETING = "2"
    LANGUAGE = "3"
    PERSON = "0"


_PURPOSES = {
    Purpose.ADVICE: "advice appeal appealing tribunal mediation certificate decision letter",
    Purpose.MEETING: "meeting appointment booking booked reschedule",
    Purpose.LANGUAGE: "language interpreter translator translate translation english deaf hearing sign",
    Purpose.PERSON: "person human someone somebody operator agent adviser advisor receptionist callback",
}
_PURPOSE_OF = {word: purpose for purpose, words in _PURPOSES.items() for word in words.split()}


@dataclass(frozen=True)
class Meant:
    """The councils that a name may mean."""

    authorities: tuple[Authority, ...] = ()
    is_plain: bool = False
    """The name means this one only: reading it back is enough. Otherwise the caller must be asked which."""

    @property
    def can_be_offered(self) -> bool:
        """Whether there are few enough to be read out as a choice."""
        return 0 < len(self.authorities) <= MOST_CHOICES


def plain(words: str) -> str:
    """Small letters and single spaces: what is left of a word however it was written."""
    unaccented = "".join(c for c in unicodedata.normalize("NFKD", words.casefold()) if not unicodedata.combining(c))
    spelt = unaccented.replace("&", " and ").replace("'", "").replace("\u2019", "")
    return " ".join(re.sub(r"[^a-z0-9]+", " ", spelt).split())


def yes_or_no(words: str) -> bool | None:
    """Yes, no, or neither; "not right" is a no, and both at once is neither."""
    said = set(plain(words).split())
    if said & {"yes", "yeah", "yep"} and said & {"no", "nope"}:
        return None
    if said & _NO:
        return False
    return True if said & _YES else None


def figure(words: str) -> str | None:
    """The one figure that was said or written: "1", "1.", "one", "won", "press one", " 1 please", a keycap emoji."""
    told = [word for word in plain(words).split() if word not in _AROUND_A_FIGURE]
    return _FIGURE_OF.get(told[0]) if len(told) == 1 else None


def purpose(words: str) -> Purpose | None:
    """What the caller wants, if the words mean one thing only."""
    said = plain(words).replace("call back", "callback").split()
    meant = {_PURPOSE_OF[word] for word in said if word in _PURPOSE_OF}
    if Purpose.PERSON in meant:
        return Purpose.PERSON
    return meant.pop() if len(meant) == 1 else None


_WISH = re.compile(
    r"\b(?:want|wants|like|need|request|requesting|asking|ask|choose|agree|accept|yes|please|go ahead|book|arrange)\b"
)
_REFUSES = {"not", "no", "dont", "doesnt", "didnt", "never", "without", "instead", "cancel", "stop", "refuse", "rather"}
_WONDERS = {"what", "how", "when", "why", "should", "if", "whether", "unsure", "maybe", "withdraw"}
_UNCERTAIN = frozenset(_REFUSES | _WONDERS)


_ASIDE = (
    r"(?:hi|hello|hey|please|sorry|thanks|thank you|ok|okay|no|but|and|so|now|any ?more|at all|actually"
    r"|(?:i|we)(?:ve| have)? (?:just )?changed (?:my|our) minds?"
    r"|(?:i|we) (?:still )?(?:wish|want|would like|intend) to appeal|(?:im|i am|were|we are) going to appeal)"
)
_DO_NOT_WANT = (
    r"(?:(?:i|we) )?(?:really |still |definitely )?(?:do not|dont|no longer) (?:really )?(?:want|need|wish for)"
    r"(?: to (?:have|pursue|use|try|go to|take part in))? "
)
_NAMED, _UNNAMED = r"(?:the |any |this )?mediation", r"(?:it|the meeting)"
_DECLINES = re.compile(rf"(?:{_ASIDE} )*(?:{_DO_NOT_WANT}{_NAMED}|no mediation)(?: {_ASIDE})*")
_TAKES_BACK = re.compile(rf"(?:{_ASIDE} )*{_DO_NOT_WANT}{_UNNAMED}(?: {_ASIDE})*")
_APPEALS = re.compile(r"\b(?:i|we) (?:still )?(?:wish|want|would like|intend) to appeal\b")


def declines_mediation(words: str) -> bool:
    """Whether somebody says, and says nothing else, that they do not want mediation.

    "I do not want mediation to be delayed" would give a meeting back that a family waits for, so the whole text has to
    be understood; any other is for a person to read.
    """
    return "?" not in words and _DECLINES.fullmatch(plain(words)) is not None


def takes_it_back(words: str) -> bool:
    """Whether somebody says that they do not want "it": only where mediation is wanted is it known what that is."""
    return "?" not in words and _TAKES_BACK.fullmatch(plain(words)) is not None


def wishes_to_appeal(words: str) -> bool:
    """Whether somebody says beyond doubt that they wish to appeal."""
    said = plain(words)
    is_doubtful = "?" in words or bool({"not", "dont", "never", "if", "whether", "should"} & set(said.split()))
    return _APPEALS.search(said) is not None and not is_doubtful


def wants_mediation(words: str) -> bool:
    """Whether somebody says beyond doubt that they want mediation. Anything else is for a person to read."""
    said = plain(words)
    is_doubtful = "?" in words or bool(_UNCERTAIN & set(said.split()))
    return re.search(r"\bmediation\b", said) is not None and _WISH.search(said) is not None and not is_doubtful


_UNDONE = re.compile(r"\b(?:not|hasnt|isnt|wasnt|never)(?: yet)?(?: been)? done\b")


def says_not_done(words: str) -> bool:
    """Whether somebody says that what was promised has not happened; a question says nothing."""
    return _UNDONE.search(plain(words)) is not None and "?" not in words


_DANGER = re.compile(
    r"\b(?:scared|afraid|frightened|hes here|shes here|hurt me|hurting me|hit me|help me|kill|danger)\b"
)


def sounds_in_danger(words: str) -> bool:
    """Words to which no automatic answer may appear on a screen that somebody else may be reading."""
    return _DANGER.search(plain(words)) is not None


def council_said(words: str, authorities: Sequence[Authority], day: date) -> Meant:
    """The councils that were named, the longest name first: "North Yorkshire" does not mean "Yorkshire" as well."""
    said = plain(words)
    known = _names(authorities)
    found: list[tuple[Authority, bool]] = []
    for name in sorted(known, key=len, reverse=True):
        said, times = re.subn(rf"\b{re.escape(name)}\b", "|", said)
        found += known[name] if times else []
    return _meant(found, day)


def council_keyed(keys: str, authorities: Sequence[Authority], day: date) -> Meant:
    """The councils whose names begin with the letters on these keys."""
    alike = [(a, False) for a in authorities if _on_keys(a.name).startswith(keys)] if keys else []
    meant = _meant(alike, day)
    return Meant(meant.authorities, is_plain=len(meant.authorities) == 1)


def _names(authorities: Iterable[Authority]) -> dict[str, list[tuple[Authority, bool]]]:
    names: dict[str, list[tuple[Authority, bool]]] = {}
    for authority in authorities:
        must_ask = {plain(alias.words) for alias in authority.aliases if alias.must_ask}
        sure = {plain(alias.words) for alias in authority.aliases if not alias.must_ask}
        sure |= {plain(authority.name), plain(authority.official_name), _short(authority.official_name)} - must_ask
        for name in must_ask | sure - {""}:
            names.setdefault(name, []).append((authority, name not in must_ask))
    return names


def _short(official_name: str) -> str:
    """Kingston upon Thames of the Royal Borough of Kingston upon Thames, Derby of Derby City Council."""
    return " ".join(_KIND_OF_COUNCIL.sub(" ", plain(official_name)).split())


def _meant(found: list[tuple[Authority, bool]], day: date) -> Meant:
    living: dict[str, Authority] = {}
    for authority, _ in found:
        exists = authority.valid_to is None or day <= authority.valid_to
        for one in [authority] if exists else authority.successors:
            living[one.code] = one
    is_plain = len(found) == 1 and found[0][1] and found[0][0].code in living
    return Meant(tuple(living.values()), is_plain=is_plain)


def _on_keys(name: str) -> str:
    return "".join(KEY_OF[letter] for letter in plain(name) if letter in KEY_OF)
