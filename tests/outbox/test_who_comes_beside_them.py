"""Whoever the authority or the family names for a meeting has an invite that follows it, like the parties' own."""

from dataclasses import replace
from datetime import timedelta

import pytest
import vobject
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import attendees, company, known, people
from scheduling.diary import attendance, bookings, claims, replies
from scheduling.diary.inbound.mail import CalendarAnswer, Mail
from scheduling.diary.slots import Slot
from scheduling.models import Actor, ActorKind, Attendee, Booking, Message, PersonRole, Side
from scheduling.outbox import invites
from tests import builders
from tests.outbox.conftest import NOW
from tests.outbox.test_invites import event_of

AUTHORITY = Actor(ActorKind.AUTHORITY)
ADA, INES = "ada@barnet.example", "ines@friends.example"


def name(session: Session, booking: Booking, email: str = ADA, called: str = "Ada Obi") -> Attendee:
    return attendees.name(
        session,
        booking.case,
        called=called,
        position="Head of service",
        email=email,
        may_agree=True,
        by=AUTHORITY,
        now=NOW,
    )


def bring(session: Session, booking: Booking) -> None:
    company.add(
        session,
        booking.case,
        role=PersonRole.SUPPORTER,
        name="Ines",
        relation="my sister",
        comes=True,
        email=INES,
        by=AUTHORITY,
        now=NOW,
    )


def sent_to(session: Session, address: str) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.address == address).order_by(Message.id)))


def told(session: Session, address: str) -> list[tuple[str | None, int]]:
    """The method and the SEQUENCE of each invite that went there."""
    return [(one.calendar_method, int(event_of(one)["SEQUENCE"])) for one in sent_to(session, address)]


def test_whoever_was_named_before_is_invited_with_the_parties_and_nobody_learns_an_address(
    session: Session, a_meeting: Booking
) -> None:
    bring(session, a_meeting)
    a_meeting.case.attendees.append(Attendee(name="Ada Obi", position="Head", email=ADA, may_agree=True, named_at=NOW))
    session.flush()

    sent = invites.send(session, a_meeting, now=NOW)

    assert [one.recipient for one in sent][3:] == [
        "somebody who comes with the family",
        "somebody who comes for the authority",
    ]
    addresses = {one.address for one in sent}
    for message in sent:
        seen = f"{message.subject}{message.body}{message.calendar}".replace("\r\n ", "").lower()
        assert [address for address in addresses if address in seen] == [message.address]
        for word in ("Speech", "Barnet", "ediation", "SEN", "child"):
            assert word not in f"{message.subject}{message.calendar}".replace("\r\n ", "")


def test_whoever_is_named_after_the_booking_is_invited_at_once_and_taken_back_by_a_cancel(
    session: Session, a_meeting: Booking
) -> None:
    invites.send(session, a_meeting, now=NOW)

    ada = name(session, a_meeting)
    name(session, a_meeting)
    assert told(session, ADA) == [("REQUEST", 0)]
    attendees.take_back(session, ada, by=AUTHORITY, now=NOW)
    attendees.take_back(session, ada, by=AUTHORITY, now=NOW)
    assert told(session, ADA)[1:] == [("CANCEL", 1)]

    name(session, a_meeting)
    attendees.take_back(session, ada, by=AUTHORITY, now=NOW)

    assert told(session, ADA)[2:] == [("REQUEST", 2), ("CANCEL", 3)]
    assert len({one.thread for one in sent_to(session, ADA)}) == 1


def test_a_move_and_a_cancellation_reach_whoever_was_named(session: Session, a_meeting: Booking) -> None:
    claims.keep(session, a_meeting, now=NOW)
    bring(session, a_meeting)
    name(session, a_meeting)
    a_meeting.sequence += 1
    invites.send(session, a_meeting, now=NOW)

    bookings.cancel(session, a_meeting, caused_by=Side.FAMILY, because="Ill.", by=AUTHORITY, now=NOW)

    for address in (ADA, INES):
        assert told(session, address) == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)]
    assert sent_to(session, ADA)[1].purpose == "meeting moved"


def test_an_invite_that_is_sent_again_keeps_its_name_and_number(session: Session, a_meeting: Booking) -> None:
    name(session, a_meeting)
    for message in sent_to(session, ADA):
        message.state = message.state.SENT

    invites.send_again(session, a_meeting, now=NOW + timedelta(hours=1))

    first, again = sent_to(session, ADA)
    assert event_of(first)["UID"] == event_of(again)["UID"] == a_meeting.uid
    assert told(session, ADA) == [("REQUEST", 0)] * 2


