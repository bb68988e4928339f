"""Texts and calls through Twilio, by its official library.

Twilio takes no key that would keep it from sending twice, so every answer is sorted by one question: can the text have
gone? The library adds two traps: for an error page that is not Twilio's, `code` is the HTTP status; and when time runs
out it raises an exception of `requests`, none of its own.
"""

import logging
import ssl
from datetime import datetime, timedelta
from http import HTTPStatus

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http import HttpClient
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError, SSLError

from scheduling.models import ContactChannel
from scheduling.outbox.carriers import (
    ChannelBusy,
    ChannelDown,
    InDoubt,
    NotCarried,
    Parcel,
    Receipt,
    Trouble,
    TryLater,
)
from telephony import statuses
from telephony.patience import PatientClient

# At INFO it logs addresses with their query, in which telephone numbers stand.
logging.getLogger("twilio.http_client").setLevel(logging.WARNING)

_LONGEST_VALIDITY = timedelta(hours=10)
_CLOCKS_DIFFER_BY = timedelta(seconds=60)
_A_PAGE = 100
_MOST_LISTED = 1000
"""A bound only: reading stops at the text itself, and a number gets few texts in the time that is asked for."""

RINGS_SECONDS = 25
"""Most voicemails answer later."""


class TwilioCarrier:
    """Carries texts."""

    def __init__(
        self,
        *,
        account_sid: str,
        api_key: str,
        api_secret: str,
        sms_number: str,
        base_url: str,
        messaging_service_sid: str = "",
        http_client: HttpClient | None = None,
    ) -> None:
        client = http_client or PatientClient()
        self._twilio = Client(api_key, api_secret, account_sid, http_client=client)
        self._number = sms_number
        self._service = messaging_service_sid
        self._base_url = base_url

    def carry(self, parcel: Parcel) -> Receipt:
        """Hand the text to Twilio, which will report to the address that bears its token."""
        try:
            taken = self._twilio.messages.create(
                to=parcel.address,
                body=parcel.body,
                status_callback=f"{self._base_url}/twilio/status/{parcel.token}",
                **self._sender(),
                **_validity(parcel),
            )
        except (TwilioException, requests.RequestException, ValueError) as fault:
            raise _meaning(fault) from fault
        if not taken.sid:
            raise InDoubt("an answer without a message")
        return _receipt(taken)

    def find(self, parcel: Parcel) -> Receipt | None:
        """The text in Twilio's list, known by number, words and time."""
        since = parcel.attempted_at - _CLOCKS_DIFFER_BY
        try:
            listed = self._twilio.messages.stream(
                to=parcel.address, date_sent_after=since, limit=_MOST_LISTED, page_size=_A_PAGE
            )
            return next((_receipt(text) for text in listed if self._is_ours(text, parcel)), None)
        except (TwilioException, requests.RequestException, ValueError) as fault:
            raise _meaning(fault) from fault

    def _is_ours(self, text: MessageInstance, parcel: Parcel) -> bool:
        ours = self._service or self._number
        theirs = text.messaging_service_sid if self._service else text.from_
        # A trial account puts a sentence of Twilio's before the words.
        return bool(theirs == ours and (text.body or "").endswith(parcel.body))

    def _sender(self) -> dict[str, str]:
        return {"messaging_service_sid": self._service} if self._service else {"from_": self._number}


class TwilioCaller:
    """Places calls. They show the advice line's number; who answers is told apart meanwhile; nothing is recorded."""

    def __init__(
        self,
        *,
        account_sid: str,
        api_key: str,
        api_secret: str,
        voice_number: str,
        base_url: str,
        http_client: HttpClient | None = None,
    ) -> None:
        client = http_client or PatientClient()
        self._twilio = Client(api_key, api_secret, account_sid, http_client=client)
        self._number = voice_number
        self._base_url = base_url

    def carry(self, parcel: Parcel) -> Receipt:
        """Have Twilio ring the number; what is then said, it asks at the address that bears the call's token."""
        ours = f"{self._base_url}/twilio/call/{parcel.token}"
        try:
            placed = self._twilio.calls.create(
                to=parcel.address,
                from_=self._number,
                url=ours,
                method="POST",
                timeout=RINGS_SECONDS,
                machine_detection="DetectMessageEnd",
                async_amd="true",  # whoever answers would else hear silence first, and hang up
                async_amd_status_callback=f"{ours}/machine",
                async_amd_status_callback_method="POST",
                status_callback=f"{self._base_url}/twilio/status/{parcel.token}",
                status_callback_method="POST",
                status_callback_event=["answered", "completed"],
            )
        except (TwilioException, requests.RequestException, ValueError) as fault:
            raise _meaning(fault) from fault
        if not placed.sid:
            raise InDoubt("an answer without a call")
        return Receipt(provider_id=placed.sid)

    def find(self, parcel: Parcel) -> Receipt | None:
        """The call in Twilio's list, known by number and time."""
        since = parcel.attempted_at - _CLOCKS_DIFFER_BY
        try:
            listed = self._twilio.calls.stream(
                to=parcel.address, from_=self._number, start_time_after=since, limit=_MOST_LISTED, page_size=_A_PAGE
            )
            return next((Receipt(provider_id=call.sid) for call in listed if call.sid), None)
        except (TwilioException, requests.RequestException, ValueError) as fault:
            raise _meaning(fault) from fault


