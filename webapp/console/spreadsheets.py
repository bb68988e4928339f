"""Venues from a spreadsheet, after a look at everything that it would change; venues and mediators as one."""

import base64
import binascii

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.diary import alterations, place_tables
from scheduling.diary.alterations import Alteration
from scheduling.diary.place_tables import Mistake, Unreadable
from webapp import auth, exports
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console import kept
from webapp.console.blueprint import ARRANGES, console

EXCEL = "\ufeff"
"""The mark by which it knows UTF-8."""
WITHOUT_A_FILE = Mistake(line=0, sentence="Choose a CSV file")
AGAIN = Mistake(line=0, sentence="Choose the file once more: it has not come through")


@console.get("/venues/import")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def import_form() -> ResponseReturnValue:
    """Ask for the file."""
    return _asked([])


@console.post("/venues/import/preview")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def preview_import() -> ResponseReturnValue:
    """Show everything that the file would change, or what is wrong with it; nothing is changed yet."""
    given = request.files.get("file")
    content = given.stream.read(place_tables.LARGEST + 1) if given is not None else b""
    if not content:
        return _asked([WITHOUT_A_FILE]), 422
    with db.Session.begin() as session:  # the change is tried and undone
        alteration, mistakes = _read(session, content)
        if alteration is None:
            return _asked(mistakes), 422
        return render_template(
            "console/kept/preview.html",
            name="these venues",
            back_to=url_for("console.venue_list"),
            alteration=alteration,
            impact=alterations.impact(session, alteration, now=clock.now()),
            posted=[("content", base64.b64encode(content).decode())],
            save=url_for("console.save_import"),
            change=url_for("console.import_form"),
        )


@console.post("/venues/import")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def save_import() -> ResponseReturnValue:
    """Change everything that was shown, and move every meeting that cannot stay."""
    try:
        content = base64.b64decode(request.form.get("content", ""), validate=True)
    except (binascii.Error, ValueError):
        content = b""
    with db.Session.begin() as session:
        alteration, mistakes = _read(session, content) if content else (None, [AGAIN])
        if alteration is None:
            return _asked(mistakes), 422
        kept.carry_out(session, alteration)
    return redirect(url_for("console.venue_list"))


@console.get("/venues/template.csv")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def import_template() -> ResponseReturnValue:
    """A file to fill in."""
    return exports.spreadsheet(EXCEL + place_tables.template(), name="venues-template.csv")


@console.get("/venues.csv")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING, proves=True)
def export_venues() -> ResponseReturnValue:
    """Every venue, in the form in which they are read."""
    with db.Session.begin() as session:
        exports.note(session, "venues", by=auth.actor())
        return exports.spreadsheet(EXCEL + place_tables.venues(session), name="venues.csv")


@console.get("/mediators.csv")
@staff_only(*ARRANGES, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING, proves=True)
def export_mediators() -> ResponseReturnValue:
    """Every mediator, with what is known but for leave and conflicts."""
    with db.Session.begin() as session:
        exports.note(session, "mediators", by=auth.actor())
        return exports.spreadsheet(EXCEL + place_tables.everybody(session), name="mediators.csv")


def _read(session: Session, content: bytes) -> tuple[Alteration | None, list[Mistake]]:
    """What the file changes; or what is wrong with it, and then it changes nothing."""
    try:
        reading = place_tables.read(session, content)
    except Unreadable as refusal:
        return None, [Mistake(line=0, sentence=str(refusal))]
    if reading.mistakes:
        return None, list(reading.mistakes)
    return place_tables.alteration(session, reading.rows, by=auth.actor(), now=clock.now()), []


def _asked(mistakes: list[Mistake]) -> str:
    return render_template(
        "console/venues/import.html",
        mistakes=mistakes,
        columns=place_tables.COLUMNS,
        needed=place_tables.NEEDED,
        largest=place_tables.LARGEST // 1000,
        most=place_tables.MOST_LINES,
    )
