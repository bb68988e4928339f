"""What a person reads when something did not work: what it was, and what to do. Never how the inside looks."""

import logging
from dataclasses import dataclass

from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import BadHost, HTTPException

from scheduling.refusals import Refused

log = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = "5"


@dataclass(frozen=True)
class Words:
    """The page for one kind of trouble."""

    title: str
    what_to_do: tuple[str, ...]


WORDS = {
    400: Words("We cannot answer this request", ("Open the service at its own address and try again.",)),
    404: Words(
        "Page not found",
        (
            "If you typed the address, check that it is right. If you pasted it, check that you copied all of it.",
            "If you have signed in and need this page for your work, ask your manager whether you may open it.",
        ),
    ),
    405: Words("This page cannot be opened like that", ("Go back and use the button or the link on the page.",)),
    409: Words("That could not be done", ("Go back, reload the page to see how things are now, and try again.",)),
    413: Words("What you sent is too long", ("Go back, make it shorter and send it again.",)),
    429: Words("Too many tries", ("Wait 15 minutes, then try again.",)),
    500: Words(
        "Sorry, something went wrong on our side",
        ("What you did may not have been saved. Wait a minute, then look whether it was, and try again.",),
    ),
    503: Words("Sorry, the service is not available for the moment", ("Nothing was changed. Try again in a minute.",)),
}
FORM_TOO_OLD = Words(
    "The form was open for too long",
    ("Nothing was changed. Go back, reload the page and send the form again. You may have to sign in first.",),
)
ANY_OTHER = Words("We cannot do that", ("Go back and try another way.",))


def register(app: Flask) -> None:
    """Give every kind of trouble its page."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(BadHost, _no_host)
    app.register_error_handler(CSRFError, _form_too_old)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(OperationalError, _database_away)


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if error.response is not None or code in range(300, 400):
        return error
    page, _ = _page(WORDS.get(code, ANY_OTHER), code)
    return page, code, _kept_headers(error)


def _no_host(_error: BadHost) -> ResponseReturnValue:
    """Without a host's name no link can be written, and so none of our pages."""
    words = WORDS[400]
    return f"{words.title}. {' '.join(words.what_to_do)}\n", 400, {"Content-Type": "text/plain; charset=utf-8"}


def _form_too_old(_error: CSRFError) -> ResponseReturnValue:
    return _page(FORM_TOO_OLD, 400)


def _refused(refusal: Refused) -> ResponseReturnValue:
    """A refusal that no page has shown beside its form."""
    return _page(Words(WORDS[409].title, (str(refusal), *WORDS[409].what_to_do)), 409)


def _database_away(error: OperationalError) -> ResponseReturnValue:
    log.error("the database does not answer", exc_info=error)
    page, code = _page(WORDS[503], 503)
    return page, code, {"Retry-After": RETRY_AFTER_SECONDS}


def _page(words: Words, code: int) -> tuple[str, int]:
    return render_template("errors/error.html", words=words), code


def _kept_headers(error: HTTPException) -> list[tuple[str, str]]:
    """What the protocol asks for beside the page, as the methods that are allowed."""
    return [(name, value) for name, value in error.get_headers() if name.lower() != "content-type"]
