"""The command line. A command's module is loaded only when it is called, so that a small question stays quick."""

import importlib
import sys
from typing import Final

import click
from sqlalchemy.exc import DBAPIError

from scheduling.refusals import Refused
from webapp import settings

COMMANDS: Final = {
    "demo": ("webapp.demo.command:demo", "The whole service on this machine with a told fortnight; no account needed."),
    "all": ("webapp.together:everything", "Web, worker, clock and, in the demo, the mailbox; one Ctrl-C ends them."),
    "serve": ("webapp.serving:serve", "The web process, for this machine only."),
    "worker": ("webapp.processes:worker", "The worker, which sends what is due; several may run."),
    "clock": ("webapp.processes:clock", "The clock, which asks the tables what is due; two may run."),
    "mailbox": ("webapp.mailbox:mailbox", "Demo only: the local mailbox, a real SMTP server."),
    "simulate": ("webapp.simulate:simulate", "Demo only: play a telephone from the command line."),
    "migrate": ("webapp.migrations:migrate", "Bring the database to its newest form and load the reference data."),
    "backup": ("webapp.backups:backup", "Copy the whole record into one file, while the service works."),
    "restore": ("webapp.backups:restore", "Look whether a backup is good, or make the record from it."),
    "keys": ("webapp.keys:keys", "The keys of the vault, in which what families told us is sealed."),
    "staff": ("webapp.staff:staff", "Who works here and may sign in."),
    "rota": ("webapp.rota:rota", "When advisers take calls, and on which telephone."),
    "plan": ("webapp.plan:plan", "A place for every case that waits, found together and proposed to the coordinators."),
    "slots": ("webapp.diary_commands:slots", "The best times for a case, with their reasons."),
    "why": ("webapp.diary_commands:why", "What stands between a case and a time, and what would open one."),
    "bookings": ("webapp.diary_commands:bookings", "The meetings that are booked."),
    "deadlines": ("webapp.deadlines:deadlines", "What the law makes of a day, with the rule and its source."),
    "audit": ("webapp.audit:audit", "What was done and who looked, and whether all of it is still there."),
    "doctor": ("webapp.doctor:doctor", "What this machine lacks, and how to get it."),
}


NO_DATABASE: Final = "The database cannot be used: check that it answers, and run `./run migrate` if it is new or old."


class Commands(click.Group):
    """The table above as a group of commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Name them all, and load none."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load the one that was asked for."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List them with their sentences."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in COMMANDS.items()])


@click.group(cls=Commands)
def commands() -> None:
    """Common Ground: advice and mediation when a family and a council disagree."""


def main() -> None:
    """Run the command; what a person can put right is said in a sentence, with exit code 2."""
    try:
        commands(prog_name="./run")
    except (Refused, settings.SettingsWrong) as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(2)
    except DBAPIError as error:
        click.echo(f"{NO_DATABASE} ({type(error.orig).__name__})", err=True)
        sys.exit(1)
