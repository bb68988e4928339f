"""Signing in with the account that one's own organisation gave: Microsoft Entra, by tenant and object id.

Off unless configured. Addresses and names change hands in large organisations, so neither lets anybody in: an
administrator writes down whose tenant and object are whose. The code goes once, with PKCE; the token's signature,
issuer, audience, nonce and times are checked before anything of it is believed.
"""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.models import Staff
from scheduling.refusals import Refused
from webapp.accounts import EntraIdentity
from webapp.settings import Settings

log = logging.getLogger(__name__)

BACK: Final = "/sign-in/entra/back"
SECONDS: Final = 10
"""How long we wait for an answer of Entra's."""
LEEWAY: Final = 60
FRESH: Final = 5 * 60
"""Seconds since somebody gave their organisation their password, where that is asked for anew."""
SEVERAL: Final = "organizations"
"""What Entra calls whichever tenant somebody belongs to; ours are told apart afterwards."""


class NotVouchedFor(Refused):
    """What came back lets nobody in; what was wrong with it stands in the log."""

    def __str__(self) -> str:
        return "Your organisation's account does not let you in here. Try again, or ask an administrator."


@dataclass(frozen=True, kw_only=True)
class Errand:
    """What we must remember while somebody is away at Entra, in their own browser and signed."""

    state: str
    nonce: str
    verifier: str
    began: float
    again: bool
    """Somebody who has signed in shows once more that it is them."""
    goes_to: str | None

    @classmethod
    def new(cls, *, began: float, again: bool, goes_to: str | None) -> "Errand":
        """With three secrets that nobody can guess."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state=state, nonce=nonce, verifier=verifier, began=began, again=again, goes_to=goes_to)


def is_open(settings: Settings) -> bool:
    """Whether anybody may sign in this way at all."""
    return bool(settings.entra_client_id)


def address(settings: Settings, errand: Errand) -> str:
    """Where the browser is sent."""
    asked = {"prompt": "login", "max_age": "0"} if errand.again else {}
    url, _ = _client(settings).create_authorization_url(
        _endpoint(settings, "oauth2/v2.0/authorize"),
        state=errand.state,
        nonce=errand.nonce,
        code_verifier=errand.verifier,
        **asked,
    )
    return str(url)


def vouched(settings: Settings, errand: Errand, answer: Mapping[str, str], *, moment: float) -> tuple[str, str]:
    """Tenant and object of the one whom Entra vouches for. Asks over the network: hold nothing open meanwhile."""
    if not secrets.compare_digest(answer.get("state", "").encode(), errand.state.encode()) or "code" not in answer:
        raise _refusal("the answer is to another question")
    client = _client(settings)
    try:
        token = client.fetch_token(
            _endpoint(settings, "oauth2/v2.0/token"),
            code=answer["code"],
            code_verifier=errand.verifier,
            timeout=SECONDS,
        )
        published = client.get(_endpoint(settings, "discovery/v2.0/keys"), withhold_token=True, timeout=SECONDS)
        claims = jwt.decode(token["id_token"], KeySet.import_key_set(published.json()), algorithms=["RS256"]).claims
        return _believed(settings, errand, claims, moment=moment)
    except (AuthlibBaseError, JoseError, OSError, KeyError, TypeError, ValueError) as error:
        raise _refusal(type(error).__name__) from error


def known(session: Session, tenant: str, object_id: str) -> Staff:
    """The one whose account that is here, if they still have one."""
    wanted = (
        select(Staff)
        .join(EntraIdentity, EntraIdentity.staff_id == Staff.id)
        .where(EntraIdentity.tenant_id == tenant, EntraIdentity.object_id == object_id, Staff.is_active)
    )
    staff = session.scalar(wanted)
    if staff is None:
        raise _refusal("nobody here has this identity")
    return staff


def _believed(settings: Settings, errand: Errand, claims: dict[str, Any], *, moment: float) -> tuple[str, str]:
    tenant = str(claims["tid"]).lower()
    if tenant not in settings.entra_tenants:
        raise _refusal("not one of our tenants")
    registry = jwt.JWTClaimsRegistry(
        now=int(moment),
        leeway=LEEWAY,
        iss={"essential": True, "value": f"{settings.entra_url}/{tenant}/v2.0"},
        aud={"essential": True, "value": settings.entra_client_id},
        nonce={"essential": True, "value": errand.nonce},
        exp={"essential": True},
        iat={"essential": True},
        auth_time={"essential": errand.again},
    )
    registry.validate(claims)
    if errand.again and moment - float(claims["auth_time"]) > FRESH:
        raise _refusal("the password was not given anew")
    if "amr" in claims and "mfa" not in claims["amr"]:
        raise _refusal("no second factor")
    return tenant, str(claims["oid"]).lower()


def _client(settings: Settings) -> OAuth2Session:
    return OAuth2Session(
        settings.entra_client_id,
        settings.entra_client_secret,
        scope="openid profile",
        redirect_uri=f"{settings.base_url}{BACK}",
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_post",  # noqa: S106 - the name of a method
    )


def _endpoint(settings: Settings, path: str) -> str:
    tenant = settings.entra_tenants[0] if len(settings.entra_tenants) == 1 else SEVERAL
    return f"{settings.entra_url}/{tenant}/{path}"


def _refusal(because: str) -> NotVouchedFor:
    log.warning("not vouched for", extra={"because": because})
    return NotVouchedFor()
