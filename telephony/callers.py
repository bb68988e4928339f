"""What the line makes of a caller: a number or none, through Relay UK or not, a person or a robot.

A number tells where a call seems to come from and proves nothing: anybody can show any number.
"""

import re
from dataclasses import dataclass

from scheduling import numbers
from telephony.line import Line

_WITHHELD_AS_DIGITS = frozenset({"266696687", "7378742833", "2562533", "8656696", "86282452253"})
"""ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE, spelt on the keys: some carriers send them so."""

_WHOLE_NUMBER = re.compile(r"\+[1-9]\d{7,14}")


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who seems to be at the other end."""

    number: str | None
    """E.164; None when it is hidden or not a number."""
    is_relay: bool = False
    """Through Relay UK: an assistant types and reads out, which takes time."""


def caller(shown: str) -> Caller:
    """The caller behind the number that is shown."""
    if shown.lstrip("+") in _WITHHELD_AS_DIGITS:
        return Caller(number=None)
    return Caller(number=numbers.parse(shown), is_relay=numbers.through_relay(shown))


def may_be_answered(shown: str, line: Line) -> bool:
    """Whether a text comes from somebody who can read an answer: no name, no short code, no number of ours.

    The shape alone decides: a number that is newer than our list of valid ones is still somebody's.
    """
    is_ours = shown in {line.sms_number, line.voice_number}
    return bool(_WHOLE_NUMBER.fullmatch(shown)) and shown[1:] not in _WITHHELD_AS_DIGITS and not is_ours
