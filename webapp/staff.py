"""`staff`: who works here and may sign in."""

import json
import sys

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.models import SERVICE, Role, Staff
from webapp import composition, enrolment, second_factor, sessions, settings
from webapp.accounts import Account, EntraIdentity
from webapp.enrolment import Keys

ROLES = [role.value for role in Role]


@click.group()
@click.pass_context
def staff(context: click.Context) -> None:
    """Who works here and may sign in."""
    context.call_on_close(composition.prepare(settings.load()).dispose)


@staff.command()
@click.option("--role", required=True, type=click.Choice(ROLES), help="What they are here to do.")
@click.option("--email", required=True, help="Their work address, with which they sign in.")
@click.option("--name", default="", help="As colleagues know them; the beginning of the address where left out.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--tenant", default="", help="In place of a password: the id of their organisation's Entra tenant.")
@click.option("--object", "object_id", default="", help="In place of a password: their object id in it.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def add(*, role: str, email: str, name: str, password_stdin: bool, tenant: str, object_id: str, as_json: bool) -> None:
    """Add somebody who signs in, and show the secret of their second factor and their recovery codes this once.

    With a tenant and an object id there is no password: their own organisation lets them in. A mediator or an
    authority officer must be known with the same address already.
    """
    if password_stdin == bool(tenant or object_id):
        message = "Give either --password-stdin, or --tenant and --object."
        raise click.UsageError(message)
    password, keys = _password() if password_stdin else "", None
    with db.Session.begin() as session:
        added = enrolment.add(session, role=Role(role), email=email, name=name)
        if password_stdin:
            keys = enrolment.open_account(session, added, password)
        else:
            _vouch(session, added, tenant, object_id, keeps_password=False)
    if keys is not None:
        _show(added, keys, as_json=as_json)
    else:
        click.echo(f"{added.name} ({added.role}) can sign in with the account of their organisation, and only so.")


def _vouch(session: Session, person: Staff, tenant: str, object_id: str, *, keeps_password: bool) -> None:
    enrolment.vouch_for(
        session,
        person,
        tenant_id=tenant,
        object_id=object_id,
        keeps_password=keeps_password,
        by=SERVICE,
        now=clock.now(),
    )


@staff.command()
@click.option("--email", required=True, help="The address with which they sign in.")
@click.option("--password-stdin", is_flag=True, required=True, help="Read the new password from standard input.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def renew(*, email: str, password_stdin: bool, as_json: bool) -> None:  # noqa: ARG001
    """For whoever has lost everything: a new password, second factor and recovery codes; every session ends."""
    password = _password()
    with db.Session.begin() as session:
        person = enrolment.with_address(session, email)
        keys = enrolment.renew_account(session, person, password)
    _show(person, keys, as_json=as_json)


@staff.command()
@click.option("--email", required=True, help="The address of the member of staff.")
@click.option("--role", required=True, type=click.Choice(ROLES), help="What they are here to do from now on.")
@click.option("--because", required=True, help="Why, for the history.")
def role(*, email: str, role: str, because: str) -> None:
    """Change what somebody is here to do; they sign in anew."""
    with db.Session.begin() as session:
        person = enrolment.with_address(session, email)
        enrolment.change_role(session, person, Role(role), because=because, by=SERVICE, now=clock.now())
    click.echo(f"{person.name} is {person.role} from now on, and signs in anew.")


@staff.command()
@click.option("--email", required=True, help="The address of the member of staff.")
@click.option("--because", default="", help="Why, for the history.")
def stop(*, email: str, because: str) -> None:
    """Somebody has left: nothing of theirs opens anything any more."""
    with db.Session.begin() as session:
        person = enrolment.with_address(session, email)
        enrolment.stop(session, person, because=because, by=SERVICE, now=clock.now())
    click.echo(f"{person.name} can no longer sign in.")


@staff.command("sign-out")
@click.option("--email", required=True, help="The address of the member of staff.")
def sign_out(*, email: str) -> None:
    """End every session of somebody, for a laptop that was lost."""
    with db.Session.begin() as session:
        person = enrolment.with_address(session, email)
        sessions.end_all(session, person.id)
    click.echo(f"{person.name} has been signed out of every browser.")


@staff.command()
@click.option("--email", required=True, help="The address of the member of staff.")
@click.option("--tenant", required=True, help="The id of their organisation's Entra tenant.")
@click.option("--object", "object_id", required=True, help="Their object id in it.")
@click.option("--only", is_flag=True, help="Take their password and recovery codes away: there is no other way in.")
def entra(*, email: str, tenant: str, object_id: str, only: bool) -> None:
    """Let somebody sign in with the Microsoft account that their own organisation gave them."""
    with db.Session.begin() as session:
        person = enrolment.with_address(session, email)
        _vouch(session, person, tenant, object_id, keeps_password=not only)
    click.echo(f"{person.name} can sign in with the account of their organisation.")


@staff.command("list")
def list_staff() -> None:
    """Everybody who works here, and whether they can sign in."""
    with db.Reading() as session:
        people = session.scalars(select(Staff).order_by(Staff.email)).all()
        lines = [f"{one.email}  {one.role}  {one.name}  {_state(session, one)}" for one in people]
    for line in lines:
        click.echo(line)


def _password() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _state(session: Session, person: Staff) -> str:
    has_account = session.get(Account, person.id) or session.get(EntraIdentity, person.id)
    return "can sign in" if has_account and person.is_active else "cannot sign in"


def _show(person: Staff, keys: Keys, *, as_json: bool) -> None:
    uri = second_factor.otpauth_uri(person, keys.secret)
    if as_json:
        told = {"email": person.email, "name": person.name, "role": person.role, "secret": keys.secret, "otpauth": uri}
        click.echo(json.dumps({**told, "recovery_codes": keys.recovery_codes}, ensure_ascii=False))
        return
    click.echo(f"{person.name} ({person.role}) can sign in with {person.email}.")
    click.echo(f"Secret for the authenticator app: {keys.secret}")
    click.echo(uri)
    click.echo("Recovery codes, each of which stands in for the app once:")
    for code in keys.recovery_codes:
        click.echo(f"  {code}")
