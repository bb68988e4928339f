"""From the last thing that an adviser says to the paper in the family's mailbox."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from scheduling import london
from scheduling.cases import (
    advice,
    authority,
    certificate_post,
    certificates,
    decline,
    intake,
    mediation,
    routes,
)
from scheduling.cases.certificates import MayNotIssue, ReasonMissing
from scheduling.law.certificates import Information, Kind, Permission
from scheduling.law.right_holder import Capacity
from scheduling.law.routes import Decision
from scheduling.models import (
    FAMILY,
    SERVICE,
    Actor,
    Booking,
    BookingKind,
    Case,
    Certificate,
    Channel,
    ContactChannel,
    Ending,
    Meeting,
    Message,
    PersonRole,
    Said,
)
from scheduling.reference import policies
from tests import builders
from tests.builders import Town, moment

RUNG = moment("2026-11-23 10:05")
SAID_NO = moment("2026-11-23 10:19")
EVERYTHING = frozenset(Information)


@dataclass
class Desk:
    """An adviser at work on one case."""

    session: Session
    case: Case
    by: Actor

    def hears(self, said: Said = Said.ASKS_FOR_ADVICE, at: str = "2026-11-23 10:05") -> None:
        intake.record_contact(
            self.session, channel=ContactChannel.CALL, said=said, received_at=moment(at), case=self.case
        )

    def answers(
        self, decision: Decision = Decision.NOT_TO_ASSESS, *, education: bool = False, school: bool = False
    ) -> None:
        routes.answer(
            self.session,
            self.case,
            decision=decision,
            about_education=education,
            about_school=school,
            health=False,
            social_care=False,
            discrimination=False,
            by=self.by,
            now=RUNG,
        )

    def informs(self, items: Collection[Information] = EVERYTHING) -> None:
        advice.inform(self.session, self.case, items, by=self.by, now=moment("2026-11-23 10:15"))

    def hears_no(self) -> None:
        decline.say_no(self.session, self.case, by=self.by, said_at=SAID_NO, now=SAID_NO)

    def is_told(self, told: str = "2026-11-23 10:25") -> None:
        at = moment(told)
        mediation.want(self.session, self.case, by=self.by, now=at, said_at=at)

    def may(self, kind: Kind, today: str = "2026-11-23") -> Permission:
        asked = certificates.permissions(self.session, self.case, today=date.fromisoformat(today))
        return next(permission for permission in asked if permission.kind is kind)

    def issues(self, kind: Kind, at: str = "2026-11-23 10:30", reason: str | None = None) -> Certificate:
        return certificates.issue(self.session, self.case, kind, reason=reason, by=self.by, now=moment(at))

    def mails(self, purpose: str = certificate_post.PURPOSE) -> list[Message]:
        return list(self.session.scalars(select(Message).where(Message.purpose == purpose).order_by(Message.id)))


@pytest.fixture
def desk(session: Session, barnet: Town, case: Case) -> Desk:
    case.child_name = "Robin"
    session.flush()
    return Desk(session, case, Actor.staff(barnet.adviser.id))


@pytest.fixture
def ready(desk: Desk) -> Desk:
    """Rung, answered the four questions, and told everything."""
    desk.hears()
    desk.answers()
    desk.informs()
    return desk


def met(desk: Desk, *, came: bool = True, ending: Ending = Ending.CONCLUDED, authority_came: bool = True) -> Meeting:
    booking = next(iter(mediation.book_waiting(desk.session, now=moment("2026-11-23 10:25")).booked))
    meeting = Meeting(
        booking=booking,
        ending=ending,
        family_came=came,
        authority_came=authority_came,
        could_decide=True,
        childs_views_sought=True,
        ended_at=moment("2026-12-10 12:10"),
        recorded_at=moment("2026-12-10 12:20"),
        recorded_by_id=desk.by.staff_id,
    )
    desk.session.add(meeting)
    desk.session.flush()
    return meeting


def test_a_family_that_wants_no_mediation_has_its_certificate_the_same_day(ready: Desk) -> None:
    ready.hears_no()
    due = ready.may(Kind.NOT_WANTED).due

    issued = ready.issues(Kind.NOT_WANTED)

    assert due is not None
    assert due.day == date(2026, 11, 26)
    assert issued.issued_on == date(2026, 11, 23)
    assert (issued.appeal_by, issued.appeal_last_lawful) == (date(2027, 1, 2), date(2027, 1, 4))
    assert ready.case.history[-1].what.startswith("The certificate “not wanted” was issued: number ")


def test_the_certificate_goes_by_mail_and_a_text_names_nothing(ready: Desk) -> None:
    ready.hears_no()

    issued = ready.issues(Kind.NOT_WANTED)

    mail, text = ready.mails()
    assert (mail.channel, mail.address, mail.certificate) == (Channel.EMAIL, "sam@family.example", issued)
    assert "must reach the Tribunal by Saturday 2 January 2027 and be received there by 5pm" in mail.body
    assert "Monday 4 January 2027" in mail.body
    assert "Robin" not in mail.body + (mail.subject or "") + text.body
    assert (text.channel, text.certificate) == (Channel.SMS, None)
    assert "your document is in your email" in text.body
    assert "certificate" not in text.body


def test_the_document_is_kept_with_its_digest_and_is_the_same_when_it_is_written_again(ready: Desk) -> None:
    ready.hears_no()

    issued = ready.issues(Kind.NOT_WANTED)
    again = certificates.document(ready.session, issued)

    assert issued.document.startswith(b"%PDF-")
    assert hashlib.sha256(issued.document).hexdigest() == issued.digest
    assert again == issued.document


def test_a_family_without_a_mailbox_has_a_certificate_and_no_mail(ready: Desk) -> None:
    ready.case.person.email = None
    ready.hears_no()

    issued = ready.issues(Kind.NOT_WANTED)

    assert issued.number
    assert ready.mails() == []
    assert ("No mail was sent (certificate)", "There is no e-mail address.") in [
        (entry.what, entry.why) for entry in ready.case.history
    ]


def test_a_certificate_without_an_address_goes_as_soon_as_there_is_one(ready: Desk) -> None:
    ready.case.person.email = None
    ready.hears_no()
    issued = ready.issues(Kind.NOT_WANTED)
    assert certificate_post.unsent(ready.session, now=moment("2026-11-24 09:00")) == []

    ready.case.person.email = "sam@family.example"
    for _ in range(2):
        for case_id in certificate_post.unsent(ready.session, now=moment("2026-11-24 09:01")):
            certificate_post.send_late(ready.session, case_id, now=moment("2026-11-24 09:01"))

    mail, text = ready.mails()
    assert (mail.certificate, text.channel) == (issued, Channel.SMS)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("left_out", Information)
def test_no_certificate_of_any_kind_before_everything_was_told(desk: Desk, kind: Kind, left_out: Information) -> None:
    desk.hears()
    desk.answers()
    desk.informs(EVERYTHING - {left_out})
    desk.hears_no()

    with pytest.raises(MayNotIssue, match=f"has not been told yet: {left_out}"):
        desk.issues(kind)


def test_everything_in_the_way_is_said_at_once_and_the_due_date_stands_all_the_same(desk: Desk) -> None:
    desk.case.child_name, desk.case.person.name = None, None
    desk.informs(EVERYTHING - {Information.FREE})
    desk.hears_no()

    refused = desk.may(Kind.NOT_WANTED)

    assert [why.partition(":")[0] for why in refused.why_not] == [
        "The family has not been told yet",
        routes.UNANSWERED,
        "The name of the parent or young person is not recorded.",
        "The child's name is not recorded.",
    ]
    assert refused.due is not None
    assert refused.due.day == date(2026, 11, 26)
    assert certificates.due(desk.session, desk.case, today=date(2026, 11, 23)) == refused.due


def test_a_decision_has_one_certificate(ready: Desk) -> None:
    ready.hears_no()
    ready.issues(Kind.NOT_WANTED)

    with pytest.raises(MayNotIssue, match="Another decision letter is another case"):
        ready.issues(Kind.NOT_WANTED)
    assert ready.session.scalar(select(func.count()).select_from(Certificate)) == 1
    assert certificates.due(ready.session, ready.case, today=date(2026, 11, 24)) is None


def test_a_second_letter_is_a_second_case_with_its_own_certificate(ready: Desk, barnet: Town) -> None:
    ready.hears_no()
    first = ready.issues(Kind.NOT_WANTED)
    another = builders.case(ready.session, barnet, opened="2027-02-01 09:00")
    another.child_name, another.letter_date = "Robin", date(2027, 1, 29)
    desk = Desk(ready.session, another, ready.by)
    desk.hears(at="2027-02-01 09:00")
    desk.answers()
    desk.informs()
    decline.say_no(
        desk.session, another, by=desk.by, said_at=moment("2027-02-01 09:10"), now=moment("2027-02-01 09:10")
    )

    second = desk.issues(Kind.NOT_WANTED, at="2027-02-01 09:20")

    assert second.number != first.number
    assert second.appeal_by == date(2027, 3, 29)


@pytest.mark.parametrize("kind", Kind)
def test_disagreement_resolution_never_leads_to_a_certificate(ready: Desk, kind: Kind) -> None:
    ready.answers(Decision.NONE)
    ready.hears_no()

    with pytest.raises(MayNotIssue, match="Disagreement resolution never leads to a certificate"):
        ready.issues(kind)
    assert ready.may(kind).due is None


def test_only_the_school_needs_none_until_the_hours_are_in_dispute_too(ready: Desk) -> None:
    ready.answers(Decision.PLAN, school=True)
    ready.hears_no()
    exempt = ready.may(Kind.NOT_WANTED)

    ready.answers(Decision.PLAN, school=True, education=True)

    assert "No certificate is needed" in exempt.why_not[0]
    assert exempt.due is None
    assert ready.may(Kind.NOT_WANTED).is_granted


def test_a_family_that_took_part_has_its_certificate_three_working_days_later(ready: Desk) -> None:
    ready.is_told()
    met(ready)
    due = ready.may(Kind.TOOK_PART, "2026-12-10").due

    issued = ready.issues(Kind.TOOK_PART, at="2026-12-10 12:30")

    assert due is not None
    assert due.day == date(2026, 12, 15)
    assert (issued.appeal_by, issued.appeal_last_lawful) == (date(2027, 1, 10), date(2027, 1, 11))


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        pytest.param({"came": False}, "The family did not come", id="who stays away has not taken part"),
        pytest.param({"authority_came": False}, "The authority did not come", id="nobody to mediate with"),
        pytest.param({"ending": Ending.ADJOURNED}, "Mediation has not ended", id="it goes on another day"),
        pytest.param(
            {"ending": Ending.NOT_HELD}, "There has been no meeting", id="both came, and the mediator did not"
        ),
    ],
)
def test_a_meeting_that_was_no_mediation_gives_no_certificate(
    ready: Desk, facts: dict[str, bool | Ending], sentence: str
) -> None:
    ready.is_told()
    met(ready, **facts)  # type: ignore[arg-type]

    with pytest.raises(MayNotIssue, match=sentence):
        ready.issues(Kind.TOOK_PART, at="2026-12-10 12:30")


def test_an_authority_that_cannot_leaves_a_certificate_and_an_open_case(ready: Desk) -> None:
    ready.case.letter_date = date(2026, 10, 26)
    ready.is_told("2026-11-23 10:25")
    authority.cannot(ready.session, ready.case, because="No officer", by=ready.by, now=moment("2026-12-14 09:00"))
    due = ready.may(Kind.NOT_ARRANGED, "2026-12-14").due

    issued = ready.issues(Kind.NOT_ARRANGED, at="2026-12-14 10:00")

    assert due is not None
    assert due.day == date(2026, 12, 17)
    assert (issued.appeal_by, issued.appeal_last_lawful) == (date(2027, 1, 14), date(2027, 1, 14))
    assert ready.case.closed_at is None


def test_silence_at_the_thirtieth_day_is_one_click_with_a_reason(ready: Desk) -> None:
    ready.is_told()

    with pytest.raises(MayNotIssue, match="has until 23 December 2026"):
        ready.issues(Kind.NOT_ARRANGED, at="2026-12-22 17:00", reason="Silent")
    with pytest.raises(ReasonMissing):
        ready.issues(Kind.NOT_ARRANGED, at="2026-12-23 10:00", reason=" ")
    issued = ready.issues(Kind.NOT_ARRANGED, at="2026-12-23 10:00", reason="Asked three times, and no answer")

    assert issued.reason == "Asked three times, and no answer"
    assert ready.case.history[-1].why is None or issued.reason in [entry.why for entry in ready.case.history]


def test_an_operator_may_decide_that_silence_is_no_answer(ready: Desk) -> None:
    ready.is_told()
    by, now = Actor.staff(ready.case.adviser_id or 0), moment("2026-12-01 10:00")
    why = "Our contract says so"
    policies.decide(ready.session, policies.SILENCE_IS_AN_ANSWER, 0, because=why, by=by, now=now)

    with pytest.raises(MayNotIssue, match="waits for its word"):
        ready.issues(Kind.NOT_ARRANGED, at="2026-12-24 10:00", reason="Silent")

    policies.decide(ready.session, policies.SILENCE_IS_AN_ANSWER, 1, because="No more", by=by, now=now)
    issued = ready.issues(Kind.NOT_ARRANGED, at="2026-12-24 10:00", reason="Silent")
    assert issued.reason == "Silent"


def test_a_young_person_in_their_own_right_is_the_one_whom_it_is_about(ready: Desk) -> None:
    ready.case.child_name, ready.case.person.role = None, PersonRole.YOUNG_PERSON
    ready.hears_no()

    assert ready.may(Kind.NOT_WANTED).is_granted


@pytest.mark.parametrize(
    ("capacity", "is_granted"),
    [
        pytest.param(None, False, id="nobody has asked the young person"),
        pytest.param(Capacity.ABLE, False, id="it is theirs to say"),
        pytest.param(Capacity.UNABLE, True, id="the parent acts in their place"),
    ],
)
def test_a_parent_gets_no_certificate_for_a_right_that_is_the_young_persons_own(
    ready: Desk, capacity: Capacity | None, is_granted: bool
) -> None:
    ready.case.child_born, ready.case.capacity = date(2009, 5, 1), capacity
    ready.hears_no()

    assert ready.may(Kind.NOT_WANTED).is_granted is is_granted


def test_a_late_contact_waits_for_an_advisers_decision(ready: Desk) -> None:
    ready.case.letter_date = date(2026, 9, 22)
    ready.hears_no()
    late = ready.may(Kind.NOT_WANTED)

    ready.case.late_contact_allowed = True

    assert ["23 November 2026" in why for why in late.why_not] == [True]
    assert ready.may(Kind.NOT_WANTED).is_granted


def test_only_staff_issue_certificates(ready: Desk) -> None:
    ready.hears_no()

    with pytest.raises(ValueError, match="only an adviser"):
        certificates.issue(ready.session, ready.case, Kind.NOT_WANTED, reason=None, by=FAMILY, now=SAID_NO)


def test_a_certificate_never_changes(ready: Desk) -> None:
    ready.hears_no()
    issued = ready.issues(Kind.NOT_WANTED)

    issued.appeal_by = issued.appeal_by - timedelta(days=1)

    with pytest.raises(DatabaseError, match="never change"), ready.session.begin_nested():
        ready.session.flush()


def test_number_and_code_together_are_genuine_however_they_are_typed(ready: Desk) -> None:
    ready.hears_no()
    issued = ready.issues(Kind.NOT_WANTED)
    typed = f"{issued.number[:4]} {issued.number[4:]}", f"{issued.code[:4]}-{issued.code[4:]}".lower()

    assert certificates.find(ready.session, *typed) is issued
    assert certificates.find(ready.session, issued.number, "A" * 8) is None
    assert certificates.find(ready.session, "1000000009", issued.code) is None
    assert certificates.find(ready.session, "", "") is None
    assert certificates.find(ready.session, "1000000009", "AAAAAAAA") is None


def test_what_an_adviser_said_is_written_down_once_with_its_moment(desk: Desk) -> None:
    desk.informs({Information.FREE})
    advice.inform(desk.session, desk.case, EVERYTHING, by=desk.by, now=moment("2026-11-24 09:00"))

    told = advice.informed_of(desk.session, desk.case)

    assert list(told) == list(Information)
    assert told[Information.FREE] == moment("2026-11-23 10:15")
    assert told[Information.PURPOSE] == moment("2026-11-24 09:00")
    with pytest.raises(ValueError, match="only an adviser"):
        advice.inform(desk.session, desk.case, EVERYTHING, by=SERVICE, now=RUNG)


def test_a_booked_meeting_within_the_thirty_days_stands_in_the_way_of_silence(ready: Desk) -> None:
    ready.is_told()
    booking = next(iter(mediation.book_waiting(ready.session, now=moment("2026-11-23 10:25")).booked))

    assert isinstance(booking, Booking)
    assert booking.kind is BookingKind.MEDIATION
    day = london.london_day(booking.starts_at)
    refused = ready.may(Kind.NOT_ARRANGED, "2026-11-24")
    assert refused.why_not == (f"A meeting is booked for {day.day} {day:%B} {day.year}, within the 30 days.",)
