from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event

from scheduling import db
from scheduling.models import Channel, Message, MessageState, Person
from scheduling.outbox import delivery, opt_outs, settling
from scheduling.outbox.carriers import ChannelBusy, ChannelDown, InDoubt, NotCarried, Parcel, TryLater
from tests.outbox.conftest import NOW, Post
from tests.outbox.outside import Answer


class Killed(BaseException):
    """The worker is killed here: not an error that anything may catch."""


# When all is well.


def test_what_is_due_goes_out_by_its_own_channel(post: Post) -> None:
    text, mail = post.text("Hello"), post.mail("Dear Sam")

    assert post.goes_out() == 2

    assert (post.texts.words, post.mails.words) == (["Hello"], ["Dear Sam"])
    for sent in (post.now_holds(text), post.now_holds(mail)):
        assert (sent.state, sent.sent_at, sent.lease_until, sent.provider_id) == (MessageState.SENT, NOW, None, "SM1")
    assert post.log_of(text) == ["handed over"]


def test_nothing_is_sent_twice_by_later_rounds(post: Post) -> None:
    post.text("Hello")

    handed_over = [post.goes_out() for _ in range(3)]

    assert handed_over == [1, 0, 0]


def test_sending_is_committed_before_the_carrier_is_called(post: Post) -> None:
    seen: list[tuple[MessageState, bool]] = []

    def look(parcel: Parcel) -> None:
        message = post.now_holds(parcel.message_id)
        seen.append((message.state, message.lease_until is not None))

    post.texts.meanwhile = look
    post.text("Hello")
    post.goes_out()

    assert seen == [(MessageState.SENDING, True)]


def test_no_transaction_is_open_during_the_call(post: Post) -> None:
    def write(_: Parcel) -> None:
        post.text("Written during the call", not_before=NOW + timedelta(days=1))

    post.texts.meanwhile = write
    post.text("Hello")

    assert post.goes_out() == 1


def test_a_message_for_tomorrow_waits_until_tomorrow(post: Post) -> None:
    post.text("Tomorrow", not_before=NOW + timedelta(days=1))

    assert post.goes_out(NOW) == 0
    assert post.goes_out(NOW + timedelta(days=1)) == 1


# What must not go any more.


def test_what_is_too_late_is_dropped_and_recorded(post: Post) -> None:
    late, good = post.text("Reminder", expires_at=NOW), post.text("Hello")

    assert post.goes_out(NOW) == 1

    assert post.now_holds(late).state is MessageState.DROPPED
    assert post.now_holds(good).state is MessageState.SENT
    assert post.history()[-1] == (
        "A text to the family was not sent (meeting booked)",
        "It was too late to be of use.",
    )


def test_the_carrier_is_told_how_long_a_message_is_of_use(post: Post) -> None:
    post.text("Reminder", expires_at=NOW + timedelta(hours=3))

    post.goes_out(NOW)

    assert post.texts.arrived[0].valid_for == timedelta(hours=3)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param(
            lambda p: setattr(p, "do_not_contact", True), "The person must not be contacted.", id="no contact"
        ),
        pytest.param(lambda p: setattr(p, "may_text", False), "The person has not agreed to texts.", id="no texts"),
        pytest.param(
            lambda p: setattr(p, "number", "+447700900999"), "The person now has another number.", id="another number"
        ),
    ],
)
def test_a_change_of_mind_after_the_text_was_written_is_obeyed(
    post: Post, change: Callable[[Person], None], why: str
) -> None:
    text = post.text("Hello")
    post.changes(change)

    assert post.goes_out() == 0

    assert post.now_holds(text).state is MessageState.DROPPED
    assert post.history()[-1][1] == why
    assert post.texts.asked == []


def test_a_person_who_wants_no_contact_gets_no_mail_either(post: Post) -> None:
    mail = post.mail("Dear Sam")
    post.changes(lambda person: setattr(person, "do_not_contact", True))

    assert post.goes_out() == 0
    assert post.now_holds(mail).state is MessageState.DROPPED


def test_stop_between_writing_and_sending_is_obeyed(post: Post) -> None:
    text = post.text("Hello")
    with db.Session.begin() as session:
        opt_outs.stop(session, "+447700900123", now=NOW)

    assert post.goes_out() == 0
    assert post.now_holds(text).state is MessageState.DROPPED


# Order.


