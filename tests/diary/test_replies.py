"""The post is read: answers to invites are noted or not believed, bounces reach the outbox, people's letters wait."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from scheduling import db
from scheduling.cases import worklist
from scheduling.diary import attendance, bookings, post, replies
from scheduling.diary.attendance import NothingToInviteTo, SeenAlready
from scheduling.models import (
    SERVICE,
    Actor,
    Attendance,
    Attends,
    Booking,
    BookingKind,
    Case,
    InboundMail,
    MailKind,
    Message,
    MessageState,
    Role,
    Side,
)
from scheduling.outbox import invites
from scheduling.outbox.mailbox import Arrived
from tests import builders
from tests.diary import mails

NOW = builders.moment("2026-11-24 10:00")
LATER = builders.moment("2026-11-24 11:00")
OFFICER, FAMILY, MEDIATOR = "olu@barnet.example", "sam@family.example", "morgan.of.barnet@mediators.example"


@dataclass
class Desk:
    """The service's mailbox, what it kept of it, and the meeting that everybody was invited to."""

    booking_id: int
    inbox: list[Arrived] = field(default_factory=list)
    read: list[str] = field(default_factory=list)

    def waiting(self) -> Iterator[Arrived]:
        yield from [mail for mail in self.inbox if mail.name not in self.read]

    def put_away(self, mail: Arrived) -> None:
        self.read.append(mail.name)

    def gets(self, *raw: bytes, is_whole: bool = True, at: datetime = LATER) -> InboundMail:
        """These mails arrive, and the worker looks once; gives what it kept of the last."""
        for one in raw:
            name = str(len(self.inbox))
            self.inbox.append(Arrived(name=name, raw=one, is_whole=is_whole, arrived_at=at))
        post.receive_due(self, LATER)
        return self.kept()[-1]

    def kept(self) -> list[InboundMail]:
        with db.Reading() as session:
            return list(session.scalars(select(InboundMail).order_by(InboundMail.id)))

    def said(self) -> dict[str, tuple[Attends, int]]:
        with db.Reading() as session:
            return {one.label: (one.answer, one.sequence) for one in session.scalars(select(Attendance))}

    def history(self) -> list[str]:
        with db.Reading() as session:
            return [entry.what for entry in session.get_one(Booking, self.booking_id).case.history]

    def invite_to(self, label: str) -> Message:
        with db.Reading() as session:
            wanted = select(Message).where(Message.recipient == label, Message.calendar.is_not(None))
            return session.scalars(wanted.order_by(Message.id)).one()

    def changes(self, change: Callable[[Booking], None]) -> None:
        with db.Session.begin() as session:
            change(session.get_one(Booking, self.booking_id))


@pytest.fixture
def desk(engine: Engine) -> Desk:
    with db.Session.begin() as session:
        barnet = builders.town(session)
        booking = Booking(
            uid=mails.UID,
            kind=BookingKind.MEDIATION,
            case=builders.case(session, barnet, told="2026-11-23 10:25"),
            starts_at=builders.moment("2026-12-10 10:00"),
            ends_at=builders.moment("2026-12-10 12:00"),
            room=barnet.venue.rooms[0],
            mediator=barnet.mediator,
            officer=barnet.officer,
            booked_at=NOW,
        )
        bookings.keep(session, booking)
        for message in invites.send(session, booking, now=NOW):
            message.state = MessageState.SENT
        return Desk(booking.id)


def reply(who: str, partstat: str, *, sequence: int = 0) -> bytes:
    return mails.outlook(who, partstat=partstat, sequence=sequence)


# What is believed.


@pytest.mark.parametrize(
    ("raw", "label", "attends"),
    [
        pytest.param(reply(OFFICER, "ACCEPTED"), "the authority", Attends.YES, id="the officer accepts in Outlook"),
        pytest.param(mails.gmail(FAMILY), "the family", Attends.NO, id="the family declines in Gmail"),
        pytest.param(mails.apple(MEDIATOR), "the mediator", Attends.PERHAPS, id="the mediator is not sure, by Apple"),
    ],
)
def test_an_answer_is_noted_for_whoever_gave_it(desk: Desk, raw: bytes, label: str, attends: Attends) -> None:
    kept = desk.gets(raw)

    assert desk.said() == {label: (attends, 0)}
    assert (kept.kind, kept.booking_id, kept.handled_at) == (MailKind.CALENDAR, desk.booking_id, LATER)
    assert kept.outcome == f"The {label.removeprefix('the ')} {attends}, says the answer to the invite."
    assert kept.outcome.removesuffix(".") in desk.history()


