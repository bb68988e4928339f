"""The two ways by which an officer comes to the same pages: with an account, or by the link in our mail.

    @officers_page("/cases/<reference>/attendees")
    def attendees(way, reference): ...

Each page is hung twice. By link no family's name and no words of theirs are shown: a mailbox may be a whole office's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint, abort, current_app, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, references
from scheduling.cases import officer_links, whose
from scheduling.models import Actor, ActorKind, Case, Officer, Role
from webapp import auth
from webapp.auth import by_link, staff_only
from webapp.compartments import Compartment, Scope

authorities = Blueprint("authorities", __name__)
officers = Blueprint("officers", __name__)


@dataclass(frozen=True)
class Way:
    """How this visitor has come."""

    token: str | None
    """That of the link; None for whoever has signed in."""

    @property
    def shows_the_family(self) -> bool:
        """Whether a name and the family's words may stand on the page."""
        return self.token is None

    def officer(self, session: Session) -> Officer:
        """Who it is; whoever has left, or holds a link that is over, finds nothing."""
        if self.token is None:
            known = whose.officer_with_account(session, auth.current_staff().id)
            return known if known is not None else abort(404)
        officer = officer_links.open(session, self.token, now=clock.now())
        if officer is None:
            phone = current_app.config["SETTINGS"].phone
            abort(make_response(render_template("parties/no_such_link.html", phone=phone), 404))
        return officer

    def case(self, session: Session, reference: str) -> tuple[Officer, Case]:
        """Who it is, and a case of theirs; another authority's answers like one that does not exist."""
        officer, digits = self.officer(session), references.parse(reference)
        case = whose.case_of_officer(session, digits, officer) if digits else None
        return (officer, case) if case is not None else abort(404)

    def actor(self) -> Actor:
        """As history writes it: for the authority, and who it was where that is known for certain."""
        return Actor(ActorKind.AUTHORITY, None if self.token is not None else auth.current_staff().id)

    def href(self, page: str, **where: Any) -> str:
        """Another of the pages, by the same way."""
        if self.token is None:
            return url_for(f"authorities.{page}", **where)
        return url_for(f"officers.{page}", token=self.token, **where)


View = Callable[..., ResponseReturnValue]


def officers_page(path: str, *, method: str = "GET") -> Callable[[View], View]:
    """Hang the page on both ways; its first argument is the way by which somebody came."""

    def hang(view: View) -> View:
        @wraps(view)
        def with_account(**where: Any) -> ResponseReturnValue:
            return view(Way(None), **where)

        @wraps(view)
        def with_link(token: str, **where: Any) -> ResponseReturnValue:
            return view(Way(token), **where)

        signed_in = staff_only(Role.OFFICER, compartment=Compartment.SHARED, scope=Scope.OWN_AUTHORITY)
        authorities.add_url_rule(f"/authority{path}", view_func=signed_in(with_account), methods=[method])
        officers.add_url_rule(
            f"/{officer_links.PATH}/<token>{path}", view_func=by_link(Compartment.SHARED)(with_link), methods=[method]
        )
        return view

    return hang
