"""What came in waits until somebody answers it, puts it aside, or says that it is dealt with."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from scheduling.cases import by_hand, inbox, intake, tasks, worklist
from scheduling.models import Actor, Case, Contact, ContactChannel, InboundMail, MailKind, Said
from tests import builders
from tests.builders import Town

NOW = builders.moment("2026-11-24 10:00")


@dataclass(frozen=True)
class Desk:
    session: Session
    town: Town
    case: Case
    by: Actor

    def text(self, words: str = "hello?", *, case: Case | None = None, at: str = "2026-11-24 09:00") -> Contact:
        return intake.record_contact(
            self.session,
            channel=ContactChannel.TEXT,
            said=Said.OTHER,
            received_at=builders.moment(at),
            number="+447700900123",
            words=words,
            case=case,
            may_mean_danger="afraid" in words,
        )

    def mail(self, sender: str = "sam@family.example", kind: MailKind = MailKind.LETTER) -> InboundMail:
        mail = InboundMail(
            mail_id=f"<{sender} {kind}>",
            kind=kind,
            sender=sender,
            subject="About Alex's plan",
            body="When is it?",
            received_at=builders.moment("2026-11-24 09:30"),
            outcome="",
        )
        self.session.add(mail)
        self.session.flush()
        return mail


@pytest.fixture
def desk(session: Session) -> Desk:
    town = builders.town(session)
    return Desk(session, town, builders.case(session, town), Actor.staff(town.adviser.id))


def test_what_waits_is_listed_with_what_may_mean_danger_first(desk: Desk) -> None:
    late, early, danger, mail = desk.text(), desk.text(at="2026-11-23 09:00"), desk.text("i am afraid"), desk.mail()
    desk.mail(kind=MailKind.BOUNCE).handled_at = NOW

    assert [one.what for one in inbox.waiting(desk.session)] == [danger, early, late, mail]


def test_a_mail_that_waits_is_on_the_worklist_and_then_no_more(desk: Desk) -> None:
    mail = desk.mail()
    (item,) = [one for one in worklist.items(desk.session, now=NOW) if one.mail is not None]

    assert item.why == "An e-mail from sam@family.example waits to be read; whose case it is is not known"
    assert str(item.by) == "2026-11-25"

    inbox.mail_handled(mail, by=desk.by, now=NOW)
    assert [one for one in worklist.items(desk.session, now=NOW) if one.mail is not None] == []


def test_an_answer_by_text_goes_to_the_family_s_safe_number_and_settles_it(desk: Desk) -> None:
    contact = desk.text(case=desk.case)

    message = inbox.answer_by_text(desk.session, contact, desk.case, "We ring you at 3pm.", by=desk.by, now=NOW)

    assert (message.address, message.body) == ("+447700900123", "Common Ground: We ring you at 3pm.")
    assert (contact.handled_at, contact.handled_by_id) == (NOW, desk.by.staff_id)
    assert inbox.waiting(desk.session) == []


def test_answering_a_text_whose_case_was_found_ties_it_to_the_case(desk: Desk) -> None:
    contact = desk.text()

    inbox.answer_by_text(desk.session, contact, desk.case, "We ring you at 3pm.", by=desk.by, now=NOW)

    assert contact.case is desk.case
    assert contact.handled_at == NOW


def test_no_answer_goes_where_the_record_forbids_texts(desk: Desk) -> None:
    contact, desk.case.person.may_text = desk.text(case=desk.case), None

    with pytest.raises(by_hand.NotWelcome, match="has not agreed to texts"):
        inbox.answer_by_text(desk.session, contact, desk.case, "Hello", by=desk.by, now=NOW)

    assert contact.handled_at is None


def test_an_answer_by_mail_repeats_no_subject_that_names_a_child(desk: Desk) -> None:
    mail = desk.mail()
    inbox.attach_mail(mail, desk.case, by=desk.by, now=NOW)

    message = inbox.answer_by_mail(desk.session, mail, "On Thursday.", by=desk.by, now=NOW)

    assert (message.address, message.recipient) == ("sam@family.example", "the family")
    assert message.subject is not None
    assert "Alex" not in message.subject
    assert "On Thursday." in message.body
    assert mail.handled_at == NOW


@pytest.mark.parametrize(
    ("sender", "recipient"),
    [
        pytest.param("olu@barnet.example", "the authority", id="an officer"),
        pytest.param("nobody@elsewhere.example", "somebody who wrote to us", id="nobody we know"),
    ],
)
def test_whoever_wrote_is_answered_as_who_they_are(desk: Desk, sender: str, recipient: str) -> None:
    assert inbox.answer_by_mail(desk.session, desk.mail(sender), "Yes.", by=desk.by, now=NOW).recipient == recipient


def test_somebody_who_must_not_be_contacted_gets_no_mail(desk: Desk) -> None:
    mail, desk.case.person.do_not_contact = desk.mail(), True
    mail.case = desk.case

    with pytest.raises(inbox.NotToBeContacted):
        inbox.answer_by_mail(desk.session, mail, "Yes.", by=desk.by, now=NOW)


def test_what_is_not_ours_leaves_every_list_and_stays_in_the_record(desk: Desk) -> None:
    contact, mail = desk.text("Buy now"), desk.mail("shop@elsewhere.example")

    for arrived in (contact, mail):
        inbox.not_ours(arrived, by=desk.by, now=NOW)

    assert inbox.waiting(desk.session) == []
    assert {one.what for one in inbox.settled(desk.session, limit=10)} == {contact, mail}


def test_a_colleague_takes_it_and_the_case_says_so(desk: Desk) -> None:
    contact = desk.text(case=desk.case)

    inbox.assign(desk.session, contact, desk.town.coordinator, by=desk.by, now=NOW)

    (waiting,) = inbox.waiting(desk.session)
    assert waiting.assigned_to is desk.town.coordinator
    assert desk.case.history[-1].what == "A text is now for Chris of Barnet to answer"


def test_what_was_dealt_with_is_not_dealt_with_twice(desk: Desk) -> None:
    contact, mail = desk.text(case=desk.case), desk.mail()
    tasks.handled(contact, by=desk.by, now=NOW)
    inbox.mail_handled(mail, by=desk.by, now=NOW)

    with pytest.raises(tasks.AlreadyDealtWith):
        inbox.answer_by_text(desk.session, contact, desk.case, "Hello", by=desk.by, now=NOW)
    with pytest.raises(tasks.AlreadyDealtWith):
        inbox.not_ours(mail, by=desk.by, now=NOW)


def test_what_went_to_and_fro_with_a_number_is_shown_beside_it(desk: Desk) -> None:
    before, contact = desk.text("hi", at="2026-11-23 09:00"), desk.text("when?", case=desk.case)
    by_hand.text(desk.session, desk.case, "At 3pm", by=desk.by, now=NOW)

    lines = inbox.to_and_fro(desk.session, contact, limit=10)

    assert [(line.by_us, line.words) for line in lines] == [(True, "Common Ground: At 3pm"), (False, before.words)]
