"""The command that says what the law makes of a day, without a case and without a database.

``deadlines mediation_window la_told=2026-11-25`` answers one question; ``deadlines --batch FILE.csv`` goes through a
table of worked examples and shows where we would answer differently. It knows the bank holidays of the release, not the
days that a coordinator has added.
"""

import csv
import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import click

from scheduling import london
from scheduling.law import deadlines as law
from scheduling.law import rules
from scheduling.law.deadlines import Deadline
from scheduling.law.rules import NotInForce
from scheduling.law.working_days import BeyondCalendar
from scheduling.reference import bank_holidays
from scheduling.refusals import Refused

_MOST_WEEKS = 104


class Unanswerable(Refused):
    """The question cannot be answered as it was asked; the sentence says how to ask it."""


@dataclass(frozen=True)
class Answer:
    """Days by name, and the deadlines behind them, the one that comes first in front."""

    days: dict[str, date]
    deadlines: tuple[Deadline, ...]

    def as_text(self, rule: str) -> str:
        """A lone day that has no name but its rule's stands bare; others are named."""
        if list(self.days) == [rule]:
            return self.days[rule].isoformat()
        return "; ".join(f"{name}={day}" for name, day in self.days.items())

    def as_json(self) -> dict[str, str]:
        """The same days with the reasons beside them."""
        binding = [rule for deadline in self.deadlines for rule in (deadline.rule, *deadline.also)]
        return {
            **{name: day.isoformat() for name, day in self.days.items()},
            "rule": _listed(rule.name for rule in binding),
            "citation": _listed(deadline.citation for deadline in self.deadlines),
            "certainty": _listed(deadline.certainty for deadline in self.deadlines),
            "plain": self.deadlines[0].day.isoformat(),
            "last_lawful": self.deadlines[0].last_lawful.isoformat(),
        }


@dataclass(frozen=True)
class Given:
    """The inputs of one question by name, as they were typed."""

    values: dict[str, str]

    def day(self, name: str) -> date:
        """A day of a year whose bank holidays we know."""
        text = self.values[name]
        written_as_we_do = re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII)
        try:
            day = date.fromisoformat(text) if written_as_we_do else None
        except ValueError:
            day = None
        if day is None:
            raise Unanswerable(f"“{text}” for {name} is not a date. Write it as 2026-11-23.")
        return _in_known_years(day, name)

    def london_day(self, name: str) -> date:
        """London's day of a moment, which without a zone of its own is in UTC as its name says."""
        text = self.values[name]
        try:
            moment = datetime.fromisoformat(text) if ":" in text else None
        except ValueError:
            moment = None
        if moment is None:
            raise Unanswerable(f"“{text}” for {name} is not a moment. Write it as 2026-06-30T23:30:00Z.")
        _in_known_years(moment.date(), name)
        return london.london_day(moment if moment.tzinfo else moment.replace(tzinfo=UTC))

    def weeks(self, name: str) -> int:
        """A whole number of weeks."""
        text = self.values[name]
        if not re.fullmatch(r"\d{1,3}", text, re.ASCII) or int(text) > _MOST_WEEKS:
            raise Unanswerable(f"“{text}” for {name} is not a number of weeks. Write one from 0 to {_MOST_WEEKS}.")
        return int(text)


def _contact_adviser_by(given: Given) -> Answer:
    return _lone("contact_adviser_by", law.contact_adviser_by(given.day("notice_sent"), bank_holidays.england()))


_CERTIFICATE_RULES = {
    "told": rules.CERTIFICATE_WHEN_DECLINED,
    "declined": rules.CERTIFICATE_WHEN_DECLINED,
    "changed_mind": rules.CERTIFICATE_WHEN_MIND_CHANGED,
    "concluded": rules.CERTIFICATE_WHEN_CONCLUDED,
    "la_notified_unable": rules.CERTIFICATE_WHEN_NOT_ARRANGED,
}


def _certificate_by_3wd(given: Given) -> Answer:
    return _certificate("certificate_by_3wd", given)


def _deemed_certificate_by(given: Given) -> Answer:
    return _certificate("deemed_certificate_by", given)


def _certificate(name: str, given: Given) -> Answer:
    (event,) = given.values
    rule = _CERTIFICATE_RULES[event]
    return _lone(name, law.certificate_by(given.day(event), bank_holidays.england(), rule=rule))


