"""Why a case has no time, as its pages say it, and what would open one: each with the page on which it is done."""

from dataclasses import dataclass

from flask import url_for

from scheduling.diary.relaxations import Change, Relaxation
from scheduling.diary.slots import Slot
from scheduling.diary.why import Explanation
from scheduling.models import Case
from webapp.console import choices


@dataclass(frozen=True)
class Way:
    """Something to be done, and the page that does it."""

    text: str
    href: str


@dataclass(frozen=True)
class Opening:
    """One change, the times that it would free, and the ways to make it."""

    what: str
    slots: tuple[Slot, ...]
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class WhyNot:
    """What stands between a case and a time."""

    sentence: str | None
    counts: str
    openings: tuple[Opening, ...]


def of(case: Case, told: Explanation) -> WhyNot:
    """What is said of a case, with the addresses of the pages that help it."""
    return WhyNot(told.sentence, told.counts, tuple(_opening(case, one) for one in told.relaxations))


def _opening(case: Case, one: Relaxation) -> Opening:
    return Opening(one.what, one.slots, _ways(case, one))


def _ways(case: Case, one: Relaxation) -> tuple[Way, ...]:
    reference = case.reference
    if one.change is Change.NOTICE:
        key = choices.choice_of(one.slots[0]).key
        return (Way("Ask the family", url_for("console.ask_about_notice_form", reference=reference, slot=key)),)
    done = Way(LABELS[one.change], url_for("console.leeway_form", reference=reference, change=one.change.value))
    if one.change is not Change.OFFICER:
        return (done,)
    return Way("Ask the officer", url_for("console.ask_the_officer_form", reference=reference)), done


LABELS = {
    Change.FARTHER: "The family comes farther",
    Change.VIDEO: "Meet by video",
    Change.TELEPHONE: "Meet by telephone",
    Change.A_DAY: "The mediator takes one more meeting",
    Change.A_WEEK: "The mediator takes one more meeting",
    Change.LEAVE: "The mediator works that day",
    Change.OFFICER: "The officer can come",
    Change.SATURDAY: "Open a Saturday",
}
"""What a link says; its row says the rest."""
