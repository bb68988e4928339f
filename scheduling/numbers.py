"""Telephone numbers: which are whole, which may be texted or rung, and how they look to a person or in a log.

Everywhere in the house a number is E.164 (+447700900123). Numbers come from callers and are not to be trusted: one that
costs pounds a minute, or a foreign one, may be a fraud at our expense, so we ring only what ``may_be_rung`` allows.
"""

import re

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

_DRAMA = re.compile(r"\+44(7700900|1632960)\d{3}")
"""Ofcom keeps these for films and the library calls them invalid; our demo lives on them."""

_RELAY_UK = re.compile(r"\s*1800[12]\s*(?=[0+])")
"""Relay UK: 18001 before the number of somebody who is called, 18002 before that of a deaf person who is called."""

_RUNG_AT_ORDINARY_COST = ("+441", "+442", "+443", "+44800", "+44808")


def parse(text: str) -> str | None:
    """The number that somebody typed, keyed or rang from, in E.164, or None when it is not one.

    A Relay UK prefix is left out (``through_relay`` tells of it). A number with an extension is none:
    we could not reach the extension and would ring the switchboard instead.
    """
    dialled = _RELAY_UK.sub("", text, count=1)
    if any(character.isalpha() for character in dialled):
        return None
    try:
        number = phonenumbers.parse(dialled, "GB")
    except phonenumbers.NumberParseException:
        return None
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    is_whole = phonenumbers.is_valid_number(number) or _DRAMA.fullmatch(e164) is not None
    return e164 if is_whole and not number.extension else None


def through_relay(text: str) -> bool:
    """Is this number to be reached through Relay UK? Then a person dials it, as E.164 has no room for the prefix."""
    return _RELAY_UK.match(text) is not None


def is_uk_mobile(e164: str) -> bool:
    """A mobile numbered in the United Kingdom's plan, the Crown dependencies' included.

    Begins with 07, but not 070, which is a "personal number" at a high price, nor a pager.
    """
    number = _number(e164)
    if number is None or not e164.startswith("+447"):
        return False
    return bool(_DRAMA.fullmatch(e164)) or phonenumbers.number_type(number) == PhoneNumberType.MOBILE


def is_textable(e164: str) -> bool:
    """May this number be sent a text? A landline would read it aloud to whoever answers."""
    return is_uk_mobile(e164)


def may_be_rung(e164: str) -> bool:
    """May we call this number back? Landlines, mobiles, 03 and free numbers; nothing dear and nothing foreign."""
    if is_uk_mobile(e164):
        return True
    return e164.startswith(_RUNG_AT_ORDINARY_COST) and parse(e164) == e164


def written(e164: str) -> str:
    """As a person writes it: 07700 900123; a foreign number keeps its country."""
    number = phonenumbers.parse(e164)
    in_the_uk = e164.startswith("+44")
    return phonenumbers.format_number(
        number, PhoneNumberFormat.NATIONAL if in_the_uk else PhoneNumberFormat.INTERNATIONAL
    )


def spoken(e164: str) -> str:
    """As it is read out, digit by digit with a breath where it is written apart: 0 7 7 0 0, 9 0 0 1 2 3."""
    return ", ".join(" ".join(group) for group in re.findall(r"\d+", written(e164)))


def spoken_ending(e164: str) -> str:
    """Enough for its owner to know it, too little for a listener: 1 2 3."""
    return " ".join(e164[-3:])


def masked(e164: str) -> str:
    """As it may stand in a log: the last three digits."""
    return f"*{e164[-3:]}"


def _number(e164: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return None
