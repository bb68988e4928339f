"""Which councils we serve, and where families find advice near them. Nothing stands here that is not in the record."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from scheduling import clock, db, london
from scheduling.models import Authority
from scheduling.reference import directory
from telephony import understanding
from webapp.auth import public
from webapp.public.blueprint import pages
from webapp.public.forms import CouncilName


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a name means: councils we serve, councils we know and do not serve, or nothing."""

    name: str
    served: list[Authority]
    others: list[Authority]


@pages.get("/councils")
@public
def councils() -> ResponseReturnValue:
    """Every council that we serve today, and a box to ask for one."""
    return _page(CouncilName(), None)


@pages.post("/councils")
@public
def is_served() -> ResponseReturnValue:
    """Whether the council of this name is one of them."""
    form = CouncilName(request.form)
    if not form.validate():
        return _page(form, None), 422
    today = london.london_day(clock.now())
    with db.Reading() as session:
        found = _found(session, form.name.data, today)
        return _page(form, found)


@pages.get("/local-advice")
@public
def local_advice() -> ResponseReturnValue:
    """Free advice near a family that does not come from us."""
    with db.Reading() as session:
        known = [one for one in _served(session, london.london_day(clock.now())) if _says_something(one)]
    return render_template("public/local_advice.html", known=known)


def _page(form: CouncilName, found: Found | None) -> str:
    with db.Reading() as session:
        served = _served(session, london.london_day(clock.now()))
    regions = [(region, list(within)) for region, within in groupby(served, key=lambda one: one.region)]
    return render_template(
        "public/councils.html", form=form, found=found, regions=regions, phone=current_app.config["SETTINGS"].phone
    )


def _served(session: Session, today: date) -> list[Authority]:
    known = select(Authority).options(selectinload(Authority.contracts)).order_by(Authority.region, Authority.name)
    return [one for one in session.scalars(known) if one.is_served(today)]


def _found(session: Session, name: str, today: date) -> Found:
    """By its names and aliases alone, as on the telephone: never by likeness, for Derby is not Derbyshire."""
    meant = understanding.council_said(name, directory.everyone(session), today).authorities
    served = [one for one in meant if one.is_served(today)]
    return Found(name=name, served=served, others=[one for one in meant if one not in served])


def _says_something(one: Authority) -> bool:
    return any((one.local_offer, one.advice_service, one.advice_page, one.advice_number))
