"""How to reach us: the numbers from the settings, the hours from the rota."""

from email.utils import parseaddr

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from scheduling import clock, db, numbers
from scheduling.cases import answering, call_back_times
from webapp.auth import public
from webapp.public.blueprint import pages
from webapp.settings import Settings

CHARGES = {
    "+443": "Calls to this number cost the same as calls to ordinary 01 and 02 numbers. They count towards the minutes "
    "in your phone plan.",
    "+44800": "Calls to this number are free.",
    "+44808": "Calls to this number are free.",
}
"""What a call costs, by how the number begins; where nothing is sure, nothing is said."""


@pages.get("/contact")
@public
def contact() -> ResponseReturnValue:
    """By telephone, by text, by mail where our mailbox is read, with help to hear or speak, in another language."""
    settings: Settings = current_app.config["SETTINGS"]
    with db.Reading() as session:
        hours = answering.hours(session)
        read_by = call_back_times.read_by(session, now=clock.now())
    number = settings.twilio_voice_number
    return render_template(
        "public/contact.html",
        phone=settings.phone,
        mailbox=parseaddr(settings.mail_from)[1] if settings.imap_url else None,
        texts=numbers.written(settings.twilio_sms_number),
        hours=hours,
        read_by=read_by,
        charges=next((said for begins, said in CHARGES.items() if number.startswith(begins)), None),
    )
