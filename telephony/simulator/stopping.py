"""STOP and START: Twilio acts on them itself, answers, and still tells us of the text."""

from telephony.simulator.store import Store

STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "REVOKE", "OPTOUT"})
START_WORDS = frozenset({"START", "UNSTOP"})

BLOCKED = "21610"
"""Twilio's number for a text that it does not carry because of a STOP."""


def confirmation(words: str) -> str | None:
    """What Twilio answers by itself, when the text is nothing but the word."""
    word = words.strip().upper()
    if word in STOP_WORDS:
        return "You have successfully been unsubscribed. You will not receive any more messages from this number."
    if word in START_WORDS:
        return "You have successfully been re-subscribed to messages from this number."
    return None


def has_stopped(texts: Store, phone: str) -> bool:
    """Whether nothing is carried to this phone, by the last of its STOPs and STARTs."""
    sent = (text.words.strip().upper() for text in reversed(texts.texts(phone)) if not text.to_phone)
    return next((word in STOP_WORDS for word in sent if word in STOP_WORDS | START_WORDS), False)
