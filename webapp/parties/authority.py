"""The authority acknowledges by link that it has read our notice: by the button, and not by opening the link."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.cases import authority, authority_view
from scheduling.models import Actor, ActorKind, Purpose, Telling
from webapp.auth import by_link
from webapp.compartments import Compartment
from webapp.parties.blueprint import opened, parties, phone

AUTHORITY = Actor(ActorKind.AUTHORITY)


@parties.get("/acknowledge/<token>")
@by_link(Compartment.SHARED)
def acknowledge(token: str) -> ResponseReturnValue:
    """When the authority was told, when its 30 days end, and the button."""
    with db.Reading() as session:
        shared = authority_view.of(session, _telling(session, token))
        return render_template("parties/acknowledge.html", token=token, shared=shared, phone=phone())


@parties.post("/acknowledge/<token>")
@by_link(Compartment.SHARED)
def acknowledged(token: str) -> ResponseReturnValue:
    """It knows; pressing twice changes nothing."""
    with db.Session.begin() as session:
        authority.acknowledge(session, _telling(session, token), by=AUTHORITY, now=clock.now())
    return redirect(url_for("parties.acknowledge", token=token))


def _telling(session: Session, token: str) -> Telling:
    return session.get_one(Telling, opened(session, token, Purpose.ACKNOWLEDGE).telling_id)
