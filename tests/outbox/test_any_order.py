"""Whatever happens to messages in whatever order: each arrives once or is told of, and none goes back.

Workers claim, die before or after the carrier took a message, carriers refuse and lose answers, reports come late,
twice and out of order, numbers text STOP and START, and hours pass.
"""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from sqlalchemy import select

from scheduling import db
from scheduling.models import Message, MessageState, OptOut
from scheduling.outbox import delivery, opt_outs, settling
from scheduling.outbox.carriers import ChannelDown, InDoubt, NotCarried, Parcel, TryLater
from scheduling.outbox.settling import RANK
from tests import any_order, builders
from tests.outbox.conftest import NOW, Post

NUMBER = "+447700900123"
AFTER = [MessageState.SENT, MessageState.DELIVERED, MessageState.FAILED]
WAITS = {MessageState.QUEUED, MessageState.SENDING}
which = st.integers(0, 5)


class Killed(BaseException):
    """The worker is killed here."""


def killed(_: Parcel) -> None:
    """As the process ends in the middle of a call, before the carrier has anything."""
    raise Killed


class Outbox(any_order.OnARecord):
    """Some texts and mails to one family, and everything that can happen to them."""

    @initialize()
    def a_family(self) -> None:
        self.now = NOW
        with db.Session.begin() as session:
            self.post = Post(builders.case(session, builders.town(session), told="2026-11-23 10:25").id)
        self.written: list[int] = []
        self.rank: dict[int, int] = {}

    @rule(by_mail=st.booleans(), must_arrive=st.booleans(), hours=st.one_of(st.none(), st.integers(1, 30)))
    def a_message_is_written(self, *, by_mail: bool, must_arrive: bool, hours: int | None) -> None:
        words = f"Message {len(self.written)}"
        if by_mail:
            self.written.append(self.post.mail(words))
            return
        if not self.has_stopped():
            expires_at = None if hours is None else self.now + timedelta(hours=hours)
            self.written.append(self.post.text(words, must_arrive=must_arrive, expires_at=expires_at))

    @rule()
    def a_worker_comes_by(self) -> None:
        self.post.goes_out(self.now)

    @rule(answer=st.sampled_from([TryLater("20429"), NotCarried("30006"), InDoubt("ReadTimeout"), ChannelDown("401")]))
    def the_carrier_does_not_take_it(self, answer: Exception) -> None:
        for world in (self.post.texts, self.post.mails):
            world.answers = [answer]
        self.post.goes_out(self.now)
        for world in (self.post.texts, self.post.mails):
            world.answers = []

    @rule()
    def the_carrier_s_answer_is_lost(self) -> None:
        self.post.texts.loses_the_answer = self.post.mails.loses_the_answer = True
        self.post.goes_out(self.now)

    @rule(has_taken_it=st.booleans())
    def the_worker_is_killed(self, *, has_taken_it: bool) -> None:
        for world in (self.post.texts, self.post.mails):
            world.meanwhile = (lambda parcel, world=world: takes(world.arrived, parcel)) if has_taken_it else killed
        with suppress(Killed):
            self.post.goes_out(self.now)
        for world in (self.post.texts, self.post.mails):
            world.meanwhile = None

    @rule(number=which, state=st.sampled_from(AFTER), again=st.booleans())
    def a_report_comes(self, number: int, state: MessageState, *, again: bool) -> None:
        """The carrier reports only what it has been handed."""
        arrived = [*self.post.texts.arrived, *self.post.mails.arrived]
        for parcel in arrived[number : number + 1]:
            with db.Session.begin() as session:
                delivery.report(
                    session,
                    token=parcel.token,
                    status=state,
                    provider_id="",
                    error_code="30003" if state is MessageState.FAILED else None,
                    now=self.now,
                    again_after=timedelta(minutes=5) if again else None,
                )

    @rule()
    def the_number_texts_stop(self) -> None:
        with db.Session.begin() as session:
            opt_outs.stop(session, NUMBER, now=self.now)

    @rule()
    def the_number_texts_start(self) -> None:
        with db.Session.begin() as session:
            opt_outs.start(session, NUMBER)

    @rule(hours=st.integers(1, 12))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.post.time_passes()

    def has_stopped(self) -> bool:
        with db.Reading() as session:
            return session.scalar(select(OptOut.number).limit(1)) is not None

    @invariant()
    def nobody_gets_two_copies(self) -> None:
        arrived = [parcel.token for parcel in [*self.post.texts.arrived, *self.post.mails.arrived]]
        assert set(Counter(arrived).values()) <= {1}

    @invariant()
    def nothing_is_lost_and_what_reached_nobody_is_told_of(self) -> None:
        with db.Reading() as session:
            rows = {message.id: message for message in session.scalars(select(Message))}
            assert set(self.written) <= set(rows)
            arrived = {parcel.message_id for parcel in [*self.post.texts.arrived, *self.post.mails.arrived]}
            for message in rows.values():
                assert (message.state is MessageState.SENDING) == (message.lease_until is not None)
                if message.state in {MessageState.SENT, MessageState.DELIVERED}:
                    assert message.id in arrived
                if message.state not in WAITS | {MessageState.SENT, MessageState.DELIVERED}:
                    assert self.is_told_of(message, {row.key for row in rows.values()})

    def is_told_of(self, message: Message, keys: set[str]) -> bool:
        """In the case's history; or another copy is on its way, of which the same holds."""
        return message.key + settling.AGAIN in keys or any(message.purpose in what for what, _ in self.post.history())

    @invariant()
    def no_message_goes_back(self) -> None:
        with db.Reading() as session:
            for message in session.scalars(select(Message)):
                before, here = self.rank.get(message.id, 0), RANK[message.state]
                assert here >= before or (message.state in WAITS and before < RANK[MessageState.SENT])
                self.rank[message.id] = here


def takes(arrived: list[Parcel], parcel: Parcel) -> None:
    """The carrier takes it, and in that moment the worker is killed."""
    arrived.append(parcel)
    raise Killed


def test_no_message_is_lost_doubled_or_taken_back_whatever_happens_in_whatever_order(sqlite_template: Path) -> None:
    any_order.run(Outbox, sqlite_template, examples=15, steps=30)
