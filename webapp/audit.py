"""On the command line: whether the audit is whole."""

import sys

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import audit_check, db, references
from scheduling.audit import SERVICE
from scheduling.audit_check import Broken, Proof
from scheduling.models import Case
from scheduling.refusals import Refused
from webapp import settings


class NoSuchCase(Refused):
    """There is nothing to look at."""

    def __str__(self) -> str:
        return "There is no case with this reference. It has eight digits, like 1234 5674."


@click.group()
def audit() -> None:
    """What was done and who looked, and whether all of it is still there."""


@audit.command()
@click.option("--case", "reference", default="", help="Only the chain of the case with this reference.")
@click.option("--anchor", default="", help="A hash from an anchor's mail: is it still among ours?")
def verify(*, reference: str, anchor: str) -> None:
    """Look at every link; exit code 1 and the first broken one of each chain when something is not as it was."""
    engine = db.open_engine(settings.load().database)
    one_moment = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name != "sqlite" else {"read_only": True}
    with db.Reading(bind=engine.execution_options(**one_moment)) as session:
        proof = audit_check.verify(session, chain=_chain(session, reference) if reference else None)
        if anchor and not audit_check.knows_anchor(session, anchor.strip()):
            proof.broken.append(Broken(chain=None, seq=0, what="the anchor of the mail is not among ours"))
        lines = [_line(session, one) for one in _first_of_each(proof)]
    engine.dispose()
    click.echo(_counted(proof))
    for line in lines:
        click.echo(line)
    if proof.broken:
        sys.exit(1)
    click.echo("Nothing is missing, and nothing was changed.")


def _chain(session: Session, reference: str) -> int:
    digits = references.parse(reference)
    case_id = session.scalar(select(Case.id).where(Case.reference == digits)) if digits else None
    if case_id is None:
        raise NoSuchCase
    return case_id


def _counted(proof: Proof) -> str:
    return (
        f"{proof.links} links in {proof.chains} chains, {proof.vouched} with their words, "
        f"{proof.forgotten} whose words were erased, {proof.anchors} anchors."
    )


def _first_of_each(proof: Proof) -> list[Broken]:
    found: dict[int | None, Broken] = {}
    for one in proof.broken:
        found.setdefault(one.chain, one)
    return list(found.values())


def _line(session: Session, one: Broken) -> str:
    if one.chain is None:
        return f"Broken: anchor {one.seq or 'of the mail'}: {one.what}."
    if one.chain == SERVICE:
        return f"Broken: link {one.seq} of what belongs to no case: {one.what}."
    case = session.get(Case, one.chain)
    called = f"case {references.written(case.reference)}" if case else f"a case that is gone (number {one.chain})"
    return f"Broken: link {one.seq} of {called}: {one.what}."