def test_the_last_word_counts(desk: Desk) -> None:
    desk.gets(reply(OFFICER, "ACCEPTED"), reply(OFFICER, "DECLINED"))

    assert desk.said() == {"the authority": (Attends.NO, 0)}


def test_an_answer_that_says_no_moves_nothing(desk: Desk) -> None:
    desk.gets(reply(OFFICER, "DECLINED"))

    with db.Reading() as session:
        booking = session.get_one(Booking, desk.booking_id)
        assert (booking.is_live, booking.sequence) == (True, 0)


def test_another_time_that_is_proposed_is_written_down(desk: Desk) -> None:
    kept = desk.gets(mails.counter(OFFICER))

    with db.Reading() as session:
        said = session.scalars(select(Attendance)).one()
    assert (said.proposes, said.proposes_at) == (True, builders.moment("2026-12-11 14:00"))
    assert (said.label, said.answer) == ("the authority", Attends.PERHAPS)
    assert kept.outcome == "The authority proposes another time: 2pm on Friday 11 December 2026."


def test_words_beside_an_answer_are_a_coordinators_to_read(desk: Desk) -> None:
    said = mails.outlook(OFFICER, comment="Please ring me first\\, I have a new number.")

    kept = desk.gets(said)

    assert desk.said() == {"the authority": (Attends.YES, 0)}
    assert kept.handled_at is None
    assert kept.outcome == (
        "The authority comes, says the answer to the invite. They add: “Please ring me first, I have a new number.”"
    )
    with db.Reading() as session:
        tasks = [item.who for item in worklist.items(session, now=LATER) if item.mail is not None]
        assert tasks == [Role.COORDINATOR]
        assert "new number" not in "".join(desk.history())


def test_an_answer_to_the_time_before_says_nothing_of_the_new_one(desk: Desk) -> None:
    desk.gets(reply(OFFICER, "ACCEPTED"))
    desk.changes(lambda booking: setattr(booking, "sequence", 1))

    with db.Reading() as session:
        places = attendance.of(session, session.get_one(Booking, desk.booking_id))
        assert [(place.invited.label, place.answer) for place in places] == [
            ("the family", None),
            ("the authority", None),
            ("the mediator", None),
        ]


# What is not.


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        pytest.param(reply("thief@elsewhere.example", "DECLINED"), "wrong sender", id="nobody whom we invited"),
        pytest.param(
            reply(OFFICER, "DECLINED").replace(b"From: ", b"From: thief@elsewhere.example\r\nX-From: "),
            "wrong sender",
            id="for somebody else",
        ),
        pytest.param(
            mails.gmail(FAMILY).replace(f"mailto:{FAMILY}".encode(), f"mailto:{OFFICER}".encode()),
            "wrong sender",
            id="a party for the other",
        ),
        pytest.param(
            b"Authentication-Results: mx.ours.example; dmarc=fail\r\n" + reply(OFFICER, "DECLINED"),
            "disowned",
            id="its domain did not send it",
        ),
        pytest.param(
            mails.gmail(FAMILY).replace(mails.UID.encode(), b"b-00@common-ground.example"),
            "unknown",
            id="no such booking",
        ),
        pytest.param(reply(OFFICER, "DELEGATED"), "no answer", id="neither yes nor no"),
    ],
)
def test_what_cannot_be_believed_changes_nothing_and_is_logged_by_ids(
    desk: Desk, caplog: pytest.LogCaptureFixture, raw: bytes, why: str
) -> None:
    with caplog.at_level(logging.INFO):
        kept = desk.gets(raw)

    assert desk.said() == {}
    assert kept.kind is MailKind.CALENDAR
    (record,) = [one for one in caplog.records if one.message == "answer refused"]
    assert vars(record)["why"] == why
    for one in caplog.records:
        for private in (OFFICER, FAMILY, "thief", mails.UID):
            assert private not in f"{one.getMessage()}{vars(one)}"


def test_an_answer_of_somebody_strange_that_knows_our_invite_is_looked_at(desk: Desk) -> None:
    assert desk.gets(reply("her.secretary@barnet.example", "DECLINED")).handled_at is None


def test_an_answer_to_an_earlier_time_is_stale(desk: Desk) -> None:
    desk.changes(lambda booking: setattr(booking, "sequence", 2))

    kept = desk.gets(reply(OFFICER, "ACCEPTED", sequence=1))

    assert desk.said() == {}
    assert kept.outcome == "It is about an earlier time, which has changed since."


