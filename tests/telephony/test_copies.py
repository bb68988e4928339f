"""Twilio deletes its copies of texts: what is gone is gone, and whatever else it says, we ask again."""

from typing import Any

import pytest
from twilio.http import HttpClient
from twilio.http.response import Response

from scheduling.outbox.carriers import NotCarried, Trouble
from telephony.carrier import TwilioCopies


class Answering(HttpClient):  # type: ignore[misc]  # the library has no types
    """Twilio's end, which always says the same."""

    def __init__(self, status: int, code: int) -> None:
        self.asked: list[tuple[str, str]] = []
        self._answer = Response(status, "" if status == 204 else f'{{"code": {code}, "status": {status}}}')

    def request(self, method: str, url: str, *_args: Any, **_named: Any) -> Response:
        self.asked.append((method, url))
        return self._answer


def removing(twilio: Answering) -> None:
    TwilioCopies(account_sid="AC1", api_key="k", api_secret="s", http_client=twilio).remove("SM1")


@pytest.mark.parametrize(("status", "code"), [(204, 0), (404, 20404)], ids=["deleted", "gone already"])
def test_a_text_that_is_not_there_any_more_is_deleted(status: int, code: int) -> None:
    twilio = Answering(status, code)

    removing(twilio)

    assert twilio.asked == [("DELETE", "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/SM1.json")]


@pytest.mark.parametrize(
    ("status", "code"), [(400, 20009), (401, 20003), (429, 20429), (500, 0)], ids=["on its way", "key", "often", "down"]
)
def test_whatever_else_twilio_says_the_copy_is_asked_for_again(status: int, code: int) -> None:
    with pytest.raises(Trouble) as trouble:
        removing(Answering(status, code))

    assert not isinstance(trouble.value, NotCarried)
