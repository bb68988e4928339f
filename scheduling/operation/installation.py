"""What the operation has to know of the machine it runs on. Told once by whoever puts the parts together."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Where things are, and who is told when something is wrong."""

    operator: str = ""
    """A mail address; nobody is told where it is empty."""
    data: Path = Path("var")
    backups: Path | None = None
    """The folder of backups; the clock makes none where there is no folder."""


_current = Installation()


def use(installation: Installation) -> None:
    """Run on this installation from now on."""
    global _current  # noqa: PLW0603 - one process runs on one machine
    _current = installation


def current() -> Installation:
    """The installation we run on."""
    return _current
