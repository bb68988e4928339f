import pytest

from telephony import callers
from telephony.line import Line

WORDS = ["anonymous", "Anonymous", "restricted", "unknown", "unavailable", ""]
DIGITS = ["+266696687", "266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"]
NO_TELEPHONES = ["client:alice", "sip:somebody@example.org"]


@pytest.mark.parametrize("shown", [*WORDS, *DIGITS, *NO_TELEPHONES])
def test_a_hidden_number_is_none(shown: str) -> None:
    assert callers.caller(shown).number is None


def test_relay_uk_is_recognised_and_left_out_of_the_number() -> None:
    assert callers.caller("18001+447700900123") == callers.Caller(number="+447700900123", is_relay=True)
    assert callers.caller("+447700900123") == callers.Caller(number="+447700900123")


@pytest.mark.parametrize(
    ("sender", "may"),
    [
        pytest.param("+447700900123", True, id="a mobile"),
        pytest.param("+33612345678", True, id="from abroad"),
        pytest.param("+447700900000", False, id="ourselves"),
        pytest.param("+443001234567", False, id="our other number"),
        pytest.param("60006", False, id="a short code"),
        pytest.param("MyBank", False, id="a name"),
        pytest.param("+266696687", False, id="withheld"),
        pytest.param("", False, id="nobody"),
    ],
)
def test_only_whole_numbers_of_others_are_answered(line: Line, sender: str, may: bool) -> None:
    assert callers.may_be_answered(sender, line) is may


@pytest.mark.parametrize("secrets", [(), ("",), ("a-secret", "")])
def test_a_line_whose_secret_anybody_knows_is_refused(secrets: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="anybody"):
        Line(base_url="https://x", secrets=secrets, voice_number="+443001234567", sms_number="+447700900000")
