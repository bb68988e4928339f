"""Our texts on their way to the simulator's phones, and the provider's reports of how far they have come.

Deterministic: a text to a mobile is sent and then delivered, one to a landline is undelivered. The reports are signed
requests to our own status callback, from a thread of their own, as Twilio's come from elsewhere and at any moment.
"""

import logging
import threading
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from scheduling import clock, numbers
from scheduling.outbox.carriers import NotCarried, Parcel, Receipt
from telephony.line import Line
from telephony.simulator import forms, stopping, store, twiml
from telephony.simulator.provider import Provider
from telephony.simulator.store import Store, TextMessage

log = logging.getLogger(__name__)

LANDLINE = "30006"
"""Twilio's number for a text to a telephone that cannot get any."""

MOST_TRIES = 10
RETRY_SECONDS = 1.0
PAUSE_SECONDS = 0.2
"""Between two reports: slow enough to be seen, quick enough not to be waited for."""


class SimulatorCarrier:
    """Carries texts to the screen."""

    def __init__(self, line: Line, data_dir: Path, *, target: str) -> None:
        self._line = line
        self._provider = Provider(line=line, target=target)
        self._store = Store(data_dir)
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._report, name="simulated status callbacks", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Report nothing more; what is underway is reported by the next one."""
        self._closing.set()
        self._wake.set()
        self._thread.join()
        self._store.close()

    def carry(self, parcel: Parcel) -> Receipt:
        """Put the text on the phone's screen; the same parcel again is the same text."""
        if stopping.has_stopped(self._store, parcel.address):
            raise NotCarried(stopping.BLOCKED, opted_out=True)
        known = self.find(parcel)
        if known is not None:
            return known
        text = self._store.keep(
            TextMessage(
                sid=store.new_sid("SM"),
                phone=parcel.address,
                to_phone=True,
                service=self._line.sms_number,
                words=parcel.body,
                status="queued",
                token=parcel.token,
                at=clock.now(),
            )
        )
        self._wake.set()
        return Receipt(provider_id=text.sid)

    def find(self, parcel: Parcel) -> Receipt | None:
        """The text in the provider's list."""
        text = self._store.text_named(parcel.token)
        return Receipt(provider_id=text.sid) if text else None

    def _report(self) -> None:
        while not self._closing.is_set():
            self._wake.clear()
            try:
                is_idle = not self._report_one()
            except DBAPIError:  # the file is busy or full: the thread must outlive that
                log.exception("the simulator's file does not answer")
                is_idle = False
            if is_idle:
                self._wake.wait()
            else:
                self._closing.wait(PAUSE_SECONDS)

    def _report_one(self) -> bool:
        """Report the next stage of the oldest text that is underway; False when there is none."""
        text = self._store.underway()
        if text is None:
            return False
        word, error = _next(text, self._store.setting(text.phone).texts_fail_with)
        if self._is_told_or_given_up(text, word, error):
            self._store.progress(text.sid, word, error)
        return True

    def _is_told_or_given_up(self, text: TextMessage, word: str, error: str | None) -> bool:
        """Twilio tries for a while and then gives up; so do we, or a stopped web process would hold up every text.

        False only when we are closing: then the text stays underway, for the next carrier to report.
        """
        url = self._provider.address(f"/twilio/status/{text.token}")
        for _ in range(MOST_TRIES):
            if self._closing.is_set():
                return False
            if self._is_told(url, forms.status(self._line, text, word, error)):
                return True
            self._closing.wait(RETRY_SECONDS)
        log.warning("status callback given up", extra={"provider_id": text.sid, "status": word})
        return True

    def _is_told(self, url: str, form: dict[str, str]) -> bool:
        try:
            return self._provider.post(url, form).status < 500
        except twiml.Fault:
            return False


def _next(text: TextMessage, fails_with: str | None) -> tuple[str, str | None]:
    """How far the text comes next."""
    if text.status == "queued":
        return "sent", None
    if fails_with is not None:
        return "undelivered", fails_with
    return ("delivered", None) if numbers.is_uk_mobile(text.phone) else ("undelivered", LANDLINE)
