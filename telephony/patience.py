"""An end to waiting for Twilio: the timeout of a library is for each read, and an answer that drips has no end."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from typing import Any, Final, TypeVar

import requests
from twilio.http import HttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response

from scheduling.outbox.carriers import CALL_TIMEOUT

Answer = TypeVar("Answer")

A_LITTLE_MORE: Final = timedelta(seconds=1)
"""So that a timeout of the library's own, which tells more, comes first."""


def within(limit: timedelta, asks: Callable[[], Answer]) -> Answer:
    """The answer; raises `requests.Timeout` when it is not whole in time, and then nobody hears the rest of it."""
    answer: Future[Answer] = Future()
    threading.Thread(target=_ask, args=(asks, answer), daemon=True).start()
    try:
        return answer.result((limit + A_LITTLE_MORE).total_seconds())
    except TimeoutError as late:
        raise requests.Timeout("in the middle of the answer") from late


def _ask(asks: Callable[[], Answer], answer: Future[Answer]) -> None:
    try:
        answer.set_result(asks())
    except BaseException as fault:  # noqa: BLE001 - whoever waits raises it
        answer.set_exception(fault)


class PatientClient(HttpClient):  # type: ignore[misc]  # the library has no types
    """The library's own client, whose patience has an end. It does not try again: the outbox decides about that."""

    def __init__(self, limit: timedelta = CALL_TIMEOUT) -> None:
        self._limit = limit
        self._client = TwilioHttpClient(timeout=limit.total_seconds(), max_retries=0)

    def request(self, *asked: Any, **named: Any) -> Response:
        """As the library's; raises what `requests` raises."""
        return within(self._limit, lambda: self._client.request(*asked, **named))
