"""Case references: eight digits that can be keyed on a telephone, said aloud and copied from a letter.

Seven digits are drawn at random, so that a reference tells nothing about how many families came before. The eighth is
Damm's check digit: one wrong digit, or two neighbours changed over, never make another family's reference.
"""

import secrets
from collections.abc import Callable

LENGTH = 8

_FIRST, _COUNT = 1_000_000, 9_000_000
"""Seven digits of which the first is not 0, which spreadsheets and people leave out."""

_SEPARATORS = str.maketrans("", "", " \t\r\n-.\u00a0\u2010\u2011\u2013")

# H. Damm, "Total anti-symmetrische Quasigruppen" (2004): the table of order ten whose diagonal is zero.
DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def new(randbelow: Callable[[int], int] = secrets.randbelow) -> str:
    """A reference nobody can guess from another one; whoever stores it makes sure that it is not yet taken."""
    digits = str(_FIRST + randbelow(_COUNT))
    return f"{digits}{check_digit(digits)}"


def parse(text: str) -> str | None:
    """The reference that somebody keyed, typed or pasted, or None when it cannot be one."""
    digits = text.translate(_SEPARATORS)
    well_formed = len(digits) == LENGTH and digits.isascii() and digits.isdigit() and not digits.startswith("0")
    return digits if well_formed and check_digit(digits) == 0 else None


def written(reference: str) -> str:
    """As it stands in letters and texts: 1234 5678."""
    return f"{reference[:4]} {reference[4:]}"


def spoken(reference: str) -> str:
    """As it is read out, digit by digit with a breath in the middle: 1 2 3 4, 5 6 7 8."""
    return f"{' '.join(reference[:4])}, {' '.join(reference[4:])}"


def check_digit(digits: str) -> int:
    """Damm's digit for these; 0 when the last of them already is theirs."""
    interim = 0
    for digit in digits:
        interim = DAMM[interim][int(digit)]
    return interim
