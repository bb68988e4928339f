"""Calendar feeds by their address: whoever knows it reads times and places, and no name."""

import hashlib

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from scheduling import clock, db
from scheduling.diary import feeds
from scheduling.models import Feed
from webapp.auth import public

blueprint = Blueprint("feeds", __name__)

MAX_AGE = 15 * 60
"""Seconds for which a calendar need not ask again."""


@blueprint.get("/cal/<token>.ics")
@public
def feed(token: str) -> ResponseReturnValue:
    """The meetings as iCalendar text, or "not changed" for a calendar that says what it has (RFC 9110, 8.8.3)."""
    now = clock.now()
    with db.Reading() as session:
        found = feeds.open(session, token)
        if found is None:
            abort(404)
        text, is_to_be_noted = feeds.text(session, found, now=now), feeds.is_to_be_noted(found, now=now)
    if is_to_be_noted:
        with db.Session.begin() as session:
            session.get_one(Feed, found.id).last_read_at = now
    return _answer(text)


def _answer(text: str) -> Response:
    response = Response(text, content_type="text/calendar; charset=utf-8; method=PUBLISH")
    response.headers["Cache-Control"] = f"private, max-age={MAX_AGE}"
    response.headers["Content-Disposition"] = 'inline; filename="meetings.ics"'
    response.set_etag(hashlib.sha256(text.encode()).hexdigest())
    response.make_conditional(request)
    return response