def test_an_officer_who_names_themselves_has_one_invite_and_keeps_it(session: Session, a_meeting: Booking) -> None:
    assert a_meeting.officer is not None
    officer = a_meeting.officer.email
    invites.send(session, a_meeting, now=NOW)

    myself = name(session, a_meeting, email=officer.upper(), called="Olu")
    attendees.take_back(session, myself, by=AUTHORITY, now=NOW)

    assert [one.recipient for one in sent_to(session, officer)] == ["the authority"]


def test_an_officer_who_is_replaced_and_comes_all_the_same_is_not_sent_away(
    session: Session, a_meeting: Booking
) -> None:
    assert a_meeting.officer is not None
    assert a_meeting.officer.authority is not None
    name(session, a_meeting, email=a_meeting.officer.email, called="Olu")
    invites.send(session, a_meeting, now=NOW)
    before = a_meeting.officer
    slot = Slot(**bookings.facts(a_meeting), reasons=())
    other = builders.officer(session, before.authority, "Robin")
    session.flush()

    bookings.move(session, a_meeting, replace(slot, officer=other), because="Olu is on leave.", by=AUTHORITY, now=NOW)

    assert told(session, before.email) == [("REQUEST", 0), ("REQUEST", 1)]


def test_what_they_answer_counts_and_makes_nobody_s_notice_shorter(session: Session, a_meeting: Booking) -> None:
    invites.send(session, a_meeting, now=NOW)
    later = NOW + timedelta(days=5)
    attendees.name(
        session, a_meeting.case, called="Ada", position="Head", email=ADA, may_agree=True, by=AUTHORITY, now=later
    )
    answer = CalendarAnswer(method="REPLY", uid=a_meeting.uid, sequence=0, answers={ADA: "DECLINED"}, proposes_at=None)
    mail = Mail(
        mail_id="<1@barnet.example>",
        sender=ADA,
        subject="Declined: Meeting",
        words="",
        tokens=(),
        is_automatic=True,
        is_disowned=False,
        answer=answer,
        bounce=None,
    )

    outcome = replies.take(session, mail, answer, received_at=later, now=later)

    assert outcome.sentence.startswith("Somebody who comes for the authority")
    assert a_meeting.case.history[-1].by == AUTHORITY
    assert [said.address for said in attendance.waiting(session, now=later)] == [ADA]
    assert known.of(session, a_meeting.case).noticed_at == NOW


def test_a_supporter_who_does_not_come_any_more_loses_the_time(session: Session, a_meeting: Booking) -> None:
    bring(session, a_meeting)

    people.remove(session, a_meeting.case, a_meeting.case.others[0].person, by=AUTHORITY, now=NOW)

    assert told(session, INES) == [("REQUEST", 0), ("CANCEL", 1)]


@pytest.mark.parametrize("new", ["ines@work.example", None], ids=["another address", "none any more"])
def test_a_supporter_whose_address_changes_has_the_time_in_the_new_calendar_and_in_no_other(
    session: Session, a_meeting: Booking, new: str | None
) -> None:
    bring(session, a_meeting)
    ines = a_meeting.case.others[0].person
    record = people.contact_record(ines)

    for _twice in range(2):
        people.change(session, a_meeting.case, ines, replace(record, email=new), by=AUTHORITY, now=NOW)

    assert told(session, INES) == [("REQUEST", 0), ("CANCEL", 1)]
    assert new is None or told(session, new) == [("REQUEST", 0)]
    for message in sent_to(session, INES):
        other = vobject.readOne(message.calendar)
        assert (other.vevent.uid.value, other.method.value) == (a_meeting.uid, message.calendar_method)
        assert other.vevent.sequence.value == str(event_of(message)["SEQUENCE"])


def test_to_an_address_that_the_family_gave_up_or_of_one_who_must_not_be_written_to_nothing_goes(
    session: Session, a_meeting: Booking
) -> None:
    bring(session, a_meeting)
    invites.send(session, a_meeting, now=NOW)
    parent, ines = a_meeting.case.person, a_meeting.case.others[0].person
    was = str(parent.email)

    away = replace(people.contact_record(parent), email="safe@parent.example")
    people.change(session, a_meeting.case, parent, away, by=AUTHORITY, now=NOW)
    silent = replace(people.contact_record(ines), email=None, do_not_contact=True)
    people.change(session, a_meeting.case, ines, silent, by=AUTHORITY, now=NOW)

    assert told(session, was) == told(session, "safe@parent.example") == told(session, INES) == [("REQUEST", 0)]
