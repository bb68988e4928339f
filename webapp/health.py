"""Is the service alive, and is it ready? For whoever supervises it: no page, no sign-in, nothing about anybody."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.models import Heartbeat
from webapp import migrations
from webapp.auth import public

blueprint = Blueprint("health", __name__)

PROCESSES = ("worker", "clock")
SILENCE = timedelta(minutes=2)
"""How long a process may show no sign of life."""


@dataclass(frozen=True)
class Check:
    """One thing that must be so before the service is ready."""

    is_well: bool
    says: str


@blueprint.get("/livez")
@public
def livez() -> ResponseReturnValue:
    """The process answers; it asks nothing of the database."""
    return jsonify(alive=True)


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """The database answers in its newest form, and the worker and the clock have shown themselves."""
    try:
        with db.Reading() as session:
            checks = look(session)
    except SQLAlchemyError:
        checks = {"database": Check(is_well=False, says="does not answer")}
    is_ready = all(check.is_well for check in checks.values())
    told = {name: {"ok": check.is_well, "says": check.says} for name, check in checks.items()}
    return jsonify(ready=is_ready, checks=told), 200 if is_ready else 503


def look(session: Session) -> dict[str, Check]:
    """Each thing by name, and how it is."""
    db.ping(session)
    checks = {"database": Check(is_well=True, says="answers")}
    is_current = migrations.is_current(session.connection())
    checks["migrations"] = Check(is_current, "in the newest form" if is_current else "run `migrate`")
    if is_current:
        beats = {beat.process: beat.beat_at for beat in session.scalars(select(Heartbeat))}
        moment = db.moment(session)
        checks.update({process: _alive(beats.get(process), moment) for process in PROCESSES})
    return checks


def _alive(beat_at: datetime | None, moment: datetime) -> Check:
    if beat_at is None:
        return Check(is_well=False, says="has not been seen")
    silent = moment - beat_at
    return Check(silent < SILENCE, f"seen {max(0, round(silent.total_seconds()))} seconds ago")
