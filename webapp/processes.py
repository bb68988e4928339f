"""The worker and the clock: the carriers put together with the outbox, APScheduler with the timetable.

Only the worker talks to the network. Either may be stopped at any moment: what is due stands in the tables.
"""

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Final

import click
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import DBAPIError

from scheduling import clock as time_now
from scheduling.cases import provider_times, retention, voicemails
from scheduling.cases.provider_times import Records
from scheduling.cases.retention import Copies
from scheduling.cases.voicemails import Tapes
from scheduling.diary import calendars, post
from scheduling.jobs import heartbeat, timetable
from scheduling.models import Channel
from scheduling.outbox import calendar_addresses, delivery, imap, smtp
from scheduling.outbox.carriers import Carrier, Trouble
from scheduling.outbox.mailbox import Mailbox
from telephony.carrier import TwilioCaller, TwilioCarrier, TwilioCopies, TwilioRecords
from telephony.simulator import answering
from telephony.simulator.caller import SimulatorCaller
from telephony.simulator.carrier import SimulatorCarrier
from telephony.simulator.records import SimulatorCopies, SimulatorRecords
from telephony.simulator.tapes import SimulatorTapes
from telephony.tapes import TwilioTapes
from webapp import composition, freshness, settings
from webapp.settings import Settings

log = logging.getLogger(__name__)

IDLE_SECONDS: Final = 0.5
"""How long the worker waits when nothing is due."""

BEAT_SECONDS: Final = 10
"""How often it shows that it lives."""

READING_SECONDS: Final = 20
"""How often it looks whether something from outside is to be read."""

AFTER_FAULT_SECONDS: Final = 2
"""How long it waits when the database does not answer."""


@click.command()
def worker() -> None:
    """Send what is due."""
    work(settings.load(), composition.until_told_to_stop())


@click.command()
def clock() -> None:
    """Ask the tables what is due."""
    tick(settings.load(), composition.until_told_to_stop())


def work(chosen: Settings, stop: threading.Event) -> None:
    """Drain the outbox until told to stop; the message in hand is finished first."""
    composition.prepare(chosen)
    carriers, tapes, records = carriers_for(chosen), tapes_for(chosen), records_for(chosen)
    beats = _every(BEAT_SECONDS)
    reading = threading.Thread(target=read, args=(chosen, stop), daemon=True)
    log.info("worker started")
    reading.start()
    freshness.keep(stop)
    while not stop.is_set():
        stop.wait(_round(carriers, tapes, records, beats, stop))
    log.info("worker stopped")


def read(chosen: Settings, stop: threading.Event) -> None:
    """Read what others have for us, and have them forget, beside the deliveries: nobody who dawdles holds up a text."""
    reader, mailbox = calendar_addresses.Reader(hosts=chosen.calendar_hosts), mailbox_for(chosen)
    copies = copies_for(chosen)
    while not stop.wait(READING_SECONDS):
        try:
            retention.remove_due(copies, time_now.now())
            calendars.read_due(reader.fetch, time_now.now())
            if mailbox is not None:
                post.receive_due(mailbox, time_now.now())
        except Trouble as trouble:
            log.warning("the mailbox cannot be read", extra={"code": trouble.code})
        except Exception:  # whatever somebody sent us must not end the reading of what others send
            log.exception("what others have for us could not be read")


def tick(chosen: Settings, stop: threading.Event) -> None:
    """Run the timetable until told to stop; a sweep in hand is finished first."""
    composition.prepare(chosen)
    scheduler = BackgroundScheduler()
    freshness.keep(stop)
    timetable.start(scheduler)
    log.info("clock started")
    stop.wait()
    scheduler.shutdown(wait=True)
    log.info("clock stopped")


