"""Twilio's words for how far a text or a call has come, in ours, and its error codes as what to do about them.

The rest of the house never hears Twilio's words.
"""

from datetime import timedelta

from scheduling.models import MessageState

_STATES = {
    "accepted": MessageState.SENT,
    "scheduled": MessageState.SENT,
    "queued": MessageState.SENT,
    "sending": MessageState.SENT,
    "sent": MessageState.SENT,
    "delivered": MessageState.DELIVERED,
    "partially_delivered": MessageState.DELIVERED,
    "read": MessageState.DELIVERED,
    "undelivered": MessageState.FAILED,
    "failed": MessageState.FAILED,
    "canceled": MessageState.FAILED,
}
"""For us a text is sent once Twilio has it: what comes after is Twilio's to do again or not."""

_WORTH_ANOTHER_TRY = {
    "30003": timedelta(minutes=45),  # the handset is off
    "30008": timedelta(minutes=5),  # the network does not know why
}

CALLS = {
    "queued": MessageState.SENT,
    "initiated": MessageState.SENT,
    "ringing": MessageState.SENT,
    "in-progress": MessageState.SENT,
    "completed": MessageState.DELIVERED,
    "busy": MessageState.FAILED,
    "no-answer": MessageState.FAILED,
    "failed": MessageState.FAILED,
    "canceled": MessageState.FAILED,
}
"""How far a call has come. That somebody or something picked up does not mean that the call was taken: a key does."""
ENDED = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})

OPTED_OUT = "21610"

NOT_NOW = frozenset({"20429", "21611"})
"""Too many at once, or too many waiting."""

NOT_WITH_THIS_ACCOUNT = frozenset({"20003", "20404", "21212", "21606", "21659", "21660", "21703"})
"""Wrong credentials or account, or a number or service to send from that is not ours: no text would go."""


def state(word: str) -> MessageState | None:
    """Our word for Twilio's, or None for one that says nothing about a text of ours."""
    return _STATES.get(word)


def again_after(error_code: str | None) -> timedelta | None:
    """When a text that did not reach its handset is worth one more try; None when it is not."""
    return None if error_code is None else _WORTH_ANOTHER_TRY.get(error_code)
