"""Texts. A telephone lies about in a kitchen, so none names a child, a need, a council, a dispute or a place.

Each is one segment of the telephone network's own alphabet, which keeps it whole on every handset.
"""

from datetime import datetime

from scheduling import london, segments
from scheduling.outbox import identity


def advice_booked(starts_at: datetime) -> str:
    """The appointment with an adviser is kept."""
    return _text(f"we will call you on {london.short(starts_at)}. The call will come from {_phone()}.")


def advice_cancelled(starts_at: datetime) -> str:
    """The adviser will not call."""
    return _text(f"our call on {london.short(starts_at)} is cancelled. For another time, call {_phone()}.")


def meeting_booked(starts_at: datetime) -> str:
    """The meeting is fixed, and an invite with the place has gone by mail."""
    return _text(
        f"your meeting is {london.short(starts_at)}. The place is in your email. If you cannot come, call {_phone()}."
    )


def meeting_booked_without_email(starts_at: datetime) -> str:
    """The meeting is fixed, and we cannot send the place anywhere."""
    return _text(
        f"your meeting is {london.short(starts_at)}. We have no email address for you. "
        f"To hear the place, call {_phone()}."
    )


def meeting_moved(starts_at: datetime) -> str:
    """The meeting has another time, room or mediator; the new invite says which."""
    return _text(
        f"your meeting has changed. It is now {london.short(starts_at)}. The place is in your email. "
        f"Questions? Call {_phone()}."
    )


def meeting_moved_without_email(starts_at: datetime) -> str:
    """The meeting has changed, and we cannot send the place anywhere."""
    return _text(f"your meeting has changed. It is now {london.short(starts_at)}. To hear the place, call {_phone()}.")


def meeting_cancelled(starts_at: datetime) -> str:
    """The meeting will not be held."""
    return _text(f"your meeting on {london.short(starts_at)} is cancelled. Please call us about it: {_phone()}.")


def meeting_reminder(starts_at: datetime) -> str:
    """The meeting is near."""
    return _text(
        f"a reminder that your meeting is {london.short(starts_at)}. The place is in your email. "
        f"If you cannot come, call {_phone()}."
    )


def meeting_reminder_without_email(starts_at: datetime) -> str:
    """The meeting is near, and the place was told by telephone."""
    return _text(f"a reminder that your meeting is {london.short(starts_at)}. For the place, call {_phone()}.")


def advice_reminder(starts_at: datetime) -> str:
    """The adviser's call is near."""
    return _text(
        f"a reminder that we will call you on {london.short(starts_at)}. If that no longer suits you, call {_phone()}."
    )


def short_notice(starts_at: datetime) -> str:
    """May the meeting be so soon? Answered by a figure; nothing is booked before."""
    return _text(
        f"can we meet {london.short(starts_at)}? It is under 5 working days' notice. You may say no. "
        f"Reply 1 YES, 2 NO, or call {_phone()}."
    )


def case_closed() -> str:
    """Nothing more is arranged; a text says neither what it was about nor why it is over."""
    return _text(f"your case with us is closed. You need not do anything. If you need us again, call {_phone()}.")


def code(digits: str) -> str:
    """Somebody has opened a link of ours and asked for the code to it."""
    return _text(
        f"your code is {digits}. It works for 10 minutes. We will never ask you to tell it to us. "
        f"Not you? Call {_phone()}."
    )


def own_page(link: str) -> str:
    """The way to the family's own pages, for whoever has no mailbox; it opens nothing without a code."""
    return _text(f"your page: {link} Help: call {_phone()}.")


def document_sent() -> str:
    """A certificate has gone by mail; a text does not say of what."""
    return _text(f"your document is in your email. If you cannot find it, call {_phone()}.")


def mail_failed() -> str:
    """A mail did not arrive; what stood in it is for nobody else's eyes."""
    return _text(f"we tried to email you, and it did not arrive. Please call us with your address: {_phone()}.")


def _text(words: str) -> str:
    return segments.gsm7(f"{identity.current().name}: {words}")


def _phone() -> str:
    return identity.current().written_phone
