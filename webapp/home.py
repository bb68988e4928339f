"""The public front page: what this is, how to reach us, and in the demo the ways in."""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from webapp.auth import public

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    """What a family finds when it looks for us."""
    return render_template("home.html", phone=current_app.config["SETTINGS"].phone)
