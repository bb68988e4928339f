"""The mediators' own pages: the meetings that they take, without what a family has told us in confidence."""

from flask import Flask

from webapp.mediators import home, meetings, own_calendar
from webapp.mediators.blueprint import mediators

PAGES = (home, meetings, own_calendar)
"""Named so that the modules' routes are there before the blueprint is."""


def register(app: Flask) -> None:
    """Hang the pages on the application."""
    app.register_blueprint(mediators)