def test_a_message_waits_for_the_earlier_one_of_its_thread(post: Post) -> None:
    post.mails.answers = [TryLater("451")]
    post.mail("Request", thread="booking-1")
    post.mail("Cancel", thread="booking-1")

    post.goes_out()
    post.goes_out()
    assert post.mails.words == []

    post.time_passes()
    post.goes_out()
    assert post.mails.words == ["Request", "Cancel"]


def test_another_thread_does_not_wait(post: Post) -> None:
    post.mails.answers = [TryLater("451")]
    post.mail("To the family", thread="booking-1-family")
    post.mail("To the mediator", thread="booking-1-mediator")

    post.goes_out()
    post.goes_out()

    assert post.mails.words == ["To the mediator"]


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param([NotCarried("550")], id="refused"),
        pytest.param([InDoubt("ReadTimeout")] * settling.SENDINGS_IN_DOUBT, id="in doubt for ever"),
    ],
)
def test_a_message_that_ended_badly_does_not_block_its_thread(post: Post, answers: list[Answer]) -> None:
    post.mails.answers = list(answers)
    post.mail("Request", thread="booking-1")
    post.mail("Cancel", thread="booking-1")

    for _ in range(3 * settling.SENDINGS_IN_DOUBT):
        post.goes_out()
        post.time_passes()

    assert post.mails.words == ["Cancel"]


# Trouble.


def test_try_later_waits_and_tries_again(post: Post) -> None:
    post.texts.answers = [TryLater("20429"), TryLater("20429")]
    text = post.text("Hello")

    post.goes_out()
    post.goes_out()
    assert len(post.texts.asked) == 1
    assert post.now_holds(text).state is MessageState.QUEUED

    post.time_passes()
    post.goes_out()
    post.time_passes()
    post.goes_out()

    assert post.texts.words == ["Hello"]
    assert post.log_of(text) == ["try later", "try later", "handed over"]
    assert post.now_holds(text).error_code is None


def test_the_waits_grow_and_are_spread(post: Post) -> None:
    post.texts.answers = [TryLater("20429")] * 6
    text = post.text("Hello")
    waits = []

    for _ in range(6):
        post.goes_out()
        with db.Reading() as session:
            next_try_at = session.get_one(Message, text).next_try_at
            assert next_try_at is not None
            waits.append((next_try_at - db.moment(session)).total_seconds())
        post.time_passes()

    assert waits == sorted(waits)
    assert waits[0] >= 4
    assert waits[-1] >= 159


def test_when_two_days_of_trying_did_not_help_a_person_is_asked(post: Post) -> None:
    tries = len(settling.RETRY_AFTER[post.now_holds(post.mail("Dear Sam")).channel]) + 1
    post.mails.answers = [TryLater("451")] * tries

    for _ in range(tries):
        post.goes_out()
        post.time_passes()
    post.goes_out()

    assert post.mails.words == []
    assert post.now_holds(1).state is MessageState.FAILED
    assert post.history()[-1] == ("A mail to the family could not be delivered (meeting booked)", "451")


def test_a_throttled_channel_is_asked_once_a_round(post: Post) -> None:
    post.texts.answers = [TryLater("20429")] * 9
    for number in range(9):
        post.text(f"Hello {number}")

    for rounds in range(1, 4):
        post.goes_out()
        assert len(post.texts.asked) == rounds


@pytest.mark.parametrize("trouble", [TryLater("20429"), InDoubt("ReadTimeout"), ChannelDown("20003")])
def test_trouble_with_texts_does_not_hold_up_the_mail(post: Post, trouble: Answer) -> None:
    post.texts.answers = [trouble] * 5
    for number in range(5):
        post.text(f"Hello {number}")
        post.mail(f"Dear Sam {number}")

    post.goes_out()

    assert len(post.texts.asked) == 1
    assert len(post.mails.words) == 5


def test_a_refusal_for_good_is_left_to_a_coordinator(post: Post) -> None:
    post.texts.answers = [NotCarried("21614")]
    refused, good = post.text("Hello"), post.text("Good")

    post.goes_out()
    post.time_passes()
    post.goes_out()

    assert (post.now_holds(refused).state, post.now_holds(refused).error_code) == (MessageState.FAILED, "21614")
    assert post.now_holds(good).state is MessageState.SENT
    assert len(post.texts.asked) == 2
    assert ("A text to the family could not be delivered (meeting booked)", "21614") in post.history()