def _mediation_window(given: Given) -> Answer:
    window = law.mediation_window(given.day("la_told"), bank_holidays.england())
    days = {"last_date": window.last_date.day, "last_working_day": window.last_working_day}
    return Answer(days, (window.last_date,))


def _window_across_bst(given: Given) -> Answer:
    window = law.mediation_window(given.london_day("la_told_utc"), bank_holidays.england())
    return _lone("last_date", window.last_date)


def _notice_latest(given: Given) -> Answer:
    limits = law.notice_latest(given.day("meeting"), bank_holidays.england())
    days = {"ordinary": limits.ordinary.day, "clear_days": limits.clear.day}
    return Answer(days, (limits.clear, limits.ordinary))


def _health(given: Given) -> Answer:
    told_by = law.health_told_by(given.day("la_told"), bank_holidays.england())
    told = given.day("icb_told") if "icb_told" in given.values else told_by.day
    held_by = law.health_mediation_by(told)
    return Answer({"icb_told_by": told_by.day, "icb_window_ends": held_by.day}, (told_by, held_by))


def _appeal_by(given: Given) -> Answer:
    calendar = bank_holidays.england()
    certificate = given.day("certificate") if "certificate" in given.values else None
    if "decision" in given.values:
        deadline = law.appeal_by(given.day("decision"), calendar, certificate_issued=certificate)
    else:
        deadline = law.appeal_by_certificate(given.day("certificate"), calendar)
    return Answer({"plain": deadline.day, "tribunal_last_day": deadline.last_lawful}, (deadline,))


def _weeks_after_agreement(given: Given) -> Answer:
    deadline = law.weeks_after_agreement(given.day("agreement"), given.weeks("weeks"))
    return _lone("weeks_after_agreement", deadline)


def _local_date(given: Given) -> Answer:
    day = given.london_day("received_utc")
    return _lone("local_date", Deadline(day=day, rule=rules.LONDON_DAYS, last_lawful=day))


@dataclass(frozen=True)
class Question:
    """One rule to ask about, and each set of inputs with which it can be asked."""

    answer: Callable[[Given], Answer]
    asked_with: tuple[tuple[str, ...], ...]

    def can_be_asked_with(self, names: Iterable[str]) -> bool:
        return any(set(names) == set(wanted) for wanted in self.asked_with)

    def usage(self) -> str:
        return ", or with ".join(" ".join(f"{name}={_example(name)}" for name in names) for names in self.asked_with)


QUESTIONS = {
    "contact_adviser_by": Question(_contact_adviser_by, (("notice_sent",),)),
    "certificate_by_3wd": Question(_certificate_by_3wd, tuple((event,) for event in _CERTIFICATE_RULES)),
    "deemed_certificate_by": Question(_deemed_certificate_by, (("la_notified_unable",),)),
    "mediation_window": Question(_mediation_window, (("la_told",),)),
    "window_across_BST": Question(_window_across_bst, (("la_told_utc",),)),
    "notice_latest": Question(_notice_latest, (("meeting",),)),
    "health": Question(_health, (("la_told",), ("la_told", "icb_told"))),
    "appeal_by": Question(_appeal_by, (("decision",), ("decision", "certificate"), ("certificate",))),
    "weeks_after_agreement": Question(_weeks_after_agreement, (("agreement", "weeks"),)),
    "local_date": Question(_local_date, (("received_utc",),)),
}


def ask(rule: str, inputs: str) -> Answer:
    """Answer one question, written as in the tables of examples: a rule, and inputs as ``a=b; c=d``."""
    name, question = _question(rule)
    given = _given(inputs)
    if not question.can_be_asked_with(given.values):
        got = " ".join(given.values) or "nothing"
        raise Unanswerable(f"{name} was given {got}. Ask it with {question.usage()}.")
    try:
        return question.answer(given)
    except (NotInForce, BeyondCalendar) as unknown:
        raise Unanswerable(str(unknown)) from unknown


