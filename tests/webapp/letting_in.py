"""How somebody of a family gets to its own pages: by a link, and by the code that goes to their telephone."""

import re

from sqlalchemy import select

from scheduling import db
from scheduling.cases import codes
from scheduling.models import Message
from tests.webapp.browser import Browser, Page


def newest_code() -> str:
    """As it stands in the newest message with one."""
    with db.Reading() as session:
        newest = select(Message).where(Message.purpose == codes.PURPOSE).order_by(Message.id.desc()).limit(1)
        found = re.search(r"code is (\d{6})", session.scalars(newest).one().body)
    assert found is not None, "no code was sent"
    return found[1]


def lets_in(browser: Browser, path: str) -> Page:
    """Open the link, ask for a code, and enter it."""
    browser.opens(path)
    browser.presses("Send me a code")
    return browser.presses("Continue", code=newest_code())
