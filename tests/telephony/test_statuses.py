from datetime import timedelta

import pytest

from scheduling.models import MessageState
from telephony import statuses


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("accepted", MessageState.SENT),
        ("scheduled", MessageState.SENT),
        ("queued", MessageState.SENT),
        ("sending", MessageState.SENT),
        ("sent", MessageState.SENT),
        ("delivered", MessageState.DELIVERED),
        ("read", MessageState.DELIVERED),
        ("undelivered", MessageState.FAILED),
        ("failed", MessageState.FAILED),
        ("canceled", MessageState.FAILED),
        pytest.param("received", MessageState.SENT, id="a text to us, not from us"),
        pytest.param("teleported", MessageState.SENT, id="a word that Twilio may add one day"),
        pytest.param("", MessageState.SENT, id="no word at all"),
    ],
)
def test_twilios_word_in_ours(word: str, state: MessageState) -> None:
    assert statuses.state(word) is state


def test_only_a_handset_that_was_off_or_an_unknown_fault_is_worth_another_try() -> None:
    worth = {code: statuses.again_after(code) for code in ("30003", "30008", "30005", "30007", None)}

    assert worth == {
        "30003": timedelta(minutes=45),
        "30008": timedelta(minutes=5),
        "30005": None,
        "30007": None,
        None: None,
    }
