"""The public front page: what this is, how to reach us, and in the demo the ways in."""

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from webapp.auth import public
from webapp.public.blueprint import pages


@pages.get("/")
@public
def start() -> ResponseReturnValue:
    """What a family finds when it looks for us."""
    return render_template("public/start.html", phone=current_app.config["SETTINGS"].phone)