@click.command()
@click.argument("rule", required=False)
@click.argument("inputs", metavar="[KEY=VALUE]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="With the rule, its source and how certain the answer is.")
@click.option(
    "--batch",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Go through a CSV file with columns id, group, inputs and expected; exits 1 when a row differs.",
)
def deadlines(rule: str | None, inputs: tuple[str, ...], *, as_json: bool, batch: Path | None) -> None:
    """Say by when something is due: RULE and the days it depends on."""
    try:
        if batch is None:
            _answer_one(rule or "", inputs, as_json=as_json)
        else:
            _answer_all(batch, is_alone=rule is None and not as_json)
    except Unanswerable as refusal:
        raise click.UsageError(str(refusal)) from refusal


def _answer_one(rule: str, inputs: Iterable[str], *, as_json: bool) -> None:
    answer = ask(rule, "; ".join(inputs))
    name, _ = _question(rule)
    click.echo(json.dumps(answer.as_json(), ensure_ascii=False) if as_json else answer.as_text(name))


def _answer_all(batch: Path, *, is_alone: bool) -> None:
    if not is_alone:
        raise Unanswerable("--batch reads its questions from the file and answers as CSV: leave RULE and --json out.")
    sys.exit(0 if _all_agree(batch) else 1)


def _all_agree(batch: Path) -> bool:
    """Print the table with what we compute beside what is expected."""
    table = csv.writer(sys.stdout, lineterminator="\n")
    rows = _rows(batch)
    table.writerow(("id", "computed", "expected", "ok"))
    verdicts = [_agrees(table.writerow, row) for row in rows]
    return all(verdicts)


def _agrees(write: Callable[[Sequence[str]], object], row: dict[str, str]) -> bool:
    try:
        answer = ask(row["group"], row["inputs"])
    except Unanswerable as refusal:
        write((row["id"], f"not computed: {refusal}", row["expected"], "false"))
        return False
    name, _ = _question(row["group"])
    agrees = _same(answer, row["expected"])
    write((row["id"], answer.as_text(name), row["expected"], "true" if agrees else "false"))
    return agrees


def _same(answer: Answer, expected: str) -> bool:
    """Spacing and order do not count, nor whether a lone day is named."""
    computed = {name: day.isoformat() for name, day in answer.days.items()}
    if "=" not in expected:
        return list(computed.values()) == [expected.strip()]
    try:
        return computed == _given(expected).values
    except Unanswerable:
        return False


def _rows(batch: Path) -> list[dict[str, str]]:
    columns = ("id", "group", "inputs", "expected")
    try:
        with batch.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.DictReader(file, restval=""))
    except (UnicodeDecodeError, csv.Error) as unreadable:
        raise Unanswerable(f"{batch} is not a CSV file in UTF-8.") from unreadable
    if not lines or not set(columns) <= set(lines[0]):
        raise Unanswerable(f"{batch} needs a first line with the columns {', '.join(columns)}, and rows below it.")
    return [{column: line[column] for column in columns} for line in lines]


def _question(rule: str) -> tuple[str, Question]:
    for name, question in QUESTIONS.items():
        if name.lower() == rule.strip().lower():
            return name, question
    raise Unanswerable(f"“{rule}” is not a rule we can compute. Ask for one of {', '.join(QUESTIONS)}.")


def _given(inputs: str) -> Given:
    """Inputs come apart at semicolons, and at blanks before the next name; an input left empty was not given."""
    values: dict[str, str] = {}
    for piece in filter(None, re.split(r"\s*;\s*|\s+(?=\w+\s*=)", inputs.strip())):
        name, equals, value = (part.strip() for part in piece.partition("="))
        if not (name and equals) or name in values:
            raise Unanswerable(f"“{piece}” is not an input, or comes twice. Write each once, as name=value.")
        values[name] = value
    return Given({name: value for name, value in values.items() if value})


def _in_known_years(day: date, name: str) -> date:
    years = bank_holidays.YEARS
    if day.year not in years:
        raise Unanswerable(f"{name} is in {day.year}. Give a day from {years.start} to {years.stop - 1}.")
    return day


def _lone(name: str, deadline: Deadline) -> Answer:
    return Answer({name: deadline.day}, (deadline,))


def _example(name: str) -> str:
    if name == "weeks":
        return "5"
    return "2026-06-30T23:30:00Z" if name.endswith("_utc") else "2026-11-23"


def _listed(sentences: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(sentences))
