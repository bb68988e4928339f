"""Every worked date of the table, asked as a person would ask on the command line."""

import csv
from pathlib import Path

import pytest

from webapp import deadlines

TABLE = Path(__file__).with_name("worked_dates.csv")
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row['id']}: {row['note']}") for row in ROWS])
def test_a_worked_date_comes_out_as_worked(row: dict[str, str]) -> None:
    assert deadlines.ask(row["group"], row["inputs"]).as_text(row["group"]) == row["expected"]


def test_every_question_has_a_worked_date() -> None:
    assert {row["group"] for row in ROWS} == set(deadlines.QUESTIONS)
