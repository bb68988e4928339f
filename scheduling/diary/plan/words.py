"""Sets of quarter-hours as the bits of one number, bit 0 being the first of the day's grid."""

from collections.abc import Iterator

from scheduling.diary.plan.instance import ANY_QUARTER


def span(start: int, end: int) -> int:
    """The quarters from one to before another; what lies outside the day is left out."""
    return ((1 << max(end, 0)) - (1 << max(start, 0))) & ANY_QUARTER if end > start else 0


def starts_in(free: int, quarters: int) -> int:
    """Where something of this length can begin: there and for so long every quarter is free."""
    held = 1
    while held < quarters:
        step = min(held, quarters - held)
        free &= free >> step
        held += step
    return free


def snug(starts: int, free: int, quarters: int) -> int:
    """The starts at either edge of a free block: what lies there does not cut the block in two."""
    return starts & (~(free << 1) | ~(free >> quarters))


def first(starts: int) -> int:
    """The earliest of them."""
    return (starts & -starts).bit_length() - 1


def each(word: int) -> Iterator[int]:
    """The numbers of the bits that are set, the lowest first."""
    while word:
        lowest = word & -word
        yield lowest.bit_length() - 1
        word ^= lowest
