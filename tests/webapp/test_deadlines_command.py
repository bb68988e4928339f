import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from webapp.deadlines import deadlines

WORKED_DATES = Path(__file__).parents[1] / "law" / "worked_dates.csv"


def asked(*words: str) -> Result:
    return CliRunner().invoke(deadlines, words)


def table(tmp_path: Path, *rows: str) -> str:
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(("id,group,inputs,expected,note", *rows)) + "\n", encoding="utf-8-sig")
    return str(path)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["la_told=2026-11-25"], id="as on the command line"),
        pytest.param(["la_told=2026-11-25;"], id="with the table's semicolon"),
        pytest.param(["  la_told = 2026-11-25 "], id="with blanks"),
    ],
)
def test_several_days_are_named(words: list[str]) -> None:
    result = asked("mediation_window", *words)

    assert result.output == "last_date=2026-12-25; last_working_day=2026-12-24\n"
    assert result.exit_code == 0


def test_a_lone_day_stands_bare() -> None:
    assert asked("contact_adviser_by", "notice_sent=2026-11-23").output == "2027-01-23\n"


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["decision=2026-05-20", "certificate=2026-07-10"], id="two words"),
        pytest.param(["decision=2026-05-20;", "certificate=2026-07-10"], id="two words and a semicolon"),
        pytest.param(["certificate=2026-07-10; decision=2026-05-20"], id="one word, the other way round"),
    ],
)
def test_an_appeal_is_asked_with_both_days(words: list[str]) -> None:
    assert asked("appeal_by", *words).output == "plain=2026-08-10; tribunal_last_day=2026-09-01\n"


def test_an_input_left_empty_was_not_given() -> None:
    assert asked("appeal_by", "decision=2026-02-03; certificate=").output.startswith("plain=2026-04-03;")


def test_json_gives_the_reasons_beside_the_days() -> None:
    answer = json.loads(asked("appeal_by", "decision=2027-06-15", "--json").output)

    assert list(answer) == [
        "plain",
        "tribunal_last_day",
        "rule",
        "citation",
        "certainty",
        "last_lawful",
    ]
    assert (answer["plain"], answer["last_lawful"]) == ("2027-08-15", "2027-09-01")
    assert "rule 12(3)(a)" in answer["citation"]
    assert answer["certainty"] == "certain"


def test_json_names_a_lone_day_after_its_rule() -> None:
    answer = json.loads(asked("--json", "weeks_after_agreement", "agreement=2026-12-18", "weeks=2").output)

    assert answer["weeks_after_agreement"] == answer["plain"] == answer["last_lawful"] == "2027-01-01"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        pytest.param([], "not a rule we can compute. Ask for one of contact_adviser_by", id="nothing asked"),
        pytest.param(["tea_by", "told=2026-11-23"], "“tea_by” is not a rule we can compute", id="an unknown rule"),
        pytest.param(["appeal_by"], "given nothing. Ask it with decision=2026-11-23", id="no input"),
        pytest.param(["appeal_by", "letter=2026-11-23"], "given letter. Ask it with decision=", id="an unknown input"),
        pytest.param(
            ["certificate_by_3wd", "told=2026-11-23", "concluded=2026-11-23"], "told concluded", id="too many"
        ),
        pytest.param(["health", "icb_told=2026-11-23"], "Ask it with la_told=", id="a part missing"),
        pytest.param(
            ["notice_latest", "meeting=2026-02-30"], "“2026-02-30” for meeting is not a date", id="no such day"
        ),
        pytest.param(["notice_latest", "meeting=23/11/2026"], "Write it as 2026-11-23", id="a date written otherwise"),
        pytest.param(["notice_latest", "meeting=9999-12-31"], "from 2014 to 2050", id="too far away"),
        pytest.param(
            ["certificate_by_3wd", "told=2050-12-30"], "known from 2014 to 2050", id="counts out of the calendar"
        ),
        pytest.param(["contact_adviser_by", "notice_sent=2014-01-06"], "applies from 1 September 2014", id="old law"),
        pytest.param(["local_date", "received_utc=2026-06-30"], "2026-06-30T23:30:00Z", id="a day for a moment"),
        pytest.param(["weeks_after_agreement", "agreement=2026-12-18", "weeks=two"], "from 0 to 104", id="words"),
        pytest.param(["mediation_window", "la_told"], "“la_told” is not an input", id="no value"),
        pytest.param(["health", "la_told=2026-04-01", "la_told=2026-04-02"], "comes twice", id="twice"),
        pytest.param(["--batch", "nowhere.csv"], "does not exist", id="no such file"),
        pytest.param(["health", "--batch", str(WORKED_DATES)], "leave RULE and --json out", id="both at once"),
    ],
)
def test_a_question_that_cannot_be_answered_says_how_to_ask_it(words: list[str], sentence: str) -> None:
    result = asked(*words)

    assert result.exit_code == 2
    assert sentence in result.output


def test_a_table_of_worked_dates_agrees() -> None:
    result = asked("--batch", str(WORKED_DATES))

    lines = list(csv.DictReader(result.output.splitlines()))

    assert result.exit_code == 0
    assert list(lines[0]) == ["id", "computed", "expected", "ok"]
    assert {line["ok"] for line in lines} == {"true"}


def test_one_row_that_differs_fails_the_table(tmp_path: Path) -> None:
    result = asked(
        "--batch",
        table(
            tmp_path,
            "right,contact_adviser_by,notice_sent=2026-11-23,2027-01-23,",
            "wrong,contact_adviser_by,notice_sent=2026-11-23,2027-01-22,sixty days",
        ),
    )

    assert result.exit_code == 1
    assert "right,2027-01-23,2027-01-23,true\n" in result.output
    assert "wrong,2027-01-23,2027-01-22,false\n" in result.output


@pytest.mark.parametrize(
    ("row", "why"),
    [
        pytest.param("x,tea_by,told=2026-11-23,2026-11-24,", "is not a rule we can compute", id="an unknown rule"),
        pytest.param("x,appeal_by,,2026-11-24,", "was given nothing", id="no input"),
        pytest.param("x,appeal_by,decision=soon,2026-11-24,", "is not a date", id="no date"),
        pytest.param("x", "is not a rule we can compute", id="half a row"),
    ],
)
def test_a_row_that_cannot_be_computed_says_why(tmp_path: Path, row: str, why: str) -> None:
    result = asked("--batch", table(tmp_path, row, "y,contact_adviser_by,notice_sent=2026-11-23,2027-01-23,"))

    assert result.exit_code == 1
    assert "not computed: " in result.output
    assert why in result.output
    assert "y,2027-01-23,2027-01-23,true" in result.output


def test_spacing_and_order_of_what_is_expected_do_not_count(tmp_path: Path) -> None:
    row = "x, notice_latest ,meeting = 2026-12-14 ; ,clear_days=2026-12-04;ordinary = 2026-12-07,"

    assert asked("--batch", table(tmp_path, row)).exit_code == 0


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"id,rule\n1,2\n", id="other columns"),
        pytest.param(b"\xff\xfe\x00\x01", id="no text"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(content)

    result = asked("--batch", str(path))

    assert result.exit_code == 2
    assert "csv" in result.output.lower()
