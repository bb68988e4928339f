"""What the parties' pages share: the blueprint they hang on, and opening a link."""

from typing import NoReturn

from flask import Blueprint, abort, current_app, make_response, render_template
from sqlalchemy.orm import Session

from scheduling import clock
from scheduling.cases import links
from scheduling.models import Link, Purpose

parties = Blueprint("parties", __name__)


def opened(session: Session, token: str, purpose: Purpose) -> Link:
    """What the link opens; one that is wrong, for something else, over or taken back gets one and the same page."""
    link = links.open(session, token, purpose, now=clock.now())
    if link is None:
        no_such_link()
    return link


def no_such_link() -> NoReturn:
    """The page for a link that opens nothing."""
    page = render_template("parties/no_such_link.html", phone=phone())
    abort(make_response(page, 404))


def phone() -> str:
    """The advice line as it is written on pages."""
    number: str = current_app.config["SETTINGS"].phone
    return number
