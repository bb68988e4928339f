import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import references

any_reference = st.integers(0, 8_999_999).map(lambda drawn: references.new(lambda _: drawn))


def test_a_new_reference_is_eight_digits_that_are_valid() -> None:
    drawn = [references.new() for _ in range(200)]

    assert all(len(reference) == 8 and references.parse(reference) for reference in drawn)
    assert len(set(drawn)) > 190


def test_the_digits_are_drawn_from_whatever_is_handed_in() -> None:
    assert references.new(lambda _: 0)[:7] == "1000000"
    assert references.new(lambda count: count - 1)[:7] == "9999999"


def test_damms_own_example_has_his_check_digit() -> None:
    table = references.DAMM

    assert table[table[table[0][5]][7]][2] == 4


@given(any_reference, st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_always_caught(reference: str, place: int, change: int) -> None:
    wrong_digit = str((int(reference[place]) + change) % 10)

    assert references.parse(reference[:place] + wrong_digit + reference[place + 1 :]) is None


@given(any_reference, st.integers(0, 6))
def test_neighbours_changed_over_are_always_caught(reference: str, place: int) -> None:
    first, second = reference[place], reference[place + 1]
    swapped = reference[:place] + second + first + reference[place + 2 :]

    assert (references.parse(swapped) is not None) is (first == second)


def test_damms_table_catches_every_slip_whatever_came_before() -> None:
    table = references.DAMM

    for row in table:
        assert sorted(row) == list(range(10))
    for before in range(10):
        for one in range(10):
            for other in range(10):
                assert one == other or table[table[before][one]][other] != table[table[before][other]][one]


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("{0} {1}", id="as it is written"),
        pytest.param(" {0}-{1}\n", id="with a hyphen, pasted"),
        pytest.param("{0}\u00a0{1}", id="with a blank that does not break"),
        pytest.param("{0}{1}", id="as it is keyed"),
    ],
)
def test_a_reference_is_understood_however_it_is_typed(typed: str) -> None:
    reference = references.new()

    assert references.parse(typed.format(reference[:4], reference[4:])) == reference


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("", id="nothing"),
        pytest.param("1234567", id="too short"),
        pytest.param("0000 0000", id="begins with nought"),
        pytest.param("١٢٣٤٥٦٧٨", id="digits that a keypad has not"),
        pytest.param("1234 567x", id="a letter"),
        pytest.param("²²²²²²²²", id="digits that are none"),
    ],
)
def test_what_cannot_be_a_reference_is_none(typed: str) -> None:
    assert references.parse(typed) is None


def test_a_reference_is_written_in_two_halves_and_spoken_digit_by_digit() -> None:
    assert references.written("12345678") == "1234 5678"
    assert references.spoken("12345678") == "1 2 3 4, 5 6 7 8"