def test_a_number_that_opted_out_at_the_carrier_is_remembered(post: Post) -> None:
    post.texts.answers = [NotCarried("21610", opted_out=True)]
    post.text("Hello")
    post.goes_out()

    with db.Reading() as session:
        assert opt_outs.has_stopped(session, "+447700900123")


def test_wrong_credentials_rest_the_channel_and_burn_no_tries(post: Post) -> None:
    post.texts.answers = [ChannelDown("20003")] * 3
    texts = [post.text(f"Hello {number}") for number in range(4)]

    for _ in range(3):
        post.goes_out()
        post.goes_out()
        post.time_passes()
    assert len(post.texts.asked) == 3
    assert [post.now_holds(text).attempts for text in texts] == [0, 0, 0, 0]

    post.goes_out()
    assert len(post.texts.words) == 4


CHANNEL_FAILS = [
    InDoubt("503"),
    ChannelBusy("20429"),
    InDoubt("ReadTimeout"),
    ChannelBusy("ConnectTimeout"),
    InDoubt("500"),
]


def test_a_carrier_that_fails_five_times_in_a_row_is_asked_once_a_minute(post: Post) -> None:
    post.texts.answers = list(CHANNEL_FAILS)
    texts = [post.text(f"Hello {number}") for number in range(8)]
    for _ in range(12):
        post.goes_out()
    assert len(post.texts.asked) == 5

    post.time_passes()
    for _ in range(2):
        post.goes_out()
        post.time_passes()

    assert len(post.texts.words) == 8, "the first that was taken has closed the breaker"
    assert {post.now_holds(text).state for text in texts} == {MessageState.SENT}


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(MessageState.SENT, id="one is taken"),
        pytest.param(NotCarried("21614"), id="one is refused for good, so somebody is there"),
    ],
)
def test_failures_that_are_not_in_a_row_rest_nobody(post: Post, answer: Answer) -> None:
    post.texts.answers = [*CHANNEL_FAILS[:4], answer, *CHANNEL_FAILS[:4]]
    for number in range(10):
        post.text(f"Hello {number}")

    for _ in range(10):
        post.goes_out()

    assert len(post.texts.asked) == 10


def test_a_mail_that_its_recipients_server_puts_off_says_nothing_of_our_own(post: Post) -> None:
    post.mails.answers = [TryLater("451")] * 7
    for number in range(8):
        post.mail(f"Dear Sam {number}")

    for _ in range(8):
        post.goes_out()

    assert post.mails.words == ["Dear Sam 7"]


def test_looks_into_a_list_do_not_count_while_nothing_of_the_carriers_works(post: Post) -> None:
    post.texts.answers = [InDoubt("503"), ChannelDown("20003")]
    post.texts.list_trouble = InDoubt("503")
    first, _ = post.text("Hello"), post.text("Hello again")
    post.goes_out()
    post.goes_out()

    for _ in range(settling.FRUITLESS_LOOKS + 1):
        post.time_passes()
        post.goes_out()
    assert post.now_holds(first).state is MessageState.SENDING

    post.texts.list_trouble = None
    for _ in range(3):
        post.time_passes()
        post.goes_out()
    assert post.texts.words == ["Hello again", "Hello"]


def test_a_refusal_that_only_looks_like_the_channels_lets_the_others_go_first(post: Post) -> None:
    post.texts.answers = [ChannelDown("21606")]
    odd, good = post.text("Odd one"), post.text("Good")
    post.goes_out()

    assert _next_try(post, odd) > _next_try(post, good)


def _next_try(post: Post, message_id: int) -> float:
    next_try_at = post.now_holds(message_id).next_try_at
    assert next_try_at is not None
    return next_try_at.timestamp()


