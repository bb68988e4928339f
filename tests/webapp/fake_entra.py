"""A small Entra on this machine: keeps what the browser was sent with, checks PKCE, and signs real tokens."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

TENANT = "11111111-2222-3333-4444-555555555555"
OBJECT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
CLIENT = "common-ground-at-entra"
SECRET = "a secret of Entra's"


@dataclass
class FakeEntra:
    """What it answers next; `claims` overrides what an honest token would say, `key` who signs it."""

    url: str = ""
    now: float = 0
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signs_with: RSAKey | None = None
    down: bool = False
    _asked: dict[str, str] = field(default_factory=dict)

    def signs_in(self, sent_to: str) -> str:
        """The person signs in on Entra's page; where their browser is sent back to."""
        self._asked = {name: values[0] for name, values in parse_qs(urlsplit(sent_to).query).items()}
        assert self._asked["code_challenge_method"] == "S256"
        back = urlsplit(self._asked["redirect_uri"]).path
        return f"{back}?code=a-code&state={self._asked['state']}"

    def answers(self, request: Request) -> Response:
        """Keys to anybody, tokens to whoever has the code, the secret and the verifier."""
        if self.down:
            return Response("later", 503)
        if request.path == f"/{TENANT}/discovery/v2.0/keys":
            return _json({"keys": [self.key.as_dict(private=False)]})
        if request.path != f"/{TENANT}/oauth2/v2.0/token":
            return _json({"error": "invalid_request"}, 404)
        digest = hashlib.sha256(request.form["code_verifier"].encode()).digest()
        is_right = (
            request.form["code"] == "a-code"
            and (request.form["client_id"], request.form["client_secret"]) == (CLIENT, SECRET)
            and base64.urlsafe_b64encode(digest).decode().rstrip("=") == self._asked["code_challenge"]
        )
        if not is_right:
            return _json({"error": "invalid_grant"}, 400)
        return _json({"access_token": "unused", "token_type": "Bearer", "id_token": self._token()})

    def _token(self) -> str:
        honest = {
            "iss": f"{self.url}/{TENANT}/v2.0",
            "aud": CLIENT,
            "tid": TENANT,
            "oid": OBJECT,
            "nonce": self._asked["nonce"],
            "iat": int(self.now),
            "exp": int(self.now) + 3600,
            "auth_time": int(self.now),
        }
        claims = {name: value for name, value in {**honest, **self.claims}.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signs_with or self.key)


class SaysNothing(WSGIRequestHandler):
    """The organisation's own log is not ours to look through."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        """Keep it."""


@contextmanager
def running() -> Iterator[FakeEntra]:
    """On a free port, until the block ends."""
    fake = FakeEntra()
    server = make_server("127.0.0.1", 0, Request.application(fake.answers), threaded=True, request_handler=SaysNothing)
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield fake
    server.shutdown()
    thread.join()
    server.server_close()


def _json(told: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(told), status, content_type="application/json")
