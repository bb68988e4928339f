"""Status: how the service itself fares, for whoever runs it."""

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from scheduling import clock, db
from scheduling.models import Backup, Drill, Incident
from scheduling.operation import installation, vitals
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import KEEPS_DATA, console

LINES = 20


@console.get("/status")
@staff_only(*KEEPS_DATA, compartment=Compartment.SERVICE, scope=Scope.EVERYTHING)
def status() -> ResponseReturnValue:
    """Every vital sign now, what was wrong lately, and the last backups and drills."""
    with db.Reading() as session:
        return render_template(
            "console/status.html",
            signs=vitals.look(session, now=clock.now()),
            incidents=session.scalars(select(Incident).order_by(Incident.id.desc()).limit(LINES)).all(),
            backups=session.scalars(select(Backup).order_by(Backup.made_at.desc()).limit(5)).all(),
            drills=session.scalars(select(Drill).order_by(Drill.done_at.desc()).limit(5)).all(),
            makes_backups=installation.current().backups is not None,
        )
