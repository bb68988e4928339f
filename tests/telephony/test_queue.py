"""Waiting for a person on the line, and the calls that we make: told from both ends of the telephone."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling import clock, db
from scheduling.cases import calling, ringing
from scheduling.models import (
    Booking,
    BookingKind,
    CallBack,
    CallOutcome,
    Case,
    Channel,
    Contact,
    LeftQueue,
    Message,
    MessageState,
    OutgoingCall,
    Person,
    QueuePlace,
    Role,
    Rung,
    Staff,
)
from telephony import phrases
from tests import builders
from tests.telephony.conftest import ACCOUNT, MOBILE, NOW, Handset, Twilio, parsed

ADVISER = "+447700900301"


@pytest.fixture(autouse=True)
def an_adviser_with_a_telephone(app: Flask) -> None:
    with db.Session.begin() as session:
        session.scalars(select(Staff)).one().number = ADVISER


class OurCall:
    """A call that we make, as the provider leads it: it asks for documents, and tells how far it has come."""

    def __init__(self, twilio: Twilio, token: str) -> None:
        self.twilio, self.token, self.sid = twilio, token, f"CA{token}"
        self.document = ""

    def picks_up(self) -> "OurCall":
        return self._ask(f"/twilio/call/{self.token}", {"AnsweredBy": ""})

    def goes_on(self) -> "OurCall":
        """Nothing is pressed, and the document leads to the next."""
        redirect = parsed(self.document).find("Redirect")
        assert redirect is not None, self.document
        return self._ask(str(redirect.text), {})

    def presses(self, key: str) -> "OurCall":
        gather = parsed(self.document).find("Gather")
        assert gather is not None, self.document
        return self._ask(gather.attrib["action"], {"Digits": key})

    def is_heard_as(self, answered_by: str) -> "OurCall":
        assert self._post(f"/twilio/call/{self.token}/machine", {"AnsweredBy": answered_by}) == 204
        return self

    def is_told(self, status: str) -> None:
        assert self._post(f"/twilio/status/{self.token}", {"CallStatus": status}) == 204

    @property
    def hears(self) -> str:
        return " ".join("".join(say.itertext()) for say in parsed(self.document).iter("Say"))

    @property
    def meets(self) -> str | None:
        queue = parsed(self.document).find("Dial/Queue")
        return None if queue is None else queue.text

    @property
    def waits_in(self) -> str | None:
        queue = parsed(self.document).find("Enqueue")
        return None if queue is None else queue.text

    def _ask(self, path: str, fields: dict[str, str]) -> "OurCall":
        response = self.twilio.post(path, {"CallSid": self.sid, "AccountSid": ACCOUNT, **fields})
        assert response.status_code == 200, response.text
        self.document = response.text
        assert "record" not in self.document.lower()
        return self

    def _post(self, path: str, fields: dict[str, str]) -> int:
        return self.twilio.post(path, {"CallSid": self.sid, "AccountSid": ACCOUNT, **fields}).status_code


def rings(twilio: Twilio, number: str) -> OurCall:
    """The call that the worker would place now, taken from the outbox as it does."""
    with db.Session.begin() as session:
        due = select(Message).where(Message.channel == Channel.CALL, Message.state == MessageState.QUEUED)
        message = session.scalars(due.where(Message.address == number)).one()
        message.state = MessageState.SENT
        return OurCall(twilio, message.token)


def nobody_rings() -> bool:
    with db.Reading() as session:
        return session.scalar(select(Message.id).where(Message.state == MessageState.QUEUED).limit(1)) is None


def waiting_words(twilio: Twilio, sid: str) -> str:
    response = twilio.post("/twilio/queue/wait", {"CallSid": sid, "AccountSid": ACCOUNT, "QueuePosition": "7"})
    return " ".join("".join(say.itertext()) for say in parsed(response.text).iter("Say"))


def leaves(call: Handset, result: str) -> Handset:
    """The wait is over: the provider asks for what follows where the queue was entered."""
    enqueue = parsed(call.document).find("Enqueue")
    assert enqueue is not None, call.document
    return call._ask(enqueue.attrib["action"], {"QueueResult": result})


def test_zero_leads_to_the_queue_while_an_adviser_takes_calls(twilio: Twilio) -> None:
    call = twilio.call().presses("0").presses("2")

    assert call.hears == phrases.PLEASE_WAIT
    enqueue = parsed(call.document).find("Enqueue")
    assert enqueue is not None
    assert (enqueue.text, enqueue.attrib["waitUrl"]) == ("CA1", "/twilio/queue/wait")


@pytest.mark.parametrize(
    ("answer", "comes_first"),
    [
        pytest.param("1", True, id="a date runs out"),
        pytest.param("2", False, id="none does"),
        pytest.param("0", False, id="a person at once"),
        pytest.param("", False, id="silence"),
        pytest.param("7", False, id="rubbish"),
    ],
)
def test_one_question_decides_who_comes_first_and_holds_nobody_up(
    twilio: Twilio, answer: str, comes_first: bool
) -> None:
    call = twilio.call().presses("0")
    assert call.hears == phrases.DEADLINE

    call.presses(answer)

    assert call.hears == phrases.PLEASE_WAIT
    with db.Reading() as session:
        assert session.scalars(select(QueuePlace.deadline_soon)).one() is comes_first


def test_the_position_is_said_only_when_it_has_changed(twilio: Twilio) -> None:
    first = twilio.call("CA1").presses("0").presses("2")
    twilio.call("CA2").presses("0").presses("2")

    heard = [waiting_words(twilio, "CA2") for _ in range(2)]
    leaves(first, "hangup")
    heard.append(waiting_words(twilio, "CA2"))

    assert heard == [
        f"You are number 2 in the line. {phrases.CALL_BACK_INSTEAD}",
        f"{phrases.STILL_WAITING} {phrases.CALL_BACK_INSTEAD}",
        f"You are next. {phrases.CALL_BACK_INSTEAD}",
    ]


def test_an_adviser_hears_what_it_is_about_and_takes_it_by_a_key(twilio: Twilio) -> None:
    call = twilio.call().presses("1").presses("1").presses("0")

    adviser = rings(twilio, ADVISER).picks_up()
    assert adviser.hears == "Advice call. Deadline soon. Waited 0 minutes. Press 1 to take it."
    adviser.presses("1")

    assert adviser.meets == call.sid
    with db.Reading() as session:
        assert session.scalars(select(QueuePlace.result)).one() is LeftQueue.TAKEN
        assert session.scalars(select(Contact.handled_at)).one() == NOW
    assert leaves(call, "bridged").is_over


def test_a_voicemail_of_the_adviser_never_takes_a_call(twilio: Twilio) -> None:
    twilio.call().presses("0").presses("2")

    adviser = rings(twilio, ADVISER).picks_up().goes_on().goes_on()
    adviser.is_told("completed")

    assert adviser.hears == phrases.OUR_GOODBYE
    with db.Reading() as session:
        assert session.scalars(select(QueuePlace.result)).one() is None
        assert session.scalars(select(OutgoingCall.outcome)).one() is CallOutcome.NOT_TAKEN


def test_the_next_adviser_is_rung_when_the_first_does_not_answer(twilio: Twilio) -> None:
    with db.Session.begin() as session:
        builders.staff(session, Role.ADVISER, "Sam").number = "+447700900302"
    twilio.call().presses("0").presses("2")

    rings(twilio, ADVISER).is_told("no-answer")

    assert rings(twilio, "+447700900302").picks_up().presses("1").meets == "CA1"


def test_a_key_pressed_twice_takes_the_call_once(twilio: Twilio) -> None:
    twilio.call().presses("0").presses("2")
    adviser = rings(twilio, ADVISER).picks_up()
    asked = adviser.document

    first = adviser.presses("1").document
    adviser.document = asked

    assert adviser.presses("1").document == first


def test_who_presses_one_while_waiting_is_rung_back_in_their_turn(twilio: Twilio) -> None:
    call = twilio.call().presses("0").presses("2")
    response = twilio.post("/twilio/queue/pressed", {"CallSid": "CA1", "AccountSid": ACCOUNT, "Digits": "1"})
    assert parsed(response.text).find("Leave") is not None

    leaves(call, "leave")
    assert call.hears.startswith(phrases.KEEPS_PLACE)
    while not call.is_over:
        call.presses("1")

    with db.Reading() as session:
        place, call_back = session.scalars(select(QueuePlace)).one(), session.scalars(select(CallBack)).one()
        assert (place.result, call_back.in_line_since) == (LeftQueue.CALL_BACK, place.entered_at)


def test_who_hangs_up_in_the_queue_is_not_rung(twilio: Twilio) -> None:
    call = twilio.call().presses("0").presses("2")
    rings(twilio, ADVISER).is_told("no-answer")

    twilio.post("/twilio/voice-ended", {"CallSid": "CA1", "AccountSid": ACCOUNT, "CallStatus": "completed"})
    leaves(call, "hangup")

    with db.Reading() as session:
        assert session.scalars(select(QueuePlace.result)).one() is LeftQueue.HUNG_UP
        assert session.scalar(select(CallBack)) is None
    assert nobody_rings()


def test_who_hangs_up_while_an_adviser_is_rung_is_not_announced_to_them(twilio: Twilio) -> None:
    twilio.call().presses("0").presses("2")
    adviser = rings(twilio, ADVISER)

    twilio.post("/twilio/voice-ended", {"CallSid": "CA1", "AccountSid": ACCOUNT, "CallStatus": "completed"})
    adviser.picks_up()

    assert adviser.hears == phrases.NOBODY_THERE
    assert parsed(adviser.document).find("Hangup") is not None
    adviser.is_told("completed")
    with db.Reading() as session:
        assert session.scalars(select(OutgoingCall.outcome)).one() is CallOutcome.NOT_TAKEN


def test_who_hangs_up_before_the_adviser_is_rung_lets_them_in_peace(twilio: Twilio) -> None:
    twilio.call().presses("0").presses("2")

    twilio.post("/twilio/voice-ended", {"CallSid": "CA1", "AccountSid": ACCOUNT, "CallStatus": "completed"})

    assert nobody_rings()
    the_clock_ticks()
    with db.Reading() as session:
        assert session.scalars(select(OutgoingCall.outcome)).one() is CallOutcome.NOT_PLACED


def test_a_queue_that_fails_leads_to_a_call_back(twilio: Twilio) -> None:
    call = leaves(twilio.call().presses("0").presses("2"), "system-error")

    assert call.hears.startswith(phrases.A_PERSON_WILL_CALL)
    assert call.step == "call-back"


def test_two_callers_who_hide_their_number_have_a_place_each(twilio: Twilio) -> None:
    for sid in ("CA1", "CA2"):
        twilio.call(sid, sender="anonymous").presses("0").presses("2")

    with db.Reading() as session:
        assert set(session.scalars(select(QueuePlace.call_sid))) == {"CA1", "CA2"}


def test_another_language_is_not_put_through_to_whoever_is_there(twilio: Twilio) -> None:
    assert twilio.call().presses("3").step == "call-back"


@pytest.fixture
def session_now(app: Flask) -> int:
    """An advice session that begins now."""
    with db.Session.begin() as session:
        adviser = session.scalars(select(Staff)).one()
        council = builders.authority(session, "Anywhere", "999")
        case = Case(
            reference="10000008",
            person=Person(name="Sam Green", number=MOBILE),
            authority=council,
            opened_at=NOW - timedelta(days=1),
        )
        booking = Booking(
            uid="b-1",
            kind=BookingKind.ADVICE,
            case=case,
            adviser=adviser,
            starts_at=NOW,
            ends_at=NOW + timedelta(minutes=30),
            booked_at=NOW - timedelta(days=1),
        )
        session.add(booking)
        session.flush()
        return booking.id


def the_clock_ticks() -> None:
    with db.Session.begin() as session:
        ringing.ring_due_sessions(session, now=clock.now())
        calling.settle(session, now=clock.now())


def adviser_is_there(twilio: Twilio) -> OurCall:
    the_clock_ticks()
    return rings(twilio, ADVISER).picks_up().presses("1")


@pytest.mark.usefixtures("session_now")
def test_a_session_brings_both_together_and_tells_nobody_else(twilio: Twilio) -> None:
    adviser = adviser_is_there(twilio)
    family = rings(twilio, MOBILE).picks_up()
    assert family.hears == "Hello."

    family.is_heard_as("human").goes_on()
    assert family.hears == "This is a call for Sam. If you are Sam, press 1. If not, please hang up. Thank you."
    family.presses("1")

    assert family.meets == adviser.waits_in
    for call in (family, adviser):
        call.is_told("completed")
    with db.Reading() as session:
        assert set(session.scalars(select(Message.state))) == {MessageState.DELIVERED}
        assert set(session.scalars(select(OutgoingCall.outcome))) == {CallOutcome.TAKEN}


@pytest.mark.usefixtures("session_now")
@pytest.mark.parametrize(
    ("answered_by", "may_leave_message", "hears", "outcome"),
    [
        pytest.param("machine_end_beep", False, "", CallOutcome.MACHINE, id="nothing is left unasked"),
        pytest.param("unknown", True, "", CallOutcome.MACHINE, id="who knows what answered: nothing"),
        pytest.param("fax", True, "", CallOutcome.MACHINE, id="a fax reads nothing"),
        pytest.param(
            "machine_end_beep",
            True,
            "Hello. This is a message for somebody at this number. We will call again. Thank you.",
            CallOutcome.MESSAGE_LEFT,
            id="one neutral sentence where the record allows it",
        ),
    ],
)
def test_an_answering_machine_gets_nothing_but_what_was_agreed(
    twilio: Twilio, answered_by: str, may_leave_message: bool, hears: str, outcome: CallOutcome
) -> None:
    with db.Session.begin() as session:
        session.scalars(select(Person)).one().may_leave_message = may_leave_message
    adviser = adviser_is_there(twilio)

    family = rings(twilio, MOBILE).picks_up().is_heard_as(answered_by).goes_on()

    assert family.hears == hears
    with db.Reading() as session:
        familys = select(OutgoingCall.outcome).where(OutgoingCall.rung == Rung.FAMILY)
        assert session.scalars(familys).one() is outcome
    adviser._ask(f"/twilio/call/{adviser.token}/wait/1", {})
    assert parsed(adviser.document).find("Leave") is not None
    assert adviser._ask(f"/twilio/call/{adviser.token}/after", {}).hears == phrases.FAMILY_NOT_REACHED


@pytest.mark.usefixtures("session_now")
def test_somebody_else_who_picks_up_hears_no_more_than_a_name(twilio: Twilio) -> None:
    adviser_is_there(twilio)
    family = rings(twilio, MOBILE).picks_up()

    heard = [family.hears]
    while parsed(family.document).find("Hangup") is None:
        heard.append(family.goes_on().hears)

    assert set(heard) - {""} == {"Hello.", phrases.screening("Sam"), phrases.OUR_GOODBYE}


@pytest.mark.usefixtures("session_now")
def test_the_word_that_was_agreed_is_said_first(twilio: Twilio) -> None:
    with db.Session.begin() as session:
        session.scalars(select(Person)).one().code_word = "Bluebell"
    adviser_is_there(twilio)

    family = rings(twilio, MOBILE).picks_up().is_heard_as("human").goes_on()

    assert family.hears.startswith("Bluebell. This is a call for Sam.")


@pytest.mark.usefixtures("session_now")
@pytest.mark.parametrize("statuses", [("completed", "in-progress", "ringing"), ("busy", "busy")])
def test_statuses_count_once_in_whatever_order_they_come(twilio: Twilio, statuses: tuple[str, ...]) -> None:
    the_clock_ticks()
    adviser = rings(twilio, ADVISER)

    for status in statuses:
        adviser.is_told(status)

    with db.Reading() as session:
        message = session.scalars(select(Message)).one()
        assert (message.state, message.dealt_with_at) == (MessageState.FAILED, NOW)


def test_a_call_that_is_not_ours_is_not_found(twilio: Twilio) -> None:
    for path in ("/twilio/call/nobody", "/twilio/call/nobody/machine", "/twilio/status/nobody"):
        fields = {"CallSid": "CA1", "AccountSid": ACCOUNT, "CallStatus": "ringing"}
        assert twilio.post(path, fields).status_code == 404
