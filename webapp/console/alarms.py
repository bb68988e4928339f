"""Alarms about deadlines: somebody says that they have seen one, and it does not go to the manager."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from scheduling import clock, db
from scheduling.cases import alarms
from scheduling.models import Alarm
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import READS_CASES, console, found
from webapp.console.cases import for_action


@console.post("/cases/<reference>/alarms/<id:alarm_id>/seen")
@staff_only(*READS_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def alarm_seen(reference: str, alarm_id: int) -> ResponseReturnValue:
    """They know of it; the deadline itself stays until it is met."""
    with db.Session.begin() as session:
        case = for_action(session, reference)
        alarm = found(session.scalar(select(Alarm).where(Alarm.id == alarm_id, Alarm.case_id == case.id)))
        alarms.seen(session, alarm, by=auth.actor(), now=clock.now())
    flash("It is written down that you have seen the alarm.")
    return redirect(url_for("console.case", reference=case.reference))
