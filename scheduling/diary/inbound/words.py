"""Headers and text of a mail as a person reads them, whatever its program made of them."""

import re
from contextlib import suppress
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from html.parser import HTMLParser
from typing import Final

LONGEST: Final = 20_000
"""Ten pages; who has more to say sends a document."""
LONGEST_HEADER: Final = 500

_ADDRESS = re.compile(r"[^@\s<>\"(),:;\\\[\]]+@[a-z0-9.-]+")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")
_BREAKS: Final = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "blockquote"})
_UNSEEN: Final = frozenset({"script", "style", "head", "title"})


def header(mail: Message, name: str) -> str:
    """A header in one line; empty where there is none."""
    value = str(mail.get(name, ""))
    with suppress(HeaderParseError, LookupError, ValueError):  # then it is shown as it stands
        value = str(make_header(decode_header(value)))
    return " ".join(_UNPRINTABLE.sub(" ", value).split())[:LONGEST_HEADER]


def sender(mail: Message) -> str:
    """The one address in From, in small letters. With none, several or an odd one nobody can say whose mail it is."""
    found = [address.strip().lower() for _, address in getaddresses([str(one) for one in mail.get_all("From", [])])]
    is_one = len(found) == 1 and _ADDRESS.fullmatch(found[0])
    return found[0] if is_one else ""


def body(mail: Message) -> str:
    """What it says, as plain text, and the names of what is attached."""
    parts = [part for part in mail.walk() if not part.is_multipart()]
    plain = next((part for part in parts if _is_shown(part, "text/plain")), None)
    marked_up = next((part for part in parts if _is_shown(part, "text/html")), None)
    said = text(plain) if plain is not None else _without_markup(text(marked_up)) if marked_up is not None else ""
    lines = [*_clean(said).strip()[:LONGEST].splitlines(), *_attached(parts)]
    return "\n".join(lines)


def text(part: Message) -> str:
    """The text of a part in its own alphabet, or in the one that Western programs fall back to."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    for charset in (str(part.get_content_charset() or "utf-8"), "utf-8"):
        try:
            return content.decode(charset)
        except (LookupError, UnicodeError):
            continue
    return content.decode("latin-1")


def _is_shown(part: Message, kind: str) -> bool:
    return part.get_content_type() == kind and part.get_content_disposition() != "attachment"


def _attached(parts: list[Message]) -> list[str]:
    names = [_clean(str(part.get_filename())) for part in parts if part.get_filename()]
    return ["", f"Attached: {', '.join(names)[:LONGEST_HEADER]}"] if names else []


def _clean(said: str) -> str:
    return _UNPRINTABLE.sub("", said.replace("\r\n", "\n").replace("\r", "\n"))


def _without_markup(marked_up: str) -> str:
    reader = _Reader()
    reader.feed(marked_up)
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.said).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


class _Reader(HTMLParser):
    """Keeps what is to be read of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the library's
        self._inside += tag in _UNSEEN
        if tag in _BREAKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag in _UNSEEN and self._inside > 0

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.said.append(data.replace("\n", " "))
