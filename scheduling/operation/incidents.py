"""Alarms to whoever operates the service: one mail when a vital sign turns bad, one when it is good again.

The worker has to be alive for a mail to leave, so `/readyz` should be watched from another machine as well.
"""

import logging
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.models import Incident
from scheduling.operation import installation, vitals
from scheduling.operation.vitals import Vital
from scheduling.outbox import identity, messages

THE_OPERATOR = "the operator"

log = logging.getLogger(__name__)


def watch(session: Session, *, now: datetime) -> None:
    """Begin an incident for every sign that has turned bad, end those that are over, and write of both."""
    signs = {vital.name: vital for vital in vitals.look(session, now=now)}
    going_on = {row.vital: row for row in session.scalars(select(Incident).where(Incident.ended_at.is_(None)))}
    for name, vital in signs.items():
        if not vital.is_well and name not in going_on:
            _begin(session, vital, now=now)
    _end(session, going_on, signs, now=now)


def _begin(session: Session, vital: Vital, *, now: datetime) -> None:
    incident = Incident(vital=vital.name, says=vital.says, began_at=db.moment(session))
    session.add(incident)
    session.flush()
    log.error("a vital sign is bad", extra={"vital": vital.name, "incident": incident.id})
    _tell(session, incident, "Needs somebody", f"{vital.name}: {vital.says}.", now=now)


def _end(session: Session, going_on: Mapping[str, Incident], signs: Mapping[str, Vital], *, now: datetime) -> None:
    for name, incident in going_on.items():
        sign = signs.get(name)
        if sign is None or sign.is_well:
            incident.ended_at = db.moment(session)
            log.info("a vital sign is good again", extra={"vital": name, "incident": incident.id})
            said = sign.says if sign is not None else "no longer fails"
            _tell(session, incident, "Well again", f"{name}: {said}.", now=now)


def _tell(session: Session, incident: Incident, what: str, sentence: str, *, now: datetime) -> None:
    address = installation.current().operator
    if not address:
        return
    us = identity.current()
    messages.email(
        session,
        address=address,
        recipient=THE_OPERATOR,
        purpose="operation",
        subject=f"{us.name}: {what.lower()}: {incident.vital}",
        body=f"{sentence}\n\nEvery vital sign is at {us.base_url}/status, for staff who sign in.",
        key=f"incident:{incident.id}:{what.lower()}",
        now=now,
        thread=f"incident:{incident.id}",
    )