def test_an_answer_to_a_meeting_that_was_cancelled_is_only_kept(desk: Desk) -> None:
    with db.Session.begin() as session:
        booking = session.get_one(Booking, desk.booking_id)
        bookings.cancel(session, booking, caused_by=Side.FAMILY, because="Settled.", by=SERVICE, now=NOW)

    kept = desk.gets(reply(OFFICER, "ACCEPTED"))

    assert (desk.said(), kept.handled_at) == ({}, LATER)


def test_a_mediator_who_was_replaced_answers_for_nobody(desk: Desk) -> None:
    with db.Session.begin() as session:
        booking = session.get_one(Booking, desk.booking_id)
        assert booking.case.authority is not None
        booking.mediator = builders.mediator(session, booking.case.authority, "Noor")

    desk.gets(reply(MEDIATOR, "ACCEPTED"))

    assert desk.said() == {}


def test_whoever_was_never_invited_answers_nothing(desk: Desk) -> None:
    with db.Session.begin() as session:
        booking = session.get_one(Booking, desk.booking_id)
        assert booking.case.authority is not None
        booking.mediator = builders.mediator(session, booking.case.authority, "Noor")

    desk.gets(reply("noor@mediators.example", "ACCEPTED"))

    assert desk.said() == {}


# Read once.


def test_the_same_mail_twice_is_read_once(desk: Desk) -> None:
    raw = reply(OFFICER, "ACCEPTED")

    desk.gets(raw, raw)
    desk.gets(raw)

    assert len(desk.kept()) == 1
    assert desk.read == ["0", "1", "2"]


def test_a_mail_that_could_not_be_put_away_comes_again_and_changes_nothing(desk: Desk) -> None:
    desk.gets(reply(OFFICER, "DECLINED"))
    with db.Session.begin() as session:
        said = session.scalars(select(Attendance)).one()
        attendance.seen(said, by=_adviser(said), now=LATER)
    desk.read.clear()

    post.receive_due(desk, LATER)

    with db.Reading() as session:
        assert session.scalars(select(Attendance)).one().seen_at == LATER


def test_a_mail_that_meets_a_bug_stays_and_keeps_nobody_waiting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(replies, "take", lambda *_, **__: 1 / 0)

    kept = desk.gets(reply(OFFICER, "ACCEPTED"), mails.letter(FAMILY))

    assert (kept.kind, desk.read) == (MailKind.LETTER, ["1"])
    (record,) = [one for one in caplog.records if one.message == "mail met a fault"]
    assert vars(record)["fault"] == "ZeroDivisionError"


# Mails of ours that come back.


def test_a_mail_that_did_not_arrive_is_a_coordinators_to_see_to(desk: Desk) -> None:
    invite = desk.invite_to("the authority")

    kept = desk.gets(mails.bounce(invite.token))

    after = desk.invite_to("the authority")
    assert (after.state, after.error_code, after.dealt_with_at) == (MessageState.FAILED, "5.1.1", None)
    assert (kept.kind, kept.message_id, kept.booking_id) == (MailKind.BOUNCE, invite.id, desk.booking_id)
    assert kept.outcome == "A mail of ours to the authority did not arrive."
    assert "A mail to the authority could not be delivered (meeting booked)" in desk.history()


@pytest.mark.parametrize(
    ("action", "state"),
    [
        pytest.param("delayed", MessageState.SENT, id="the other server goes on trying"),
        pytest.param("relayed", MessageState.SENT, id="passed on"),
        pytest.param("delivered", MessageState.DELIVERED, id="it says that it arrived"),
    ],
)
def test_a_report_that_is_no_failure_asks_nobody(desk: Desk, action: str, state: MessageState) -> None:
    kept = desk.gets(mails.bounce(desk.invite_to("the authority").token, action=action, status="4.2.0"))

    assert desk.invite_to("the authority").state is state
    assert kept.handled_at == LATER


def test_a_report_about_a_mail_that_others_forged_changes_nothing(desk: Desk) -> None:
    kept = desk.gets(mails.bounce("f" * 32))

    assert (kept.kind, kept.message_id, kept.handled_at) == (MailKind.BOUNCE, None, LATER)
    assert desk.invite_to("the authority").state is MessageState.SENT


# Machines and people.


def test_an_absence_note_is_kept_and_asks_nobody(desk: Desk) -> None:
    invite = desk.invite_to("the authority")
    note = mails.letter(
        OFFICER, subject="Automatic reply", headers=f"In-Reply-To: <{invite.token}@common-ground.example>\n"
    )

    kept = desk.gets(note)

    assert (kept.kind, kept.message_id, kept.handled_at) == (MailKind.AUTOMATIC, invite.id, LATER)


