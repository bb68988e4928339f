"""What browsers are told beside every page: run only our scripts, frame us nowhere, keep nothing, tell nobody."""

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, request
from werkzeug.exceptions import BadHost, SecurityError

from webapp.settings import Settings

POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'nonce-{nonce}'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "media-src": "'self' data:",  # a voicemail is in its page, so that no address leads to it
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
OURSELVES = ("127.0.0.1", "localhost")
BY_ANY_NAME = ("twilio", "health")
"""Blueprints that write no link and may be asked by an inner name: by a proxy that passes Twilio's requests on, whose
signature is over the public address, or by whoever supervises this process."""
TWO_YEARS = 2 * 365 * 24 * 60 * 60


def register(app: Flask) -> None:
    """Look at the host before every request, and add the headers after it."""
    app.before_request(know_our_own_name)
    app.after_request(add_headers)
    app.context_processor(lambda: {"csp_nonce": nonce()})


def know_our_own_name() -> None:
    """A request for another host's name would make us write links to that host."""
    if isinstance(request.routing_exception, BadHost):
        raise request.routing_exception
    if request.blueprint in BY_ANY_NAME:
        return
    settings: Settings = current_app.config["SETTINGS"]
    try:
        asked = urlsplit(f"//{request.host}").hostname
    except (SecurityError, ValueError):
        asked = None
    if asked not in {urlsplit(settings.base_url).hostname, *OURSELVES}:
        abort(400)


def nonce() -> str:
    """The word that this page's own inline script carries, another for every answer."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    word: str = g.nonce
    return word


def add_headers(response: Response) -> Response:
    """The same for every answer; what may be kept is only what holds nothing about anybody."""
    policy = "; ".join(f"{name} {value}" for name, value in POLICY.items())
    response.headers["Content-Security-Policy"] = policy.format(nonce=nonce())
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = _permissions()
    if urlsplit(current_app.config["SETTINGS"].base_url).scheme == "https":
        response.headers["Strict-Transport-Security"] = f"max-age={TWO_YEARS}; includeSubDomains"
    if (request.endpoint or "").rpartition(".")[2] != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _permissions() -> str:
    """The simulator's phone listens where the browser can; no other page needs anything of the machine."""
    microphone = "self" if request.blueprint == "simulator" else ""
    return f"camera=(), geolocation=(), microphone=({microphone}), payment=(), usb=()"
