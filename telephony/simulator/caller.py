"""Calls of the service on their way to the simulator's phones: one rings until somebody answers, or nobody does.

Deterministic: a phone that is in a call is busy, one with an answering machine lets that answer, any other rings for as
long as Twilio lets it ring. Whoever plays the phone answers in the browser.
"""

import logging
import threading
from datetime import timedelta
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from scheduling import clock
from scheduling.outbox.carriers import Parcel, Receipt
from scheduling.refusals import Refused
from telephony.line import Line
from telephony.simulator import twiml
from telephony.simulator.handset import Handset
from telephony.simulator.store import PhoneCall, Store

log = logging.getLogger(__name__)

RINGS_FOR = timedelta(seconds=25)
MACHINE_AFTER = timedelta(seconds=3)
LOOKS_EVERY_SECONDS = 0.5


class SimulatorCaller:
    """Places calls to the screen."""

    def __init__(self, line: Line, data_dir: Path, *, target: str) -> None:
        self._line, self._target = line, target
        self._store = Store(data_dir)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="simulated ringing", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Watch no more; what rings goes on ringing for the next one."""
        self._closing.set()
        self._thread.join()
        self._store.close()

    def carry(self, parcel: Parcel) -> Receipt:
        """Ring the phone; the same parcel again is the same call."""
        return Receipt(provider_id=self._store.ring(parcel.address, parcel.token, now=clock.now()))

    def find(self, parcel: Parcel) -> Receipt | None:
        """The call in the provider's list."""
        call = self._store.call_named(parcel.token)
        return None if call is None else Receipt(provider_id=call.sid)

    def look(self) -> None:
        """Answer or end what has rung for long enough."""
        for call in self._store.ringing():
            phone = Handset(self._line, call.caller, target=self._target, store=self._store)
            rung_for = clock.now() - call.began_at
            if phone.is_in_call:
                self._give_up(phone, call, "busy")
            elif rung_for >= MACHINE_AFTER and self._store.setting(call.caller).has_machine:
                phone.machine_answers()
            elif rung_for >= RINGS_FOR:
                self._give_up(phone, call, "no-answer")

    def _give_up(self, phone: Handset, call: PhoneCall, status: str) -> None:
        self._store.end_call(call.sid, now=clock.now())
        phone.leg.tell(call, status)

    def _watch(self) -> None:
        while not self._closing.wait(LOOKS_EVERY_SECONDS):
            try:
                self.look()
            except (DBAPIError, Refused, twiml.Fault):  # a busy file, or a call that was just answered
                log.exception("the simulator's phones could not be looked at")
