"""Pages for the parties, by link and without an account: a family's own, an acknowledgement, a choice of times.

Whoever opens a link may be a mail scanner or a neighbour. So opening acts on nothing, and a family's link shows nothing
at all until the code is entered that we send to its telephone (`letting_in`).
"""

from flask import Flask

from webapp.parties import agreed, authority, changing, choosing, feedback, letting_in, status, telling_us
from webapp.parties.blueprint import parties

PAGES = (letting_in, status, telling_us, changing, agreed, feedback, authority, choosing)
"""Named so that the modules' routes are there before the blueprint is."""


def register(app: Flask) -> None:
    """Hang the pages on the application."""
    app.register_blueprint(parties)
