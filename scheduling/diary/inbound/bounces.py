"""What a mail server says of a mail that it could not, or not yet, hand on (RFC 3464), or in words of its own."""

import re
from email.message import Message
from typing import Final

from scheduling.diary.inbound import words
from scheduling.diary.inbound.mail import Bounce

ACTIONS: Final = ("failed", "delayed", "delivered", "relayed", "expanded")

_SERVER = re.compile(r"(mailer-daemon|postmaster)@")
_GIVES_BACK = re.compile(
    r"undeliver|delivery (status|has failed|failed)|returned mail|failure notice|mail delivery", re.IGNORECASE
)
_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


def read(mail: Message) -> Bounce | None:
    """The report in a mail; None when it is none."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            return _report(part)
    return _in_words(mail)


def _report(part: Message) -> Bounce | None:
    """The first recipient's; a mail of ours has only one."""
    for group in part.walk():
        action = str(group.get("Action", "")).strip().lower()
        if action in ACTIONS:
            status = _STATUS.search(str(group.get("Status", "")))
            return Bounce(action=action, code=status[0] if status else None)
    return None


def _in_words(mail: Message) -> Bounce | None:
    """Some servers tell it only to a person."""
    if not _SERVER.match(words.sender(mail)) or not _GIVES_BACK.search(words.header(mail, "Subject")):
        return None
    status = _STATUS.search(words.body(mail))
    is_delayed = status is not None and status[0].startswith("4")
    return Bounce(action="delayed" if is_delayed else "failed", code=status[0] if status else None)
