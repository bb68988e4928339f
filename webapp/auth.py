"""Who may open which page: every route says so, and a route that says nothing is open to nobody.

    @console.get("/cases/<reference>")
    @staff_only(Role.COORDINATOR, Role.ADVISER, compartment=Compartment.FAMILY, scope=Scope.CASE)
    def case(reference): ...

A page that somebody may not see answers like a page that does not exist. What hands much away, or opens the way to
much, also `proves`: whoever asks for it has given password and code within the last minutes.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from scheduling import db
from scheduling.models import Actor, Role
from webapp import sessions, visiting
from webapp.compartments import ADMITS, Compartment, Scope
from webapp.sessions import Visitor
from webapp.settings import Settings

log = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])

SELF_GUARDED = ("twilio", "simulator")
"""Blueprints of telephony: webhooks are guarded by their signature, the simulator exists only in the demo."""


@dataclass(frozen=True)
class Policy:
    """Who may enter a route, what it opens and how far; nobody's role is needed for a public one."""

    is_public: bool = False
    by_code: bool = False
    """For whoever of a family has entered the code to their link, and for nobody else."""
    roles: frozenset[Role] = frozenset()
    compartment: Compartment | None = None
    scope: Scope | None = None
    proves: bool = False
    """Whether a password and a code must have been given within the last minutes."""

    def __post_init__(self) -> None:
        """A compartment admits the roles that it admits, whatever a route says."""
        if self.compartment is not None and not self.is_public:
            beyond = self.roles - ADMITS[self.compartment]
            if beyond:
                message = f"{', '.join(sorted(beyond))} may open nothing that is {self.compartment}"
                raise ValueError(message)

    def allows(self, visitor: Visitor) -> bool:
        """Whether somebody who has signed in may enter."""
        return self.is_public or visitor.role in self.roles


def public(view: View) -> View:
    """Let anybody enter: there is nothing of a family behind it."""
    return _declare(view, Policy(is_public=True, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING))


def by_link(compartment: Compartment) -> Callable[[View], View]:
    """Let whoever holds the link enter; the view itself finds out what it opens."""
    return lambda view: _declare(view, Policy(is_public=True, compartment=compartment, scope=Scope.LINK))


def by_code(compartment: Compartment) -> Callable[[View], View]:
    """Let whoever of a family has entered the code to their link see what is theirs."""
    return lambda view: _declare(view, Policy(by_code=True, compartment=compartment, scope=Scope.LINK))


def staff_only(
    *roles: Role, compartment: Compartment | None = None, scope: Scope | None = None, proves: bool = False
) -> Callable[[View], View]:
    """Let those in who have signed in and have one of these roles."""
    policy = Policy(roles=frozenset(roles), compartment=compartment, scope=scope, proves=proves)
    return lambda view: _declare(view, policy)


def _declare(view: View, policy: Policy) -> View:
    cast("Any", view).policy = policy
    return view


def policy_of(app: Flask, endpoint: str) -> Policy | None:
    """What the route has declared; None where it has said nothing."""
    if endpoint == "static" or endpoint.partition(".")[0] in SELF_GUARDED:
        return Policy(is_public=True)
    declared: Policy | None = getattr(app.view_functions[endpoint], "policy", None)
    return declared


def register(app: Flask) -> None:
    """Put a guard before every route, and name the cookies so that no other site can plant them."""
    settings: Settings = app.config["SETTINGS"]
    on_https = urlsplit(settings.base_url).scheme == "https"
    app.config.update(
        SESSION_COOKIE_NAME="__Host-form" if on_https else "form",  # Flask's own: the form token and the notice
        SESSION_COOKIE_SECURE=on_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # Our Referrer-Policy sends no referrer; the token and SameSite protect forms without it.
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_TIME_LIMIT=int(sessions.ABSOLUTE.total_seconds()),
    )
    app.before_request(guard)
    app.jinja_env.globals["may"] = may  # a global, so that macros know it too