def carriers_for(chosen: Settings) -> Mapping[Channel, Carrier]:
    """Who carries what: Twilio and the mail server, or in the demo the simulator's screen and the local mailbox."""
    return {
        Channel.CALL: _call_carrier(chosen),  # first: somebody waits on the line
        Channel.SMS: _text_carrier(chosen),
        Channel.EMAIL: smtp.SmtpCarrier(chosen.mail_url, chosen.mail_from),
    }


def tapes_for(chosen: Settings) -> Tapes:
    """Where voicemails are fetched from."""
    if chosen.has_simulator:
        return SimulatorTapes()
    return TwilioTapes(
        account_sid=chosen.twilio_account_sid,
        api_key=chosen.twilio_api_key or "",
        api_secret=chosen.twilio_api_secret or "",
    )


def mailbox_for(chosen: Settings) -> Mailbox | None:
    """Where mails to us come in: the mailbox of the settings, in the demo the simulator's folder, or nowhere."""
    if chosen.imap_url:
        return imap.ImapMailbox(chosen.imap_url)
    return answering.Incoming(chosen.data_dir) if chosen.has_simulator else None


def records_for(chosen: Settings) -> Records:
    """Who knows when a call or a text was made."""
    if chosen.has_simulator:
        return SimulatorRecords(chosen.data_dir)
    return TwilioRecords(
        account_sid=chosen.twilio_account_sid,
        api_key=chosen.twilio_api_key or "",
        api_secret=chosen.twilio_api_secret or "",
    )


def copies_for(chosen: Settings) -> Copies:
    """Who deletes the provider's copies of texts."""
    if chosen.has_simulator:
        return SimulatorCopies()
    return TwilioCopies(
        account_sid=chosen.twilio_account_sid,
        api_key=chosen.twilio_api_key or "",
        api_secret=chosen.twilio_api_secret or "",
    )


def _call_carrier(chosen: Settings) -> Carrier:
    if chosen.has_simulator:
        return SimulatorCaller(composition.line(chosen), chosen.data_dir, target=chosen.local_url)
    return TwilioCaller(
        account_sid=chosen.twilio_account_sid,
        api_key=chosen.twilio_api_key or "",
        api_secret=chosen.twilio_api_secret or "",
        voice_number=chosen.twilio_voice_number,
        base_url=chosen.base_url,
    )


def _text_carrier(chosen: Settings) -> Carrier:
    if chosen.has_simulator:
        return SimulatorCarrier(composition.line(chosen), chosen.data_dir, target=chosen.local_url)
    return TwilioCarrier(
        account_sid=chosen.twilio_account_sid,
        api_key=chosen.twilio_api_key or "",
        api_secret=chosen.twilio_api_secret or "",
        sms_number=chosen.twilio_sms_number,
        messaging_service_sid=chosen.twilio_messaging_service_sid,
        base_url=chosen.base_url,
    )


def _round(
    carriers: Mapping[Channel, Carrier],
    tapes: Tapes,
    records: Records,
    beats: Iterator[bool],
    stop: threading.Event,
) -> float:
    """One round of deliveries, and of what is asked of the provider; returns how many seconds to wait for the next."""
    try:
        if next(beats):
            heartbeat.beat("worker")
        handed_over = delivery.deliver_due(carriers, time_now.now(), is_told_to_stop=stop.is_set)
        if stop.is_set():
            return 0
        voicemails.fetch_due(tapes, time_now.now())
        provider_times.fetch_next(records, time_now.now())
    except DBAPIError:
        log.exception("the database does not answer")
        return AFTER_FAULT_SECONDS
    except Exception:  # a bug that one thing meets must not end the sending of all the others
        log.exception("a round of the worker has failed")
        return AFTER_FAULT_SECONDS
    return 0 if handed_over else IDLE_SECONDS


def _every(seconds: float) -> Iterator[bool]:
    """Whether so much time has gone since it last was so."""
    last = -seconds
    while True:
        is_time = time.monotonic() - last >= seconds
        last = time.monotonic() if is_time else last
        yield is_time
