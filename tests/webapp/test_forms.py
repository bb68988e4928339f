from datetime import date

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form

from webapp import forms, mail_addresses
from webapp.forms import Day


class Letter(Form):  # type: ignore[misc]  # WTForms has no types
    letter = Day("Date on the letter", called="the date on the letter", required=True)


def typed(day: str, month: str, year: str) -> Letter:
    return Letter(MultiDict([("letter-day", day), ("letter-month", month), ("letter-year", year), ("other", "x")]))


@pytest.mark.parametrize(
    ("boxes", "day"),
    [
        pytest.param(("2", "11", "2026"), date(2026, 11, 2), id="as people type it"),
        pytest.param(("02", "01", "2026"), date(2026, 1, 2), id="with noughts before"),
        pytest.param((" 29 ", "2", "2028"), date(2028, 2, 29), id="leap day with blanks"),
    ],
)
def test_a_day_is_read_from_three_boxes(boxes: tuple[str, str, str], day: date) -> None:
    form = typed(*boxes)

    assert form.validate()
    assert form.letter.data == day


@pytest.mark.parametrize(
    ("boxes", "sentence", "box"),
    [
        pytest.param(("", "", ""), "Enter the date on the letter", "day", id="nothing"),
        pytest.param(("2", "", "2026"), "The date on the letter must include a month", "month", id="no month"),
        pytest.param(("2", "", ""), "The date on the letter must include a month and year", "month", id="only a day"),
        pytest.param(("31", "2", "2026"), "The date on the letter must be a real date", "day", id="31 February"),
        pytest.param(("29", "2", "2026"), "The date on the letter must be a real date", "day", id="no leap year"),
        pytest.param(("two", "11", "2026"), "The date on the letter must be a real date", "day", id="words"),
        pytest.param(("²", "11", "2026"), "The date on the letter must be a real date", "day", id="a small two"),
        pytest.param(("2", "11", "26"), "Year must include 4 numbers", "year", id="two figures"),
        pytest.param(("2", "11", "0000"), "The date on the letter must be a real date", "day", id="year nought"),
        pytest.param(
            ("1", "1", "0026"), "The date on the letter must have a year from 1900 to 2199", "year", id="long ago"
        ),
        pytest.param(
            ("31", "12", "9999"),
            "The date on the letter must have a year from 1900 to 2199",
            "year",
            id="no day after it",
        ),
    ],
)
def test_a_day_that_cannot_be_says_what_is_wrong_and_where(
    boxes: tuple[str, str, str], sentence: str, box: str
) -> None:
    form = typed(*boxes)

    assert not form.validate()
    assert form.letter.errors == [sentence]
    assert form.letter.first_wrong == box


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param("a\x00b", "ab", id="NUL, which PostgreSQL refuses"),
        pytest.param("a\ud800b", "ab", id="half a character"),
        pytest.param("a\r\nb", "a\nb", id="one kind of line end"),
        pytest.param("\u202eabc", "abc", id="turns the direction round"),
        pytest.param("  Zoë O'Neil 👋 ", "Zoë O'Neil 👋", id="names stay as they are"),
        pytest.param(None, "", id="nothing was sent"),
    ],
)
def test_words_are_tidied_once_at_the_edge(text: str | None, kept: str) -> None:
    assert forms.tidy(text) == kept


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Ada@Example.org", "ada@example.org"),
        (" a.b+c@mail.example.co.uk ", "a.b+c@mail.example.co.uk"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("a@b", None),
        ("a@b..example", None),
        ("a b@example.org", None),
        ("a@example.org, b@example.org", None),
        ("a@example.org\nBcc: b@example.org", None),
        ("<a@example.org>", None),
        ("@example.org", None),
        ("a@-example.org", None),
        ("a" * 250 + "@example.org", None),
    ],
)
def test_a_mail_address_is_known_by_its_form(text: str, address: str | None) -> None:
    assert mail_addresses.parse(text) == address
