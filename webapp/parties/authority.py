"""The authority acknowledges by link that it has read our notice: by the button, and not by opening the link."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.cases import authority, mediation, routes
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
        telling = _telling(session, token)
        is_for_the_board = routes.is_about_health_alone(telling.case)
        return render_template(
            "parties/acknowledge.html",
            token=token,
            telling=telling,
            reference=telling.case.reference,
            ends=None if is_for_the_board else mediation.window_end(session, telling.told_at).day,
            phone=phone(),
        )


@parties.post("/acknowledge/<token>")
@by_link(Compartment.SHARED)
def acknowledged(token: str) -> ResponseReturnValue:
    """It knows; pressing twice changes nothing."""
    with db.Session.begin() as session:
        authority.acknowledge(session, _telling(session, token), by=AUTHORITY, now=clock.now())
    return redirect(url_for("parties.acknowledge", token=token))


def _telling(session: Session, token: str) -> Telling:
    return session.get_one(Telling, opened(session, token, Purpose.ACKNOWLEDGE).telling_id)
