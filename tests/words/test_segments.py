import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import segments
from scheduling.segments import Encoding


@pytest.mark.parametrize(
    ("text", "encoding", "units", "charged"),
    [
        pytest.param("", Encoding.GSM_7, 0, 0, id="nothing costs nothing"),
        pytest.param("a" * 160, Encoding.GSM_7, 160, 1, id="the longest single text"),
        pytest.param("a" * 161, Encoding.GSM_7, 161, 2, id="one character too many"),
        pytest.param("a" * 306, Encoding.GSM_7, 306, 2, id="two full parts"),
        pytest.param("a" * 307, Encoding.GSM_7, 307, 3, id="one more part"),
        pytest.param("é" * 160, Encoding.GSM_7, 160, 1, id="an accent the network has"),
        pytest.param("€" * 80, Encoding.GSM_7, 160, 1, id="a euro takes two places"),
        pytest.param("€" * 81, Encoding.GSM_7, 162, 2, id="so 81 are too many"),
        pytest.param("a" * 152 + "€" + "a" * 151, Encoding.GSM_7, 305, 2, id="room for both halves after the euro"),
        pytest.param("a" * 152 + "€" + "a" * 152, Encoding.GSM_7, 306, 3, id="a euro is never parted"),
        pytest.param("ê" + "a" * 69, Encoding.UCS_2, 70, 1, id="an accent the network has not"),
        pytest.param("ê" + "a" * 70, Encoding.UCS_2, 71, 2, id="and 71 characters"),
        pytest.param("ê" + "a" * 133, Encoding.UCS_2, 134, 2, id="two full parts in UCS-2"),
        pytest.param("\N{SLIGHTLY SMILING FACE}" * 35, Encoding.UCS_2, 70, 1, id="a picture takes two places"),
        pytest.param("\N{SLIGHTLY SMILING FACE}" * 67, Encoding.UCS_2, 134, 3, id="and is never parted"),
    ],
)
def test_a_text_costs_what_the_network_charges(text: str, encoding: Encoding, units: int, charged: int) -> None:
    counted = segments.count(text)

    assert (counted.encoding, counted.units, counted.segments) == (encoding, units, charged)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        pytest.param("It\u2019s \u201cfree\u201d", 'It\'s "free"', id="curly quotes"),
        pytest.param("10am\u20131pm \u2014 no\u2026", "10am-1pm - no...", id="dashes and an ellipsis"),
        pytest.param("10\u00a0Downing\u200b Street", "10 Downing Street", id="blanks that are none"),
        pytest.param("Zoë Brontë, Łódź, Ñíguez", "Zoe Bronte, Lodz, Ñiguez", id="accents outside the alphabet"),
        pytest.param("Café Müller à l'Île", "Café Müller à l'Ile", id="accents inside it stay"),
        pytest.param("Cafe\u0301", "Café", id="an accent typed on its own"),
        pytest.param("£5 [ok] {1} €2", "£5 [ok] {1} €2", id="the alphabet itself stays"),
        pytest.param("Привет", "Привет", id="another script stays whole"),
    ],
)
def test_a_text_is_written_plainly_where_that_loses_nothing(typed: str, plain: str) -> None:
    assert segments.gsm7(typed) == plain


@given(st.text())
def test_writing_plainly_twice_changes_nothing_more(text: str) -> None:
    once = segments.gsm7(text)

    assert segments.gsm7(once) == once


@given(st.text(alphabet="aé€ê\N{SLIGHTLY SMILING FACE}", max_size=400))
def test_parts_are_never_fewer_than_the_places_need(text: str) -> None:
    counted = segments.count(text)
    alone, in_part = (160, 153) if counted.encoding is Encoding.GSM_7 else (70, 67)

    assert counted.segments == 1 or not text or counted.segments >= -(-counted.units // in_part)
    assert counted.segments != 1 or counted.units <= alone
