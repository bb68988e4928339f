import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import numbers


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        pytest.param("07700 900123", "+447700900123", id="a drama mobile"),
        pytest.param("01632 960123", "+441632960123", id="a drama landline"),
        pytest.param("+44 (0)7700 900123", "+447700900123", id="with the nought that should not be there"),
        pytest.param("0044 7700 900123", "+447700900123", id="with 00"),
        pytest.param("020 7946 0018", "+442079460018", id="London"),
        pytest.param("07797 712345", "+447797712345", id="Jersey"),
        pytest.param("+33 6 12 34 56 78", "+33612345678", id="a French mobile is a number"),
        pytest.param("18001 07700 900123", "+447700900123", id="called through Relay UK"),
        pytest.param("18002+447700900123", "+447700900123", id="a deaf person's through Relay UK"),
        pytest.param("07700 9001", None, id="too short"),
        pytest.param("07911 1234567", None, id="too long"),
        pytest.param("999", None, id="an emergency"),
        pytest.param("118 118", None, id="directory enquiries"),
        pytest.param("0800 FLOWERS", None, id="letters"),
        pytest.param("COUNCIL", None, id="a sender's name"),
        pytest.param("01632 960123 ext 5", None, id="an extension we could not reach"),
        pytest.param("01632 960123#5", None, id="an extension by its sign"),
        pytest.param("", None, id="nothing"),
        pytest.param("anonymous", None, id="a withheld number"),
        pytest.param("0" * 500, None, id="a very long one"),
    ],
)
def test_a_number_is_understood_as_people_give_it(typed: str, e164: str | None) -> None:
    assert numbers.parse(typed) == e164


@pytest.mark.parametrize(
    ("e164", "textable", "rung"),
    [
        pytest.param("+447700900123", True, True, id="a drama mobile"),
        pytest.param("+447911123456", True, True, id="a mobile"),
        pytest.param("+447797712345", True, True, id="a Jersey mobile"),
        pytest.param("+447781123456", True, True, id="a Guernsey mobile"),
        pytest.param("+447624312345", True, True, id="an Isle of Man mobile"),
        pytest.param("+441632960123", False, True, id="a drama landline"),
        pytest.param("+442079460018", False, True, id="a London landline"),
        pytest.param("+443001234567", False, True, id="an 03 number"),
        pytest.param("+448001234567", False, True, id="a free number"),
        pytest.param("+447012345678", False, False, id="070 is a personal number and dear"),
        pytest.param("+447600123456", False, False, id="a pager"),
        pytest.param("+448451234567", False, False, id="084"),
        pytest.param("+448711234567", False, False, id="087"),
        pytest.param("+449001234567", False, False, id="09"),
        pytest.param("+33612345678", False, False, id="abroad"),
        pytest.param("+44118118", False, False, id="directory enquiries"),
        pytest.param("anonymous", False, False, id="withheld"),
        pytest.param("", False, False, id="nothing"),
        pytest.param("07700900123", False, False, id="not E.164"),
    ],
)
def test_only_uk_mobiles_are_texted_and_only_ordinary_numbers_are_rung(e164: str, textable: bool, rung: bool) -> None:
    assert numbers.is_textable(e164) is textable
    assert numbers.may_be_rung(e164) is rung


def test_a_relay_caller_is_known_by_the_prefix() -> None:
    assert numbers.through_relay("18001 0300 123 4567")
    assert numbers.through_relay("1800207700900123")
    assert not numbers.through_relay("07700 900123")
    assert not numbers.through_relay("01800 123456")


def test_a_log_shows_the_last_three_digits_and_no_more() -> None:
    assert numbers.masked("+447700900123") == "*123"


def test_a_number_is_written_and_spoken_as_at_home() -> None:
    assert numbers.written("+447700900123") == "07700 900123"
    assert numbers.written("+33612345678") == "+33 6 12 34 56 78"
    assert numbers.spoken("+443001234567") == "0 3 0 0, 1 2 3, 4 5 6 7"
    assert numbers.spoken_ending("+447700900123") == "1 2 3"


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_number_or_none(typed: str) -> None:
    number = numbers.parse(typed)

    assert number is None or numbers.parse(number) == number
