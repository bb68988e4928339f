"""Is this really Twilio? A signature over the address that was asked for and every field that was sent.

The address is the configured one and the request's target exactly as it came. What a framework makes of the two
(another host behind a proxy, `%20` turned into a space, a blank field dropped) gives another signature.
"""

from collections.abc import Mapping
from typing import Any

from twilio.request_validator import RequestValidator

from telephony.line import Line

HEADER = "X-Twilio-Signature"


def sign(secret: str, url: str, params: Mapping[str, Any]) -> str:
    """The signature that Twilio would send with these fields; the simulator signs with it."""
    return str(RequestValidator(secret).compute_signature(url, params))


def is_genuine(line: Line, url: str, params: Mapping[str, Any], header: str | None) -> bool:
    """Whether one of the line's secrets made this signature; no signature is a wrong one."""
    if not header:
        return False
    return any(RequestValidator(secret).validate(url, params, header) for secret in line.secrets)


def requested_url(line: Line, environ: Mapping[str, Any]) -> str:
    """The address as Twilio wrote it: ours, and the target that the server received, untouched.

    waitress and werkzeug hand the target on as REQUEST_URI, gunicorn as RAW_URI.
    """
    target = str(environ.get("REQUEST_URI") or environ["RAW_URI"])
    if not target.startswith("/"):  # "POST http://host/path": proxies ask so, and the host is theirs
        target = "/" + target.partition("://")[2].partition("/")[2]
    return f"{line.base_url}{target.partition('#')[0]}"
