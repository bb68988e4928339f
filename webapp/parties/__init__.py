"""Pages for both parties, by link and without an account: a family's dates, an acknowledgement, a promise not kept.

Whoever opens a link may be a mail scanner or a neighbour. So opening acts on nothing, and shows dates and steps alone:
nothing about the child, the need or what was said.
"""

from flask import Flask

from webapp.parties import authority, choosing, family, promise
from webapp.parties.blueprint import parties

PAGES = (family, authority, promise, choosing)
"""Named so that the modules' routes are there before the blueprint is."""


def register(app: Flask) -> None:
    """Hang the pages on the application."""
    app.register_blueprint(parties)