@pytest.mark.parametrize(
    ("sender", "subject", "is_supposed"),
    [
        pytest.param("aunt@family.example", "Reference {0} {1}", True, id="the reference as we write it"),
        pytest.param("aunt@family.example", "Re: your meeting ({0}{1})", True, id="without the blank"),
        pytest.param(FAMILY.upper(), "Hello", True, id="the family's own address"),
        pytest.param("aunt@family.example", "Call me on 07700 900123", False, id="another number"),
        pytest.param("aunt@family.example", "Hello", False, id="nothing to go by"),
    ],
)
def test_a_letter_waits_for_a_person_and_its_case_is_only_supposed(
    desk: Desk, sender: str, subject: str, is_supposed: bool
) -> None:
    with db.Reading() as session:
        case = session.scalars(select(Case)).one()

    kept = desk.gets(mails.letter(sender, subject=subject.format(case.reference[:4], case.reference[4:])))

    assert (kept.kind, kept.handled_at, kept.case_id) == (MailKind.LETTER, None, None)
    assert kept.suggested_case_id == (case.id if is_supposed else None)
    assert (kept.body, kept.received_at) == ("Can I bring my sister?", LATER)


def test_an_answer_to_a_mail_of_ours_supposes_its_case(desk: Desk) -> None:
    invite = desk.invite_to("the authority")

    kept = desk.gets(
        mails.letter("deputy@barnet.example", headers=f"References: <{invite.token}@common-ground.example>\n")
    )

    assert (kept.message_id, kept.suggested_case_id, kept.case_id) == (invite.id, invite.case_id, None)


def test_a_letter_counts_from_when_our_mail_server_took_it(desk: Desk) -> None:
    arrived = LATER - timedelta(days=2)

    assert desk.gets(mails.letter(FAMILY), at=arrived).received_at == arrived


def test_of_a_very_large_mail_the_beginning_is_read(desk: Desk) -> None:
    kept = desk.gets(mails.letter(FAMILY, said="Here is the letter. " + "x" * 900_000), is_whole=False)

    assert kept.body.startswith("Here is the letter.")
    assert len(kept.body) == 20_000
    assert "The whole of it is in the mailbox." in kept.outcome


def test_a_mail_that_breaks_its_reader_waits_for_a_person(desk: Desk) -> None:
    nest = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(20_000))

    kept = desk.gets(mails.crlf(f"From: {FAMILY}\nMIME-Version: 1.0\n{nest}"))

    assert (kept.kind, kept.handled_at) == (MailKind.LETTER, None)
    assert kept.outcome == "It could not be read. Look at it in the mailbox itself."


# What people do with it.


def _adviser(said: Attendance) -> Actor:
    assert said.booking.case.adviser_id is not None
    return Actor.staff(said.booking.case.adviser_id)


def test_an_answer_is_seen_to_once(desk: Desk) -> None:
    desk.gets(reply(OFFICER, "DECLINED"))

    with db.Session.begin() as session:
        said = session.scalars(select(Attendance)).one()
        by = _adviser(said)
        attendance.seen(said, by=by, now=LATER)
        with pytest.raises(SeenAlready):
            attendance.seen(said, by=by, now=LATER)

    assert "The answer of the authority to the invite was seen to" in desk.history()


def test_another_answer_is_to_be_seen_to_again(desk: Desk) -> None:
    desk.gets(reply(OFFICER, "DECLINED"))
    with db.Session.begin() as session:
        said = session.scalars(select(Attendance)).one()
        attendance.seen(said, by=_adviser(said), now=LATER)

    desk.gets(mails.counter(OFFICER))

    with db.Reading() as session:
        assert session.scalars(select(Attendance)).one().seen_at is None


def test_everybody_is_invited_once_more_and_history_says_so(desk: Desk) -> None:
    with db.Session.begin() as session:
        attendance.invite_again(session, session.get_one(Booking, desk.booking_id), by=SERVICE, now=LATER)

    assert "The invites were sent again: the family, the authority, the mediator" in desk.history()


def test_nobody_is_invited_to_what_is_over(desk: Desk) -> None:
    with db.Session.begin() as session:
        booking = session.get_one(Booking, desk.booking_id)

        with pytest.raises(NothingToInviteTo):
            attendance.invite_again(session, booking, by=SERVICE, now=booking.ends_at)
