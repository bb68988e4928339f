"""The authorities' own pages: the cases of which they were told, from what is shared with them and nothing else."""

from flask import Flask

from webapp.authorities import attending, home, thirty_days
from webapp.authorities.ways import authorities, officers

PAGES = (home, attending, thirty_days)
"""Named so that the modules' routes are there before the blueprints are."""


def register(app: Flask) -> None:
    """Hang the pages on the application, for whoever signs in and for whoever has a link."""
    app.register_blueprint(authorities)
    app.register_blueprint(officers)