def guard() -> ResponseReturnValue | None:
    """Find out, before every request, whether this visitor may enter."""
    g.staff = None
    if request.endpoint is None:  # no such page: it must look like one that this visitor may not see
        g.staff = _recognised()
        return None
    policy = policy_of(current_app, request.endpoint)
    if policy is None:
        log.error("a route without a policy was asked for", extra={"endpoint": request.endpoint})
        abort(404)
    if request.endpoint == "static" or request.blueprint in SELF_GUARDED or request.blueprint == "health":
        return None
    g.staff = _recognised()
    if policy.is_public:
        return None
    if policy.by_code:
        return None if visiting.recognised() else redirect(url_for("parties.closed"), 303)
    return _let_in(policy)


def _let_in(policy: Policy) -> ResponseReturnValue | None:
    """A page of staff: for those who have signed in and whom it is for."""
    if g.staff is None:
        return redirect(url_for("door.sign_in", next=_asked_for()))
    if not policy.allows(g.staff):
        abort(404)
    if policy.proves and not _has_proved(g.staff):
        return redirect(url_for("door.prove", next=_asked_for()), 303)
    return None


def current_staff() -> Visitor:
    """Who has signed in; a page without a policy for staff has no business to ask."""
    visitor: Visitor | None = g.get("staff")
    if visitor is None:
        message = "nobody has signed in"
        raise RuntimeError(message)
    return visitor


def may(endpoint: str) -> bool:
    """Whether the one who has signed in may enter this route: pages show no button that leads nowhere."""
    visitor: Visitor | None = g.get("staff")
    policy = policy_of(current_app, endpoint)
    return visitor is not None and policy is not None and policy.allows(visitor)


def actor() -> Actor:
    """The one who has signed in, as history writes it."""
    return Actor.staff(current_staff().id)


def is_by_itself() -> bool:
    """Whether a page that is open reads itself again: nobody need sit before it, so no session lasts longer for it."""
    return request.headers.get("Reads-Itself-Again") == "yes"


def cookie_name() -> str:
    """With the prefix, browsers take the cookie from this very host over https alone."""
    return "__Host-session" if current_app.config["SESSION_COOKIE_SECURE"] else "session"


def give_cookie(response: Response, token: str) -> None:
    """Hand the browser its session; it ends with the browser, and earlier on our side."""
    response.set_cookie(
        cookie_name(),
        token,
        httponly=True,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        samesite="Lax",
        path="/",
    )


def take_cookie(response: Response) -> None:
    """The browser forgets its session."""
    response.delete_cookie(
        cookie_name(), httponly=True, secure=current_app.config["SESSION_COOKIE_SECURE"], samesite="Lax", path="/"
    )


def safe_path(asked: str | None) -> str | None:
    """A path of this service, or None: a link to our sign-in page must not lead on to somebody else's."""
    if not asked or not asked.startswith("/") or asked.startswith(("//", "/\\")) or not asked.isprintable():
        return None
    return None if "\\" in asked else asked


def _recognised() -> Visitor | None:
    token = request.cookies.get(cookie_name(), "")
    if not token:
        return None
    with db.Reading() as session:
        found = sessions.visitor(session, token)
    if found is None:
        return None
    visitor, is_due = found
    if is_due and not is_by_itself():
        with db.Session.begin() as session:
            sessions.note_seen(session, token)
    return visitor


def _has_proved(visitor: Visitor) -> bool:
    """A form that was opened in time may be filled in without haste."""
    is_only_looking = request.method in {"GET", "HEAD"}
    return visitor.proved_ago <= (sessions.PROOF_OPENS if is_only_looking else sessions.PROOF_SENDS)


def _asked_for() -> str | None:
    """Where to go after signing in: back to a page, never again to an action."""
    if request.method not in {"GET", "HEAD"}:
        return None
    return request.full_path.rstrip("?")
