"""What Twilio sends with an event: the fields of its forms, blank ones included, since the signature covers them."""

from scheduling import segments
from telephony.line import Line
from telephony.simulator import phones, store

_VERSION = "2010-04-01"


def call(line: Line, phone: str, sid: str, status: str, *, is_ours: bool = False) -> dict[str, str]:
    """An event of a call to the advice line, or of one that the line makes."""
    caller, called = (line.voice_number, phone) if is_ours else (phone, line.voice_number)
    return {
        "AccountSid": line.account_sid,
        "ApiVersion": _VERSION,
        "CallSid": sid,
        "CallStatus": status,
        "Direction": "outbound-api" if is_ours else "inbound",
        "Caller": caller,
        "Called": called,
        "From": caller,
        "To": called,
        **_home("Caller", caller),
        **_home("Called", called),
        **_home("From", caller),
        **_home("To", called),
    }


def recording(ended_by: str) -> dict[str, str]:
    """The news that a recording is finished. Nothing was really recorded, so its address leads nowhere."""
    sid = store.new_sid("RE")
    return {"RecordingSid": sid, "RecordingUrl": f"/simulator/{sid}", "RecordingDuration": "5", "Digits": ended_by}


def text(line: Line, received: store.TextMessage) -> dict[str, str]:
    """A text from a phone to the service."""
    return {
        "AccountSid": line.account_sid,
        "ApiVersion": _VERSION,
        "MessageSid": received.sid,
        "SmsSid": received.sid,
        "SmsMessageSid": received.sid,
        "SmsStatus": "received",
        "From": received.phone,
        "To": received.service,
        "Body": received.words,
        "NumMedia": "0",
        "NumSegments": str(segments.count(received.words).segments),
        **_home("From", received.phone),
        **_home("To", received.service),
    }


def status(line: Line, text: store.TextMessage, word: str, error: str | None) -> dict[str, str]:
    """The news of how far a text of ours has come."""
    return {
        "AccountSid": line.account_sid,
        "ApiVersion": _VERSION,
        "MessageSid": text.sid,
        "SmsSid": text.sid,
        "MessageStatus": word,
        "SmsStatus": word,
        "From": text.service,
        "To": text.phone,
        **({"ErrorCode": error} if error else {}),
    }


def _home(whose: str, number: str) -> dict[str, str]:
    """Where a number is at home: of British ones Twilio knows the country and leaves three fields blank."""
    country = "" if number == phones.WITHHELD else "GB"
    return {f"{whose}City": "", f"{whose}State": "", f"{whose}Zip": "", f"{whose}Country": country}
