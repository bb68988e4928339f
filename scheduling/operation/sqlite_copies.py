"""Copies of an SQLite record. Never by copying the file: its write-ahead log would be missing, or half there.

Source: https://www.sqlite.org/backup.html
"""

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

SUFFIX = ".sqlite"


def save(record: URL, file: Path) -> None:
    """Copy the record as it stands at one moment, while others go on writing to it."""
    with (
        closing(sqlite3.connect(f"file:{_file(record)}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(file)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it


@contextlib.contextmanager
def revived(file: Path, _beside: URL) -> Iterator[str]:
    """The address of a record made from the file in a place of its own, gone after the block."""
    with tempfile.TemporaryDirectory(prefix="drill-", dir=file.parent) as folder:
        yield f"sqlite:///{shutil.copy(file, folder)}"


def bring_back(file: Path, record: URL) -> None:
    """Make the record from the file; the caller has made sure that there is nothing to lose."""
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(_file(record))) as target:
        source.backup(target)


def _file(record: URL) -> Path:
    return Path(record.database or "")
