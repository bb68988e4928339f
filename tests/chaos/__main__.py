"""`./run chaos`: rounds of faults, a table of what came of them, and exit code 1 if anything was lost or doubled."""

import random
import sys
import tempfile
from pathlib import Path

import click

from tests.chaos import databases, processes, rounds
from tests.chaos.rounds import Outcome, Plan

HEAD = "| Database | Seed | Kills | Falls | Acked | Messages | Lost | Doubled | Half | To a person | Again | Seconds |"


@click.command()
@click.option("--rounds", "number", default=3, help="How many rounds on each database.")
@click.option("--database", "chosen", type=click.Choice(tuple(databases.BY_NAME)), multiple=True, help="Only this one.")
@click.option("--seed", type=int, help="Of the first round; the others follow. Without it, one at random.")
@click.option("--seconds", default=20.0, help="How long families come and things are killed, in each round.")
@click.option("--copies", default=2, help="How many workers and clocks.")
@click.option("--kill", "killed", type=click.Choice(tuple(processes.NAMES)), help="Kill only these processes.")
@click.option("--faults", default=1.0, help="How many times as many bad answers as usual.")
def chaos(
    *,
    number: int,
    chosen: tuple[str, ...],
    seed: int | None,
    seconds: float,
    copies: int,
    killed: str | None,
    faults: float,
) -> None:
    """Kill the service at random moments while its provider answers badly, and count what is lost or doubled."""
    first = random.SystemRandom().randrange(10**6) if seed is None else seed
    click.echo(HEAD)
    click.echo("|---" * HEAD.count(" |") + "|")
    wrong: list[str] = []
    for at in range(number):
        for database in chosen or tuple(databases.BY_NAME):
            plan = Plan(
                database=database, seed=first + at, seconds=seconds, copies=copies, killed=killed, faults=faults
            )
            with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
                outcome = rounds.run(plan, Path(folder))
            click.echo(row(outcome))
            count = outcome.count
            wrong += [f"seed {plan.seed}, {database}: {what}" for what in (*count.lost, *count.doubled, *count.half)]
    click.echo("\n".join(wrong) or "Nothing was lost, nothing was doubled, nothing was left half done.")
    sys.exit(1 if wrong else 0)


def row(outcome: Outcome) -> str:
    """One round as a line of the table."""
    count, kills = outcome.count, ", ".join(f"{name} {times}" for name, times in sorted(outcome.kills.items()))
    cells = (
        outcome.plan.database,
        outcome.plan.seed,
        kills,
        outcome.falls,
        count.acknowledged,
        count.messages,
        len(count.lost),
        len(count.doubled),
        len(count.half),
        count.to_a_person,
        count.same_mail_again,
        f"{outcome.took:.0f}",
    )
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    chaos(prog_name="./run chaos")
