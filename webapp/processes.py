"""The worker and the clock: the carriers put together with the outbox, APScheduler with the timetable.

Only the worker talks to the network. Either may be stopped at any moment: what is due stands in the tables.
"""

import logging
import threading
from collections.abc import Mapping
from typing import Final

import click
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import DBAPIError

from scheduling import clock as time_now
from scheduling.jobs import heartbeat, timetable
from scheduling.models import Channel
from scheduling.outbox import delivery, smtp
from telephony import carrier as twilio
from telephony.simulator import carrier as simulator
from webapp import composition, settings
from webapp.settings import Settings

log = logging.getLogger(__name__)

IDLE_SECONDS: Final = 0.5
"""How long the worker waits when nothing is due."""

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
    carriers = carriers_for(chosen)
    log.info("worker started")
    while not stop.is_set():
        stop.wait(_round(carriers))
    log.info("worker stopped")


def tick(chosen: Settings, stop: threading.Event) -> None:
    """Run the timetable until told to stop; a sweep in hand is finished first."""
    composition.prepare(chosen)
    scheduler = BackgroundScheduler()
    timetable.start(scheduler)
    log.info("clock started")
    stop.wait()
    scheduler.shutdown(wait=True)
    log.info("clock stopped")


def carriers_for(chosen: Settings) -> Mapping[Channel, delivery.Carrier]:
    """Who carries what: Twilio and the mail server, or in the demo the simulator's screen and the local mailbox."""
    line = composition.line(chosen)
    texts: delivery.Carrier
    if chosen.has_simulator:
        texts = simulator.SimulatorCarrier(line, chosen.data_dir, target=chosen.local_url)
    else:
        texts = twilio.TwilioCarrier(
            line,
            api_key=chosen.twilio_api_key or "",
            api_secret=chosen.twilio_api_secret or "",
            messaging_service_sid=chosen.twilio_messaging_service_sid,
        )
    return {Channel.SMS: texts, Channel.EMAIL: smtp.SmtpCarrier(chosen.mail_url, chosen.mail_from)}


def _round(carriers: Mapping[Channel, delivery.Carrier]) -> float:
    """One round of deliveries; returns how many seconds to wait before the next."""
    try:
        heartbeat.beat("worker")
        handed_over = delivery.deliver_due(carriers, time_now.now())
    except DBAPIError:
        log.exception("the database does not answer")
        return AFTER_FAULT_SECONDS
    return 0 if handed_over else IDLE_SECONDS
