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


NO_TEXTS_TO = frozenset({"21211", "21614", "21217", "21635", "30005", "30006"})
"""Not a number, not a mobile, gone, or a landline: no text will ever arrive there."""

INSTEAD = {
    "20429": "Twilio was asked for too much at once. It is tried again by itself.",
    "21610": "This number has texted STOP. Nothing will be texted to it until it texts START. Ring, write a letter or "
    "an e-mail, as the contact record allows.",
    "21611": "Too many texts are waiting at Twilio. It is tried again by itself.",
    "30001": "Too many texts were waiting at Twilio. Ring, if it is urgent, or write the text again later.",
    "30003": "The handset was off or out of reach, twice. Ring at a safe hour, or write an e-mail.",
    "30004": "The handset or its network blocks our texts. Ring, or write an e-mail.",
    "30005": "The network does not know this number. Ask the family for another, by e-mail or when they ring.",
    "30006": "This is a landline, or cannot have texts. Ring it at a safe hour, or ask for a mobile number.",
    "30007": "The network took the text for an unwanted one. Do not send the same words again; tell the administrator.",
    "30008": "The network does not say why, twice. Ring at a safe hour, or write an e-mail.",
    "30034": "Our sending number is not registered as it should be. Tell the administrator.",
    "30036": "It waited too long on its way and was of no use any more. Ring, if it still matters.",
    **dict.fromkeys(
        ("21211", "21217", "21614"), "This is not the number of a mobile telephone. Ask the family for another."
    ),
    "21635": "This is a landline. Ring it at a safe hour, or ask for a mobile number.",
    **dict.fromkeys(
        ("20003", "20404", "21212", "21606", "21659", "21660", "21703"),
        "Our own account or number is set up wrongly: no text goes to anybody. Tell the administrator.",
    ),
}
"""What somebody at a desk does where a text did not arrive."""


def instead(error_code: str | None) -> str | None:
    """What to do where a text did not arrive for this reason; None for one that we do not know."""
    return None if error_code is None else INSTEAD.get(error_code)


def state(word: str) -> MessageState:
    """Our word for Twilio's. One that we do not know, or none at all, still says that Twilio has the text."""
    return _STATES.get(word, MessageState.SENT)


def again_after(error_code: str | None) -> timedelta | None:
    """When a text that did not reach its handset is worth one more try; None when it is not."""
    return None if error_code is None else _WORTH_ANOTHER_TRY.get(error_code)
