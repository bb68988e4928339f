"""The number of a certificate and the code that goes with it: whoever holds the paper can ask whether it is genuine.

The number is read aloud and copied from print, so it ends in a check digit. It is no secret; the code is. Only who has
the paper has both, and even they learn nothing from the page but yes or no.
"""

import secrets
from collections.abc import Callable

from scheduling import references

NUMBER_LENGTH, CODE_LENGTH = 10, 8

LETTERS = "ACDEFHJKMNPRTUVWXY"
"""Letters that are not taken for a digit or for each other, in print or on the telephone: no B, G, I, L, O, Q, S, Z."""

_FIRST, _COUNT = 100_000_000, 900_000_000
"""Nine digits of which the first is not 0. A case reference has eight in all, so neither is taken for the other."""

_SEPARATORS = str.maketrans("", "", " \t\r\n-.\u00a0\u2010\u2011\u2013")


def number_and_code(randbelow: Callable[[int], int] = secrets.randbelow) -> tuple[str, str]:
    """A number and a code that nobody can guess; whoever stores them makes sure that the number is not yet taken."""
    digits = str(_FIRST + randbelow(_COUNT))
    code = "".join(LETTERS[randbelow(len(LETTERS))] for _ in range(CODE_LENGTH))
    return f"{digits}{references.check_digit(digits)}", code


def parse_number(text: str) -> str | None:
    """The number that somebody typed or pasted, or None when it cannot be one."""
    digits = text.translate(_SEPARATORS)
    well_formed = len(digits) == NUMBER_LENGTH and digits.isascii() and digits.isdigit() and not digits.startswith("0")
    return digits if well_formed and references.check_digit(digits) == 0 else None


def parse_code(text: str) -> str | None:
    """The code that somebody typed or pasted, in either case, or None when it cannot be one."""
    code = text.translate(_SEPARATORS).upper()
    return code if len(code) == CODE_LENGTH and set(code) <= set(LETTERS) else None


def written_number(number: str) -> str:
    """As it stands on the certificate: 1234 567 890."""
    return f"{number[:4]} {number[4:7]} {number[7:]}"


def written_code(code: str) -> str:
    """As it stands on the certificate: ACDE-FHJK."""
    return f"{code[:4]}-{code[4:]}"
