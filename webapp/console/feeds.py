"""Calendar feeds: who has one, when it was last read, giving somebody one and taking it back."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from scheduling import clock, db
from scheduling.diary import feeds
from scheduling.diary.feeds import Owner
from scheduling.models import Feed, Mediator, Staff, Venue
from webapp import auth, exports
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import ARRANGES, console, found
from webapp.console.forms import NewFeed

MINE = "mine"


@console.get("/feeds")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def feed_list() -> ResponseReturnValue:
    """Every feed that opens something, with the form for another below."""
    with db.Reading() as session:
        return _page(session, NewFeed())


@console.post("/feeds")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def make_feed() -> ResponseReturnValue:
    """Make a feed, and show its address this once: only its hash is kept."""
    form = NewFeed(request.form)
    with db.Session.begin() as session:
        form.whose.choices = _owners(session)
        if not form.validate():
            return _page(session, form), 422
        token = feeds.make(session, _owner(session, form.whose.data), now=clock.now())
        exports.note(session, "calendar feed", by=auth.actor())
    return made(token, back_to=url_for("console.feed_list"))


@console.post("/feeds/<id:feed_id>/revoke")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def revoke_feed(feed_id: int) -> ResponseReturnValue:
    """Take the address back at once."""
    with db.Session.begin() as session:
        feeds.revoke(found(session.get(Feed, feed_id)), now=clock.now())
    return redirect(url_for("console.feed_list"))


def made(token: str, *, back_to: str) -> str:
    """Its address, this once."""
    return render_template("console/feeds/made.html", address=feeds.address(token), back_to=back_to)


def _page(session: Session, form: NewFeed) -> str:
    form.whose.choices = _owners(session)
    return render_template("console/feeds/list.html", feeds=feeds.of(session), form=form)


def _owners(session: Session) -> list[SelectChoice]:
    """Whose meetings a feed may hold, as the list to choose from."""
    mediators = session.scalars(select(Mediator).where(Mediator.is_active).order_by(Mediator.name))
    venues = session.scalars(select(Venue).where(Venue.is_active).order_by(Venue.name))
    return [
        SelectChoice(MINE, "Every meeting, for my own calendar"),
        *(SelectChoice(f"mediator-{mediator.id}", f"The meetings of {mediator.name}") for mediator in mediators),
        *(SelectChoice(f"venue-{venue.id}", f"The meetings at {venue.name}") for venue in venues),
    ]


def _owner(session: Session, chosen: str) -> Owner:
    kind, _, number = chosen.partition("-")
    if kind == "mediator":
        return session.get_one(Mediator, int(number))
    if kind == "venue":
        return session.get_one(Venue, int(number))
    return session.get_one(Staff, auth.current_staff().id)
