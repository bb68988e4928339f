from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import db
from scheduling.models import Message, MessageState
from scheduling.outbox import delivery, settling
from scheduling.outbox.carriers import InDoubt, Parcel
from tests.outbox.conftest import NOW, Post

UNDER_WAY = [MessageState.SENT]
FINAL = [MessageState.DELIVERED, MessageState.FAILED]


def reported(
    post: Post, token: str, status: MessageState, *, code: str | None = None, again_after: timedelta | None = None
) -> int | None:
    with db.Session.begin() as session:
        message = delivery.report(
            session,
            token=token,
            status=status,
            provider_id="SM1",
            error_code=code,
            now=NOW,
            again_after=again_after,
        )
        return None if message is None else message.id


@given(
    before=st.sampled_from([MessageState.SENDING, MessageState.QUEUED, MessageState.SENT, MessageState.IN_DOUBT]),
    final=st.sampled_from(FINAL),
    reports=st.lists(st.sampled_from(UNDER_WAY), max_size=6),
    data=st.data(),
)
def test_whatever_order_reports_come_in_the_final_one_wins(
    before: MessageState, final: MessageState, reports: list[MessageState], data: st.DataObject
) -> None:
    message = Message(state=before)

    for status in data.draw(st.permutations([*reports, final, final])):
        rank = settling.RANK[message.state]
        settling.advance(message, status, NOW)
        assert settling.RANK[message.state] >= rank

    assert message.state is final


def test_a_message_is_followed_to_the_handset(post: Post) -> None:
    text = post.text("Hello")
    post.goes_out()
    token = post.now_holds(text).token

    for status in (MessageState.DELIVERED, MessageState.SENT, MessageState.DELIVERED):
        assert reported(post, token, status) == text

    assert (post.now_holds(text).state, post.now_holds(text).delivered_at) == (MessageState.DELIVERED, NOW)


def test_an_unknown_token_is_nobodys(post: Post) -> None:
    assert reported(post, "f" * 32, MessageState.DELIVERED) is None


def test_a_report_settles_a_message_in_doubt_at_once(post: Post) -> None:
    post.texts.loses_the_answer = True
    text = post.text("Hello")
    post.goes_out()

    reported(post, post.now_holds(text).token, MessageState.SENT)
    post.time_passes()
    post.goes_out()

    assert (post.now_holds(text).state, post.now_holds(text).provider_id) == (MessageState.SENT, "SM1")
    assert post.texts.looked_for == []
    assert post.texts.words == ["Hello"]


def test_a_report_that_overtakes_the_carriers_answer_is_not_undone_by_it(post: Post) -> None:
    def overtakes(parcel: Parcel) -> None:
        reported(post, parcel.token, MessageState.DELIVERED)

    post.texts.meanwhile = overtakes
    text = post.text("Hello")
    post.goes_out()

    assert post.now_holds(text).state is MessageState.DELIVERED


def test_a_report_that_comes_during_a_look_ends_the_doubt(post: Post) -> None:
    post.texts.answers = [InDoubt("503")]
    text = post.text("Hello")
    post.goes_out()
    reported(post, post.now_holds(text).token, MessageState.DELIVERED)

    for _ in range(3):
        post.time_passes()
        post.goes_out()

    assert len(post.texts.asked) == 1
    assert post.now_holds(text).state is MessageState.DELIVERED


def test_a_text_that_never_arrived_is_a_coordinators_to_see_to(post: Post) -> None:
    text = post.text("Hello")
    post.goes_out()

    reported(post, post.now_holds(text).token, MessageState.FAILED, code="30005")

    assert (post.now_holds(text).state, post.now_holds(text).error_code) == (MessageState.FAILED, "30005")
    assert post.history()[-1] == ("A text to the family could not be delivered (meeting booked)", "30005")


@pytest.mark.parametrize("fails_again", [False, True], ids=["arrives the second time", "fails the second time"])
def test_a_handset_that_was_off_is_tried_once_more(post: Post, *, fails_again: bool) -> None:
    text = post.text("Hello")
    post.goes_out()
    later = timedelta(minutes=45)
    reported(post, post.now_holds(text).token, MessageState.FAILED, code="30003", again_after=later)
    assert post.goes_out() == 0

    post.time_passes()
    assert post.goes_out() == 1
    second = post.now_holds(text + 1)
    status = MessageState.FAILED if fails_again else MessageState.DELIVERED
    reported(post, second.token, status, code="30003", again_after=later)

    assert post.now_holds(text).dealt_with_at == NOW
    assert (post.now_holds(second.id).state, post.now_holds(second.id).dealt_with_at) == (status, None)
    assert post.count() == 2


def test_what_a_later_text_has_replaced_is_not_sent_again(post: Post) -> None:
    old = post.text("Thursday", thread="texts-of-booking-1")
    post.text("Friday", thread="texts-of-booking-1")
    post.goes_out()

    reported(post, post.now_holds(old).token, MessageState.FAILED, code="30003", again_after=timedelta(minutes=45))
    post.time_passes()
    post.goes_out()

    assert post.texts.words == ["Thursday", "Friday"]
    assert post.history()[-1] == ("A text to the family could not be delivered (meeting booked)", "30003")
