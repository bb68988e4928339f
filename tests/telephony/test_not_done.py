import pytest

from telephony import understanding


@pytest.mark.parametrize(
    ("words", "is_meant"),
    [
        pytest.param("NOT DONE", True, id="as our text asks for it"),
        pytest.param("Hi, it has not been done yet.", True, id="in a sentence"),
        pytest.param("It hasn't been done", True, id="shortened"),
        pytest.param("It isn\u2019t done", True, id="with a telephone's apostrophe"),
        pytest.param("done", False, id="done"),
        pytest.param("Is it not done?", False, id="a question says nothing"),
        pytest.param("we are not happy", False, id="something else"),
    ],
)
def test_not_done_is_understood(words: str, is_meant: bool) -> None:
    assert understanding.says_not_done(words) is is_meant
