import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import references
from scheduling.outbox import certificate_numbers
from scheduling.outbox.certificate_numbers import LETTERS

NUMBER, CODE = "1234567894", "ACDEFHJK"


def drawn(*numbers: int) -> Callable[[int], int]:
    left = iter(numbers)
    return lambda below: next(left) % below


def test_number_and_code_are_drawn_and_not_counted() -> None:
    number, code = certificate_numbers.number_and_code(drawn(23_456_789, *range(8)))

    assert (number, code) == (NUMBER, CODE)


def test_two_certificates_have_nothing_in_common() -> None:
    pairs = [certificate_numbers.number_and_code() for _ in range(500)]

    assert len({number for number, _ in pairs}) == len({code for _, code in pairs}) == 500


def test_no_letter_of_a_code_is_taken_for_a_digit_or_for_another() -> None:
    assert set(LETTERS).isdisjoint("OQILSZBG")
    assert len(set(LETTERS)) == len(LETTERS)
    assert len(LETTERS) ** certificate_numbers.CODE_LENGTH > 10**10


@given(st.integers(0, 899_999_999))
def test_one_wrong_digit_never_makes_another_number(draw: int) -> None:
    number, _ = certificate_numbers.number_and_code(drawn(draw, *range(8)))

    assert certificate_numbers.parse_number(number) == number
    for place, digit in enumerate(number):
        wrong = (digit_ for digit_ in "0123456789" if digit_ != digit)
        assert all(certificate_numbers.parse_number(number[:place] + w + number[place + 1 :]) is None for w in wrong)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        pytest.param("1234567894", NUMBER, id="as it is"),
        pytest.param("1234 567 894", NUMBER, id="as it stands on paper"),
        pytest.param("1234-567-894\n", NUMBER, id="with hyphens, pasted"),
        pytest.param("1234567849", None, id="two digits changed over"),
        pytest.param("123456789", None, id="one digit short"),
        pytest.param("١٢٣٤٥٦٧٨٩٣", None, id="not the digits that we print"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_number_is_read_as_people_write_it(typed: str, number: str | None) -> None:
    assert certificate_numbers.parse_number(typed) == number


def test_a_case_reference_is_never_a_certificates_number() -> None:
    assert certificate_numbers.parse_number(references.new()) is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        pytest.param("acde-fhjk", CODE, id="in small letters"),
        pytest.param(" ACDE FHJK ", CODE, id="with spaces"),
        pytest.param("ACDE-FHJO", None, id="a letter that no code has"),
        pytest.param("ACDE", None, id="half of it"),
    ],
)
def test_a_code_is_read_as_people_write_it(typed: str, code: str | None) -> None:
    assert certificate_numbers.parse_code(typed) == code


def test_what_is_printed_can_be_typed() -> None:
    number, code = certificate_numbers.number_and_code()

    assert re.fullmatch(r"\d{4} \d{3} \d{3}", certificate_numbers.written_number(number))
    assert certificate_numbers.parse_number(certificate_numbers.written_number(number)) == number
    assert certificate_numbers.parse_code(certificate_numbers.written_code(code)) == code
