from datetime import timedelta
from random import Random

import pytest

from scheduling.models import Message, MessageState
from scheduling.outbox import settling
from telephony import statuses
from tests import builders


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


def test_a_thousand_shuffles_of_twilios_reports_never_go_backwards() -> None:
    chance, now = Random(1000), builders.moment("2026-11-24 10:00")
    for _ in range(1000):
        final = chance.choice(["delivered", "undelivered", "failed", "read"])
        words = ["accepted", "queued", "sending", "sent", "sent", final, final]
        chance.shuffle(words)
        message = Message(state=chance.choice([MessageState.SENDING, MessageState.SENT, MessageState.IN_DOUBT]))
        ranks = []
        for word in words:
            settling.advance(message, statuses.state(word), now)
            ranks.append(settling.RANK[message.state])

        assert ranks == sorted(ranks), words
        assert message.state is statuses.state(final), words
