"""The vault of one run of the tests: rows that a test writes are read by the processes that it starts, and back."""

import os

from scheduling.vault import masters


def make() -> None:
    """Before the first test, and before any process that inherits our environment."""
    os.environ.setdefault("VAULT_KEYS", masters.made("tests"))
    os.environ.setdefault("VAULT_INDEX_KEY", masters.new_secret())
    use()


def use() -> None:
    """In a process that a test has started."""
    masters.use(masters.parse(os.environ["VAULT_KEYS"], os.environ["VAULT_INDEX_KEY"]))
