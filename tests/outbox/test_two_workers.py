from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import pytest
from sqlalchemy import select

from scheduling import db
from scheduling.models import Channel, Message, MessageState
from scheduling.outbox import delivery
from scheduling.outbox.carriers import InDoubt, Parcel, Receipt
from tests.outbox.conftest import NOW, Post

MESSAGES = 25


class Counting:
    """A carrier that several workers share, as they share the world."""

    def __init__(self, *, loses_every: int = 0) -> None:
        self.carried: Counter[str] = Counter()
        self.tokens: Counter[str] = Counter()
        self._lock = Lock()
        self._loses_every = loses_every

    def carry(self, parcel: Parcel) -> Receipt:
        with self._lock:
            self.carried[parcel.body] += 1
            self.tokens[parcel.token] += 1
            loses = self._loses_every and len(self.carried) % self._loses_every == 0
        if loses:
            raise InDoubt("ReadTimeout")
        return Receipt(provider_id=parcel.token)

    def find(self, parcel: Parcel) -> Receipt | None:
        return Receipt(provider_id=parcel.token) if self.tokens[parcel.token] else None


@pytest.mark.parametrize("loses_every", [0, 7], ids=["all is well", "every seventh answer is lost"])
def test_workers_that_drain_one_outbox_carry_each_message_once(post: Post, loses_every: int) -> None:
    carrier = Counting(loses_every=loses_every)
    for number in range(MESSAGES):
        post.text(f"Hello {number}", thread=f"thread-{number % 5}")

    def work(_: int) -> None:
        for _ in range(8):
            delivery.deliver_due({Channel.SMS: carrier}, NOW)

    for _ in range(3):
        with ThreadPoolExecutor(3) as workers:
            list(workers.map(work, range(3)))
        post.time_passes()
    delivery.deliver_due({Channel.SMS: carrier}, NOW)

    assert carrier.carried == Counter({f"Hello {number}": 1 for number in range(MESSAGES)})
    with db.Reading() as session:
        assert set(session.scalars(select(Message.state))) == {MessageState.SENT}
