"""Voicemails at Twilio: fetched by their names with our key, and deleted there.

Not through the official library, which reads every answer as text: a sound would not survive it.
"""

import requests

from scheduling.cases.voicemails import Sound
from scheduling.outbox.carriers import CALL_TIMEOUT, InDoubt, NotCarried, TryLater
from telephony import patience

API = "https://api.twilio.com"
LARGEST_SOUND = 4 * 1024 * 1024
"""A minute in MP3 is half a megabyte."""
GONE = 404


class TwilioTapes:
    """Fetches and deletes recordings."""

    def __init__(self, *, account_sid: str, api_key: str, api_secret: str, api: str = API) -> None:
        self._key = (api_key, api_secret)
        self._recordings = f"{api}/2010-04-01/Accounts/{account_sid}/Recordings"

    def fetch(self, recording_id: str) -> Sound:
        """The sound as MP3, which every browser plays."""
        try:
            return patience.within(CALL_TIMEOUT, lambda: self._fetched(f"{self._recordings}/{recording_id}.mp3"))
        except requests.RequestException as fault:
            raise TryLater(type(fault).__name__) from fault

    def _fetched(self, address: str) -> Sound:
        with requests.get(address, auth=self._key, timeout=CALL_TIMEOUT.total_seconds(), stream=True) as answer:
            return Sound(media_type="audio/mpeg", content=_content(answer))

    def remove(self, recording_id: str) -> None:
        """Delete Twilio's copy; one that is gone already is deleted."""
        address = f"{self._recordings}/{recording_id}.json"
        try:
            answer = patience.within(
                CALL_TIMEOUT,
                lambda: requests.delete(address, auth=self._key, timeout=CALL_TIMEOUT.total_seconds()),
            )
        except requests.RequestException as fault:
            raise TryLater(type(fault).__name__) from fault
        if not answer.ok and answer.status_code != GONE:
            raise TryLater(str(answer.status_code))


def _content(answer: requests.Response) -> bytes:
    if answer.status_code == GONE:
        raise NotCarried(str(GONE))
    if not answer.ok:
        raise TryLater(str(answer.status_code))
    content = b"".join(_bounded(answer))
    if not content:
        raise InDoubt("an empty recording")
    return content


def _bounded(answer: requests.Response) -> list[bytes]:
    parts, size = [], 0
    for part in answer.iter_content(64 * 1024):
        size += len(part)
        if size > LARGEST_SOUND:
            raise NotCarried("too large")
        parts.append(part)
    return parts
