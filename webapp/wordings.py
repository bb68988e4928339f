"""Every text that the service can send, found where the words are written, with the segments that it takes.

Nothing is listed by hand: a wording that is added tomorrow stands here tomorrow, or the test says what it is missing.
"""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import ModuleType

from scheduling import segments
from scheduling.outbox import identity
from scheduling.outbox.wording import after_meetings, offers, texts, warnings
from scheduling.outbox.wording.offers import Offered
from scheduling.segments import Segments
from telephony import phrases

SOME_DAY = datetime(2026, 12, 10, 10, tzinfo=UTC)

SAMPLES: dict[object, object] = {
    datetime: SOME_DAY,
    date: SOME_DAY.date(),
    datetime | None: SOME_DAY,
    Sequence[str]: ["1", "2", "3"],
    Sequence[Offered]: [
        Offered(
            number=number,
            starts_at=SOME_DAY + timedelta(days=number),
            ends_at=SOME_DAY + timedelta(days=number, hours=3),
            where="",
            held_until=SOME_DAY,
        )
        for number in (1, 2, 3)
    ],
}
"""What stands in a text, by the type that its function asks for; words are our own number."""

SENT = {"About calls and meetings": texts, "After meetings": after_meetings, "Offers": offers, "Warnings": warnings}


@dataclass(frozen=True, kw_only=True)
class Wording:
    """One text: what it is for, how it reads, what it costs."""

    purpose: str
    body: str
    cost: Segments


def every_text() -> dict[str, list[Wording]]:
    """By where they come from; those of the conversation are the answers to texts that come in."""
    sent = {name: [_wording(text) for text in _functions(module)] for name, module in SENT.items()}
    return {**sent, "Answers to a text": [*_constants(), *(_wording(text) for text in _answers())]}


def _functions(module: ModuleType) -> Iterator[Callable[..., str]]:
    """What a module of wordings says by text: in `texts` everything, elsewhere what says so in its name."""
    for name, thing in vars(module).items():
        is_ours = inspect.isfunction(thing) and thing.__module__ == module.__name__ and not name.startswith("_")
        if is_ours and (module is texts or "by_text" in name):
            yield thing


def _answers() -> Iterator[Callable[..., str]]:
    for name, thing in vars(phrases).items():
        if name.startswith("text_") and inspect.isfunction(thing):
            yield thing


def _constants() -> Iterator[Wording]:
    for name, words in vars(phrases).items():
        if name.startswith("TEXT_"):
            yield _told(name.removeprefix("TEXT_").replace("_", " ").capitalize(), str(words))


def _wording(text: Callable[..., str]) -> Wording:
    filled = {name: _sample(wanted.annotation) for name, wanted in inspect.signature(text).parameters.items()}
    return _told((inspect.getdoc(text) or text.__name__).partition("\n")[0], str(text(**filled)))


def _sample(kind: object) -> object:
    return identity.current().phone if kind is str else SAMPLES[kind]


def _told(purpose: str, body: str) -> Wording:
    return Wording(purpose=purpose, body=body, cost=segments.count(body))
