"""Mail addresses as people type them. Whether anybody reads the mail shows only when one is sent."""

import re

_LONGEST = 254
_FORM = re.compile(r"[^@\s<>\"(),:;\\]+@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.ASCII)


def parse(text: str) -> str | None:
    """The address in small letters, or None when no mail could go to it."""
    address = text.strip().lower()
    printable = address.isprintable() and address.isascii()
    return address if printable and len(address) <= _LONGEST and _FORM.fullmatch(address) else None
