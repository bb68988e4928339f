"""The telephones of the simulator from the command line: a call or a text in one line, for whoever scripts a story.

./run simulate call 101 1 2 "say Barnet" 1        rings, presses, says, presses
./run simulate call adviser answer 1              picks up what rings, and presses
./run simulate call 101 hang-up                   ends the call that it left open
./run simulate text 101 "I want mediation"
"""

from collections.abc import Callable

import click

from scheduling.refusals import Refused
from telephony.simulator import pages, phones
from telephony.simulator.handset import Handset
from telephony.simulator.store import Store
from webapp import composition, settings


class NotInTheDemo(Refused):
    def __str__(self) -> str:
        return "Only the demo has a simulator: with a Twilio key the telephones are real."


class NoSuchPhone(Refused):
    def __str__(self) -> str:
        names = ", ".join(phone.name for phone in phones.PHONES)
        return f"There is no such phone. These are on the table: {names}, and any other three digits of a demo mobile."


@click.group()
def simulate() -> None:
    """Play a telephone: a call or a text to the running demo."""


@simulate.command()
@click.argument("phone")
@click.argument("acts", nargs=-1)
def call(phone: str, acts: tuple[str, ...]) -> None:
    """Ring the line, or go on with an open call.

    An act is keys (`1`, `227`, `*`), `say WORDS`, `silence`, `answer`, `decline` or `hang-up`. A call stays open until
    somebody hangs up.
    """
    handset = _handset(phone)
    if not handset.is_in_call and acts[:1] not in {("answer",), ("decline",)}:
        click.echo(handset.dials())
    for act in acts:
        click.echo(f"> {act}")
        _act(handset, act)
        click.echo(handset.hears)


@simulate.command()
@click.argument("phone")
@click.argument("words")
def text(phone: str, words: str) -> None:
    """Send a text; what comes back at once is shown."""
    click.echo(_handset(phone).texts(words) or "(no answer)")


@simulate.command()
@click.argument("phone")
@click.argument("habit", type=click.Choice(list(pages.HABITS)))
def behave(phone: str, habit: str) -> None:
    """Say how a phone behaves when nobody plays it."""
    pages.behave(_handset(phone), habit)
    click.echo(pages.HABITS[habit])


def _act(handset: Handset, act: str) -> None:
    if act.startswith("say "):
        handset.says(act.removeprefix("say "))
    elif act in _ACTS:
        _ACTS[act](handset)
    else:
        handset.presses(act)


_ACTS: dict[str, Callable[[Handset], object]] = {
    "silence": Handset.silent,
    "answer": Handset.answers,
    "decline": Handset.declines,
    "hang-up": Handset.hangs_up,
}


def _handset(name: str) -> Handset:
    chosen = settings.load()
    if not chosen.has_simulator:
        raise NotInTheDemo
    phone = phones.named(name)
    if phone is None:
        raise NoSuchPhone
    composition.prepare(chosen)
    return Handset(composition.line(chosen), phone.caller, target=chosen.local_url, store=Store(chosen.data_dir))