def test_a_message_that_breaks_the_carrier_is_quarantined_while_the_others_flow(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    post.texts.answers = [KeyError("+447700900123")]
    poison = post.text("Poison")
    post.text("Good")
    assert post.goes_out() == 1
    assert post.texts.words == ["Good"]

    for _ in range(20):
        post.texts.answers = [KeyError("+447700900123")]
        post.time_passes()
        post.goes_out()

    assert post.now_holds(poison).state is MessageState.IN_DOUBT
    assert len([asked for asked in post.texts.asked if asked.body == "Poison"]) == settling.SENDINGS_IN_DOUBT
    assert "900123" not in caplog.text


# In doubt.


def test_a_message_whose_answer_was_lost_is_found_in_the_carriers_list(post: Post) -> None:
    post.texts.loses_the_answer = True
    text = post.text("Hello")

    post.goes_out()
    assert post.now_holds(text).state is MessageState.SENDING
    post.goes_out()
    assert post.texts.looked_for == [], "not before the lease has run out"

    post.time_passes()
    post.goes_out()
    assert post.texts.words == ["Hello"]
    assert (post.now_holds(text).state, post.now_holds(text).provider_id) == (MessageState.SENT, "SM1")
    assert post.log_of(text) == ["in doubt", "adopted"]


def test_a_message_that_is_twice_not_in_the_list_is_sent_again(post: Post) -> None:
    post.texts.answers = [InDoubt("503")]
    text = post.text("Hello")
    post.goes_out()

    post.time_passes()
    post.goes_out()
    assert (len(post.texts.looked_for), post.texts.words) == (1, [])
    post.goes_out()
    assert len(post.texts.looked_for) == 1, "a minute lies between two looks"

    post.time_passes()
    post.goes_out()
    assert (len(post.texts.looked_for), post.texts.words) == (2, ["Hello"])
    assert post.log_of(text) == ["in doubt", "not found", "not found", "send again", "handed over"]


def test_what_must_never_come_twice_is_left_to_a_person(post: Post) -> None:
    post.texts.answers = [InDoubt("503")]
    text = post.text("Your code is 123456", must_arrive=False)

    for _ in range(4):
        post.goes_out()
        post.time_passes()

    assert post.texts.words == []
    assert post.now_holds(text).state is MessageState.IN_DOUBT
    assert post.history()[-1] == ("A text to the family may or may not have arrived (meeting booked)", "503")


def test_doubt_does_not_last_for_ever(post: Post) -> None:
    post.texts.answers = [InDoubt("503")] * 10
    text = post.text("Hello")

    for _ in range(20):
        post.goes_out()
        post.time_passes()

    assert len(post.texts.asked) == settling.SENDINGS_IN_DOUBT
    assert post.now_holds(text).state is MessageState.IN_DOUBT


def test_a_list_that_cannot_be_read_is_no_reason_to_send_again(post: Post) -> None:
    post.texts.answers = [InDoubt("503")]
    post.texts.list_trouble = InDoubt("503")
    text = post.text("Hello")

    for _ in range(settling.FRUITLESS_LOOKS + 3):
        post.goes_out()
        post.time_passes()

    assert len(post.texts.asked) == 1
    assert post.now_holds(text).state is MessageState.IN_DOUBT


def test_a_carrier_that_hangs_is_called_once_a_round(post: Post) -> None:
    post.texts.answers = [InDoubt("ReadTimeout")]
    post.texts.list_trouble = InDoubt("ReadTimeout")
    post.text("Hello")
    post.goes_out()
    post.time_passes()
    post.text("Another")
    post.mail("Dear Sam")

    post.goes_out()

    assert (len(post.texts.looked_for), len(post.texts.asked)) == (1, 1)
    assert post.mails.words == ["Dear Sam"]
    post.goes_out()
    assert post.texts.words == ["Another"]


def test_wrong_credentials_do_not_use_up_the_looks(post: Post) -> None:
    post.texts.answers = [InDoubt("503")]
    post.texts.list_trouble = ChannelDown("20003")
    text = post.text("Hello")

    for _ in range(settling.FRUITLESS_LOOKS + 3):
        post.goes_out()
        post.time_passes()

    assert post.now_holds(text).state is MessageState.SENDING


def test_the_same_words_to_the_same_number_are_not_taken_for_one_message(post: Post) -> None:
    earlier = post.text("Hello", key="the first")
    post.goes_out()
    post.texts.loses_the_answer = False
    post.texts.answers = [InDoubt("503")]
    later = post.text("Hello", key="the second")
    post.goes_out()
    with db.Session.begin() as session:  # the list shows the first text when the second is looked for
        session.get_one(Message, earlier).token, session.get_one(Message, later).token = "0" * 32, "1" * 32
    post.texts.arrived[0] = _renamed(post.texts.arrived[0], "1" * 32)

    for _ in range(2):
        post.time_passes()
        post.goes_out()

    assert post.now_holds(later).provider_id != post.now_holds(earlier).provider_id
    assert "adopted" not in post.log_of(later)


def _renamed(parcel: Parcel, token: str) -> Parcel:
    return Parcel(**{**vars(parcel), "token": token})


# Killed.


def _is_killed(_: Parcel) -> None:
    raise Killed


def test_a_worker_killed_before_the_carrier_had_the_text_loses_nothing(post: Post) -> None:
    post.texts.meanwhile = _is_killed
    post.text("Hello")
    with pytest.raises(Killed):
        post.goes_out()
    post.texts.meanwhile = None

    for _ in range(3):
        post.time_passes()
        post.goes_out()

    assert post.texts.words == ["Hello"]


def test_a_worker_killed_after_the_carrier_had_the_text_sends_no_second(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = post.text("Hello")
    with monkeypatch.context() as killed:
        killed.setattr(delivery, "_record", lambda *_: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            post.goes_out()
    assert post.now_holds(text).state is MessageState.SENDING

    for _ in range(3):
        post.time_passes()
        post.goes_out()

    assert post.texts.words == ["Hello"]
    assert post.now_holds(text).state is MessageState.SENT


def test_a_worker_that_was_frozen_past_its_lease_does_not_call(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    text = post.text("Hello")
    claim = delivery._claim

    def freezes_after_the_claim(*args: object, **named: object) -> Parcel | None:
        parcel = claim(*args, **named)  # type: ignore[arg-type]
        post.time_passes()
        return parcel

    with monkeypatch.context() as frozen:
        frozen.setattr(delivery, "_claim", freezes_after_the_claim)
        assert post.goes_out() == 0

    assert post.texts.asked == []
    assert post.now_holds(text).state is MessageState.SENDING


def test_a_late_answer_does_not_undo_what_another_worker_did(post: Post) -> None:
    text = post.text("Hello")

    def another_takes_over(_: Parcel) -> None:
        post.texts.meanwhile = None
        for _look in range(2):
            post.time_passes()
            post.goes_out()

    post.texts.meanwhile = another_takes_over
    post.texts.answers = [MessageState.SENT]
    post.texts.lists_what_arrived = False
    post.goes_out()

    assert post.now_holds(text).state is MessageState.SENT
    assert post.now_holds(text).provider_id == "SM1"


# What breaks us.


class UnreadableError(Exception):
    """The message's own words cannot be read."""


def test_a_message_that_cannot_be_read_is_put_aside_while_the_others_go(post: Post) -> None:
    poison, fine = post.text("Poison"), post.text("Fine")

    def refuse(message: Message, _context: object) -> None:
        if message.id == poison:
            raise UnreadableError

    event.listen(Message, "load", refuse)
    try:
        assert post.goes_out() == 1
        assert post.texts.words == ["Fine"]
        for _ in range(settling.FAULTS_BEFORE_PUT_ASIDE - 1):
            post.time_passes()
            post.goes_out()
    finally:
        event.remove(Message, "load", refuse)

    held = post.now_holds(poison)
    assert (held.state, held.error_code) == (MessageState.FAILED, "UnreadableError")
    assert post.log_of(poison) == ["met a fault"] * settling.FAULTS_BEFORE_PUT_ASIDE
    assert post.history()[-1] == ("A text to the family could not be delivered (meeting booked)", "UnreadableError")
    assert post.now_holds(fine).state is MessageState.SENT


def test_a_message_that_cannot_be_read_any_more_may_have_gone(post: Post) -> None:
    post.texts.answers = [InDoubt("ReadTimeout")]
    poison = post.text("Poison")
    post.goes_out()

    def refuse(_message: Message, _context: object) -> None:
        raise UnreadableError

    event.listen(Message, "load", refuse)
    try:
        for _ in range(settling.FAULTS_BEFORE_PUT_ASIDE):
            post.time_passes()
            post.goes_out()
    finally:
        event.remove(Message, "load", refuse)

    assert post.now_holds(poison).state is MessageState.IN_DOUBT


def test_a_worker_that_is_told_to_stop_finishes_the_one_in_hand_and_claims_no_other(post: Post) -> None:
    post.text("In hand")
    waits = post.text("Waits")

    delivery.deliver_due({Channel.SMS: post.texts}, NOW, is_told_to_stop=lambda: bool(post.texts.asked))

    assert post.texts.words == ["In hand"]
    assert post.now_holds(waits).state is MessageState.QUEUED
