"""A large mapping that nobody changes, in shares: another with a few new values copies only the shares they lie in."""

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

NUMBER: Final = 64
"""Of ten thousand values a booking copies a few hundred, and a look takes no longer."""


@dataclass(frozen=True, eq=False, slots=True)
class Shares(Generic[Key, Value]):
    """What is known by key, in the order of nothing."""

    parts: tuple[dict[Key, Value], ...]

    @classmethod
    def of(cls, known: dict[Key, Value]) -> "Shares[Key, Value]":
        """The same, shared out."""
        parts: tuple[dict[Key, Value], ...] = tuple({} for _ in range(NUMBER))
        for key, value in known.items():
            parts[hash(key) % NUMBER][key] = value
        return cls(parts)

    def get(self, key: Key, default: Value) -> Value:
        return self.parts[hash(key) % NUMBER].get(key, default)

    def replaced(self, stale: Collection[Key], fresh: dict[Key, Value]) -> "Shares[Key, Value]":
        """With what is fresh in the place of what is stale, some of which may be no more."""
        parts = list(self.parts)
        for number in {hash(key) % NUMBER for key in stale}:
            parts[number] = parts[number].copy()
        for key in stale:
            part = parts[hash(key) % NUMBER]
            part.pop(key, None)
            if key in fresh:
                part[key] = fresh[key]
        return Shares(tuple(parts))
