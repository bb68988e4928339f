"""A mail taken apart in a process of its own: `python -m scheduling.diary.inbound.reading`, the mail on standard input.

Whoever can send us a mail can send us anything, so it is read by a child with little memory and little time that knows
neither the database nor a password.
"""

import hashlib
import re
from dataclasses import asdict
from email import message_from_bytes
from email.message import Message
from typing import Any, Final

from scheduling import confined
from scheduling.diary.inbound import answers, bounces, words
from scheduling.diary.inbound.mail import CalendarAnswer, Mail

MOST_TOKENS: Final = 20

_TOKEN = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?=@)")
_DISOWNED = re.compile(r"\bdmarc\s*=\s*fail\b", re.IGNORECASE)
_AWAY = re.compile(r"(automatic reply|auto(matic)?[ -]?(reply|response)|out of (the )?office)\b", re.IGNORECASE)
_CALENDARS: Final = ("text/calendar", "application/ics")


def opened(raw: bytes) -> Mail:
    """What we take from these bytes."""
    mail = message_from_bytes(raw)
    return Mail(
        mail_id=_name(mail, raw),
        sender=words.sender(mail),
        subject=words.header(mail, "Subject"),
        words=words.body(mail),
        tokens=_tokens(mail),
        is_automatic=_is_automatic(mail),
        is_disowned=_is_disowned(mail),
        answer=_answer(mail),
        bounce=bounces.read(mail),
    )


def _for_the_parent(raw: bytes) -> dict[str, Any]:
    return asdict(opened(raw))


def _name(mail: Message, raw: bytes) -> str:
    """Its Message-ID. Where it has none it is called by its own bytes, which come a second time only with itself."""
    written = "".join(str(mail.get("Message-ID", "")).split())
    is_usable = 0 < len(written) <= words.LONGEST_HEADER and written.isascii() and written.isprintable()
    return written if is_usable else f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _answer(mail: Message) -> CalendarAnswer | None:
    for part in mail.walk():
        is_calendar = part.get_content_type() in _CALENDARS or str(part.get_filename() or "").lower().endswith(".ics")
        if is_calendar and not part.is_multipart() and (answer := answers.read(words.text(part))) is not None:
            return answer
    return None


def _tokens(mail: Message) -> tuple[str, ...]:
    """From the mails that it answers, and from the heads of those that it gives back."""
    named = [str(mail.get(header, "")) for header in ("In-Reply-To", "References")]
    for part in mail.walk():
        if part is not mail:
            named.append(str(part.get("Message-ID", "")))
        if part.get_content_maintype() == "text" and not part.is_multipart():
            named.append(words.text(part)[: words.LONGEST])
    found = dict.fromkeys(token for text in named for token in _TOKEN.findall(text))
    return tuple(found)[:MOST_TOKENS]


def _is_automatic(mail: Message) -> bool:
    """It says so itself (RFC 3834), or in one of the ways of those who do not."""
    submitted = words.header(mail, "Auto-Submitted").lower()
    says_so = bool(submitted) and not submitted.startswith("no")
    older = any(mail.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponse"))
    is_receipt = mail.get_content_type() == "multipart/report"
    return says_so or older or is_receipt or bool(_AWAY.match(words.header(mail, "Subject")))


def _is_disowned(mail: Message) -> bool:
    """By the topmost finding, which is the last server's; whoever writes one himself only speaks against himself."""
    findings = mail.get_all("Authentication-Results", [])
    return bool(findings) and bool(_DISOWNED.search(str(findings[0])))


if __name__ == "__main__":
    confined.answer(_for_the_parent)
