"""`staff`: who works here and may sign in."""

import json
import sys

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import db
from scheduling.models import Role, Staff
from scheduling.refusals import Refused
from webapp import composition, mail_addresses, settings, signing_in
from webapp.accounts import Account

ROLES = [role.value for role in Role]


class NotAdded(Refused):
    """Nobody was added; the sentence says why."""


@click.group()
@click.pass_context
def staff(context: click.Context) -> None:
    """Who works here and may sign in."""
    context.call_on_close(composition.prepare(settings.load()).dispose)


@staff.command()
@click.option("--role", required=True, type=click.Choice(ROLES), help="What they are here to do.")
@click.option("--email", required=True, help="Their work address, with which they sign in.")
@click.option("--name", default="", help="As colleagues know them; the beginning of the address where left out.")
@click.option("--password-stdin", is_flag=True, required=True, help="Read the password from standard input.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def add(*, role: str, email: str, name: str, password_stdin: bool, as_json: bool) -> None:  # noqa: ARG001
    """Add a member of staff, and show the secret of their second factor this once."""
    password = sys.stdin.readline().rstrip("\r\n")
    with db.Session.begin() as session:
        added = _added(session, role=Role(role), email=email, name=name)
        secret = signing_in.open_account(session, added, password)
    uri = signing_in.otpauth_uri(added, secret)
    if as_json:
        told = {"email": added.email, "name": added.name, "role": added.role, "secret": secret, "otpauth": uri}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"{added.name} ({added.role}) can sign in with {added.email}.")
    click.echo(f"Secret for the authenticator app: {secret}")
    click.echo(uri)


@staff.command("list")
def list_staff() -> None:
    """Everybody who works here, and whether they can sign in."""
    with db.Reading() as session:
        rows = session.execute(
            select(Staff, Account.staff_id).outerjoin(Account, Account.staff_id == Staff.id).order_by(Staff.email)
        ).all()
    for person, account in rows:
        state = "can sign in" if account and person.is_active else "cannot sign in"
        click.echo(f"{person.email}  {person.role}  {person.name}  {state}")


def _added(session: Session, *, role: Role, email: str, name: str) -> Staff:
    address = mail_addresses.parse(email)
    if address is None:
        raise NotAdded(f"“{email}” is not an email address. Write it as name@example.org.")
    known = session.scalar(select(Staff).where(Staff.email == address))
    if known is not None:
        raise NotAdded(f"{address} is on the staff already, as {known.role}. Use another address.")
    added = Staff(name=" ".join(name.split()) or address.partition("@")[0], email=address, role=role)
    session.add(added)
    return added
