"""What a text costs: the segments in which the telephone network carries it.

The network has an alphabet of its own (GSM 03.38). One character outside it, a curly quote for instance, and the whole
text goes out in UCS-2, at less than half the length and twice the price. ``gsm7`` writes such characters plainly.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
"""Sent as an escape and a second character: each takes two places, and the two are never parted."""

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u0060\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\t\u00a0\u2002\u2003\u2007\u2009\u202f", " "),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", ""),
        **dict.fromkeys("\u2022\u00b7", "*"),
        "\u2026": "...",
        "\u2122": "TM",
        "œ": "oe",
        "Œ": "OE",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "\u0131": "i",
    }
)


_FIRST_PLANE = 0xFFFF
"""Pictures lie beyond it and take two places in UCS-2."""


class Encoding(StrEnum):
    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


_ROOM = {Encoding.GSM_7: (160, 153), Encoding.UCS_2: (70, 67)}
"""Places in a text that travels alone, and in each part of a longer one, where a header takes the rest."""


@dataclass(frozen=True, kw_only=True)
class Segments:
    """How a text travels: its alphabet, the places it takes, and the segments that are charged."""

    encoding: Encoding
    units: int
    segments: int


def count(text: str) -> Segments:
    """The segments of this text exactly as written."""
    encoding = Encoding.GSM_7 if _BASIC.union(_EXTENDED).issuperset(text) else Encoding.UCS_2
    places = [_places(character, encoding) for character in text]
    alone, in_part = _ROOM[encoding]
    if sum(places) <= alone:
        return Segments(encoding=encoding, units=sum(places), segments=min(1, len(places)))
    return Segments(encoding=encoding, units=sum(places), segments=_parts(places, in_part))


def gsm7(text: str) -> str:
    """The text with typographer's marks and foreign accents written plainly.

    What has no plain form (another script, a picture) is left as it is: a dearer text is better than a spoilt one.
    """
    return "".join(map(_plainly, unicodedata.normalize("NFC", text).translate(_PLAIN)))


def _plainly(character: str) -> str:
    if character in _BASIC or character in _EXTENDED:
        return character
    base = unicodedata.normalize("NFKD", character)[0]
    return base if base in _BASIC else character


def _places(character: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM_7:
        return 2 if character in _EXTENDED else 1
    return 2 if ord(character) > _FIRST_PLANE else 1


def _parts(places: list[int], room: int) -> int:
    parts, used = 1, 0
    for taken in places:
        if used + taken > room:
            parts, used = parts + 1, 0
        used += taken
    return parts
