"""Reading our own source: which file imports what."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("scheduling", "telephony", "webapp")
Sources = Mapping[str, str]


def ours() -> Sources:
    """Every module of the three packages, by its path from the top."""
    files = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return {path.relative_to(ROOT).as_posix(): path.read_text() for path in files}


def imports(source: str) -> Iterator[str]:
    """Dotted names: `from scheduling import clock` is both `scheduling` and `scheduling.clock`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


@dataclass(frozen=True, kw_only=True)
class Reserved:
    """A module that only some places may import, and why."""

    module: str
    places: tuple[str, ...]
    because: str

    def trespassers(self, sources: Sources) -> list[str]:
        return [
            path
            for path, source in sources.items()
            if not path.startswith(self.places) and any(self._is_it(name) for name in imports(source))
        ]

    def _is_it(self, name: str) -> bool:
        return name == self.module or name.startswith(self.module + ".")
