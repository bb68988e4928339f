"""What the public pages share: the blueprint they hang on."""

from flask import Blueprint

pages = Blueprint("public", __name__)
