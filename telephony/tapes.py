"""Voicemails at Twilio: fetched by their names with our key, and deleted there.

The official library reads every answer as text, so the sound is asked for with the HTTP library beneath it; the
deletion goes through the official one.
"""

import requests
from twilio.base.exceptions import TwilioException
from twilio.http import HttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from scheduling.cases.voicemails import Sound
from scheduling.outbox.carriers import CALL_TIMEOUT, InDoubt, NotCarried, TryLater

API = "https://api.twilio.com"
LARGEST_SOUND = 4 * 1024 * 1024
"""A minute in MP3 is half a megabyte."""
GONE = 404


class TwilioTapes:
    """Fetches and deletes recordings."""

    def __init__(
        self,
        *,
        account_sid: str,
        api_key: str,
        api_secret: str,
        api: str = API,
        http_client: HttpClient | None = None,
    ) -> None:
        client = http_client or TwilioHttpClient(timeout=CALL_TIMEOUT.total_seconds(), max_retries=0)
        self._twilio = Client(api_key, api_secret, account_sid, http_client=client)
        self._key = (api_key, api_secret)
        self._recordings = f"{api}/2010-04-01/Accounts/{account_sid}/Recordings"

    def fetch(self, recording_id: str) -> Sound:
        """The sound as MP3, which every browser plays."""
        address, patience = f"{self._recordings}/{recording_id}.mp3", CALL_TIMEOUT.total_seconds()
        try:
            with requests.get(address, auth=self._key, timeout=patience, stream=True) as answer:
                return Sound(media_type="audio/mpeg", content=_content(answer))
        except requests.RequestException as fault:
            raise TryLater(type(fault).__name__) from fault

    def remove(self, recording_id: str) -> None:
        """Delete Twilio's copy; the library takes one that is gone already for deleted."""
        try:
            self._twilio.recordings(recording_id).delete()
        except (TwilioException, requests.RequestException, ValueError) as fault:
            if getattr(fault, "status", None) == GONE:
                return
            raise TryLater(type(fault).__name__) from fault


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
