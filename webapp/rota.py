"""`rota`: when advisers take calls, and on which telephone. Who has no telephone here has appointments only."""

from datetime import datetime, time

import click
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from scheduling import clock, db, london, numbers
from scheduling.cases import rota as on_duty
from scheduling.cases.rota import EndsBeforeItBegins
from scheduling.models import SERVICE, OnCall, Role, Shift, Staff
from scheduling.refusals import Refused
from webapp import composition, settings

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CLOCK = click.DateTime(formats=["%H:%M"])
MOMENT = click.DateTime(formats=["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"])


class NoSuchAdviser(Refused):
    def __str__(self) -> str:
        return "No adviser has this address. `./run staff list` shows who is there."


class NotToBeRung(Refused):
    def __str__(self) -> str:
        return "We ring British landlines, mobiles, 03 and free numbers only. Write it as 020 7946 0301."


@click.group()
@click.pass_context
def rota(context: click.Context) -> None:
    """When advisers take calls, and on which telephone."""
    context.call_on_close(composition.prepare(settings.load()).dispose)


@rota.command()
@click.argument("email")
@click.argument("number", required=False)
def telephone(email: str, number: str | None) -> None:
    """Ring this adviser for whoever waits; without a number, no more."""
    e164 = None if number is None else numbers.parse(number)
    if number is not None and (e164 is None or not numbers.may_be_rung(e164)):
        raise NotToBeRung
    with db.Session.begin() as session:
        adviser = _adviser(session, email)
        adviser.number = e164
    click.echo("Appointments only." if e164 is None else f"Rung on {numbers.written(e164)}.")


@rota.command()
@click.argument("email")
@click.argument("day", type=click.Choice(DAYS))
@click.argument("starts", type=CLOCK)
@click.argument("ends", type=CLOCK)
def shift(email: str, day: str, starts: datetime, ends: datetime) -> None:
    """Have an adviser take calls and appointments on this day of every week, between these times."""
    if ends <= starts:
        raise EndsBeforeItBegins
    with db.Session.begin() as session:
        adviser = _adviser(session, email)
        session.add(Shift(staff_id=adviser.id, weekday=DAYS.index(day), starts=starts.time(), ends=ends.time()))
    click.echo(f"On shift every {day.capitalize()}, {_hours(starts.time(), ends.time())}.")


@rota.command("on-call")
@click.argument("email")
@click.argument("starts", type=MOMENT)
@click.argument("ends", type=MOMENT)
def on_call(email: str, starts: datetime, ends: datetime) -> None:
    """Have an adviser take calls between two moments beyond the weekly shifts."""
    begins, until = (london.at(moment.date(), moment.time()) for moment in (starts, ends))
    with db.Session.begin() as session:
        on_duty.call_in(session, _adviser(session, email), starts_at=begins, ends_at=until, by=SERVICE, now=clock.now())
    click.echo(f"On call from {london.written(begins)} to {london.written(until)}.")


@rota.command()
def show() -> None:
    """Every adviser's telephone, weekly shifts and times on call."""
    with db.Reading() as session:
        for adviser in session.scalars(_advisers()):
            click.echo(f"{adviser.email}  {numbers.written(adviser.number) if adviser.number else 'no telephone'}")
            for worked in adviser.shifts:
                click.echo(f"  {DAYS[worked.weekday].capitalize()} {_hours(worked.starts, worked.ends)}")
            called_in = select(OnCall).where(OnCall.staff_id == adviser.id).order_by(OnCall.starts_at)
            for one in session.scalars(called_in):
                click.echo(f"  on call from {london.written(one.starts_at)} to {london.written(one.ends_at)}")


def _advisers() -> Select[Staff]:
    return select(Staff).where(Staff.role == Role.ADVISER).order_by(Staff.email).options(selectinload(Staff.shifts))


def _adviser(session: Session, email: str) -> Staff:
    found = session.scalar(_advisers().where(Staff.email == email.strip().lower()))
    if found is None:
        raise NoSuchAdviser
    return found


def _hours(starts: time, ends: time) -> str:
    return f"{london.written_time(starts)} to {london.written_time(ends)}"
