"""The authorities' own pages: the cases of which they were told, from what is shared with them and nothing else."""

from flask import Flask

from webapp.authorities import home
from webapp.authorities.blueprint import authorities

PAGES = (home,)
"""Named so that the modules' routes are there before the blueprint is."""


def register(app: Flask) -> None:
    """Hang the pages on the application."""
    app.register_blueprint(authorities)
