"""What every process does before it begins: its logs, its database, its name and its date."""

import signal
import threading
from contextlib import suppress
from datetime import timedelta
from types import FrameType

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError, ProgrammingError

from scheduling import clock, db
from scheduling.cases import pins
from scheduling.operation import installation
from scheduling.operation.installation import Installation
from scheduling.outbox import identity
from scheduling.vault import masters, upkeep
from telephony.line import Line
from webapp import logs
from webapp.settings import Settings


def prepare(settings: Settings) -> Engine:
    """Make this process ready to work with these settings."""
    logs.configure()
    clock.shift(timedelta(seconds=settings.demo_clock_offset))
    settings.make_data_dir()
    introduce(settings)
    settle(settings)
    pins.use(settings.secret)
    masters.use(settings.masters)
    engine = db.connect(settings.database)
    _try_keys()
    return engine


def _try_keys() -> None:
    """Stop with a sentence where the vault's keys are not the record's; a record that is not there yet has none."""
    with suppress(OperationalError, ProgrammingError), db.Reading() as session:
        upkeep.check(session)


def introduce(settings: Settings) -> None:
    """Say in everything that is sent who we are."""
    identity.use(
        identity.Identity(
            mailbox=settings.mail_from,
            phone=settings.twilio_voice_number,
            base_url=settings.base_url,
            keeper=settings.audit_mail_to,
        )
    )


def settle(settings: Settings) -> None:
    """Say on which installation we run, and who is told when something is wrong with it."""
    installation.use(
        Installation(operator=settings.operator_email, data=settings.data_dir, backups=settings.backup_dir)
    )


def line(settings: Settings) -> Line:
    """Our end of the telephone line, as Twilio's webhooks and the simulator need to know it."""
    return Line(
        base_url=settings.base_url,
        secrets=settings.webhook_secrets,
        account_sid=settings.twilio_account_sid,
        voice_number=settings.twilio_voice_number,
        sms_number=settings.twilio_sms_number,
        languages=settings.line_languages,
    )


def until_told_to_stop() -> threading.Event:
    """An event that is set by Ctrl-C or by whoever supervises us."""
    stop = threading.Event()

    def heard(_signal: int, _frame: FrameType | None) -> None:
        # By another thread: the main one, which the signal interrupts, may just hold the event's own lock.
        threading.Thread(target=stop.set).start()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, heard)
    return stop
