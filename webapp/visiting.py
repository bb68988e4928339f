"""The browser of somebody of a family who has entered the code to their link: its cookie, and what it opens.

It is known apart from whoever signs in, by a cookie of its own, and opens the pages of one person in one case.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, abort, current_app, g, request
from flask import session as browser
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.cases import visits
from scheduling.cases.visits import Visitor
from scheduling.models import Case, Link, Person
from scheduling.refusals import Refused

UNSENT = "unsent"
"""The name, in the browser's own cookie, of answers that are still to be checked."""


class CaseClosed(Refused):
    def __str__(self) -> str:
        return "This case is closed, so nothing can be changed any more."


@dataclass(frozen=True, kw_only=True)
class Mine:
    """Whose pages these are."""

    case: Case
    person: Person

    @property
    def may_decide(self) -> bool:
        """Whether it is their own case, or they stand beside whose it is."""
        return self.case.person_id == self.person.id


def recognised() -> Visitor | None:
    """Who has come, if their visit is not over; they are at the pages that the rest of this request shows."""
    token, now = request.cookies.get(cookie_name(), ""), clock.now()
    if not token:
        return None
    with db.Reading() as session:
        visitor = visits.visitor(session, token, now=now)
    if visitor is not None and visitor.is_due:
        with db.Session.begin() as session:
            visits.note_seen(session, token, now=now)
    g.visitor = visitor
    return visitor


def opens(session: Session, link: Link, *, now: datetime) -> bool:
    """Whether this browser has entered a code for the same person and case as this link is for."""
    visitor = visits.visitor(session, request.cookies.get(cookie_name(), ""), now=now)
    is_of_the_case = visitor is not None and visitor.case_id == link.case_id
    return is_of_the_case and visitor is not None and visitor.person_id == (link.person_id or link.case.person_id)


def mine(session: Session) -> Mine:
    """The case and the person of this visit."""
    visitor: Visitor = g.visitor
    return Mine(case=session.get_one(Case, visitor.case_id), person=session.get_one(Person, visitor.person_id))


def deciding(session: Session) -> Mine:
    """The same for a page that only whoever decides in the case may see; for another it is not there."""
    found = mine(session)
    if not found.may_decide:
        abort(404)
    return found


def must_be_open(found: Mine) -> Mine:
    """Refuse to change what is over."""
    if found.case.closed_at is not None:
        raise CaseClosed
    return found


def forget_unsent() -> None:
    """Answers that were never sent are nobody's any more."""
    browser.pop(UNSENT, None)


def cookie_name() -> str:
    """With the prefix, browsers take the cookie from this very host over https alone."""
    return "__Host-family" if current_app.config["SESSION_COOKIE_SECURE"] else "family"


def give_cookie(response: Response, token: str) -> None:
    """It ends with the browser, and earlier on our side."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(cookie_name(), token, httponly=True, secure=secure, samesite="Lax", path="/")


def take_cookie(response: Response) -> None:
    """The browser forgets it."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.delete_cookie(cookie_name(), httponly=True, secure=secure, samesite="Lax", path="/")