class TwilioRecords:
    """Knows when Twilio took a call or a text that came to us."""

    def __init__(
        self, *, account_sid: str, api_key: str, api_secret: str, http_client: HttpClient | None = None
    ) -> None:
        client = http_client or PatientClient()
        self._twilio = Client(api_key, api_secret, account_sid, http_client=client)

    def made_at(self, channel: ContactChannel, provider_id: str) -> datetime:
        """Twilio's own time of it."""
        kept = self._twilio.calls if channel is ContactChannel.CALL else self._twilio.messages
        try:
            made_at = kept(provider_id).fetch().date_created
        except (TwilioException, requests.RequestException, ValueError) as fault:
            raise _meaning(fault) from fault
        if not isinstance(made_at, datetime):
            raise TryLater("an answer without a time")
        return made_at


class TwilioCopies:
    """Deletes the texts that Twilio keeps, their words and numbers."""

    def __init__(
        self, *, account_sid: str, api_key: str, api_secret: str, http_client: HttpClient | None = None
    ) -> None:
        client = http_client or PatientClient()
        self._twilio = Client(api_key, api_secret, account_sid, http_client=client)

    def remove(self, provider_id: str) -> None:
        """Delete it; one that Twilio does not know any more is deleted."""
        try:
            self._twilio.messages(provider_id).delete()
        except (TwilioException, requests.RequestException, ValueError) as fault:
            if getattr(fault, "status", None) == HTTPStatus.NOT_FOUND:
                return
            meaning = _meaning(fault)
            # Refused is not gone: a text on its way, say, cannot be deleted yet.
            raise (TryLater(meaning.code) if isinstance(meaning, NotCarried) else meaning) from fault


def _validity(parcel: Parcel) -> dict[str, int]:
    """A reminder must not arrive after the meeting: Twilio drops it when it has waited too long."""
    if parcel.valid_for is None:
        return {}
    return {"validity_period": max(1, int(min(parcel.valid_for, _LONGEST_VALIDITY).total_seconds()))}


def _receipt(text: MessageInstance) -> Receipt:
    return Receipt(provider_id=text.sid, state=statuses.state(text.status or ""))


def _meaning(fault: Exception) -> Trouble:
    """What an error means for the text."""
    if isinstance(fault, TwilioRestException | TwilioServiceException):
        return _refusal(fault.status, str(fault.code or fault.status))
    if isinstance(fault, requests.RequestException) and _never_left(fault):
        return ChannelBusy(type(fault).__name__)
    return InDoubt(type(fault).__name__)


def _refusal(status: int, code: str) -> Trouble:
    if status == 429 or code in statuses.NOT_NOW:
        return ChannelBusy(code)
    if status == 401 or code in statuses.NOT_WITH_THIS_ACCOUNT:
        return ChannelDown(code)
    if 400 <= status < 500 and status != 408:
        return NotCarried(code, opted_out=code == statuses.OPTED_OUT, cannot_be_texted=code in statuses.NO_TEXTS_TO)
    return InDoubt(code)


def _never_left(fault: requests.RequestException) -> bool:
    """Whether there was not even a connection, so that nothing can have been taken."""
    if isinstance(fault, requests.ConnectTimeout):
        return True
    reason = getattr(fault.args[0], "reason", None) if fault.args else None
    if isinstance(reason, ProxyError):
        # Whatever breaks while we wait for the answer is called the proxy's error as well, and the text may have gone.
        reason = reason.original_error
        if isinstance(reason, OSError) and str(reason).startswith("Tunnel connection failed"):
            return True
    return isinstance(reason, NewConnectionError | ConnectTimeoutError) or _is_wrong_certificate(reason)


def _is_wrong_certificate(reason: object) -> bool:
    # Other faults of TLS may come after the text was read.
    return isinstance(reason, SSLError) and any(isinstance(arg, ssl.SSLCertVerificationError) for arg in reason.args)
