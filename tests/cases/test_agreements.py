"""What was agreed: each promise with its day, its reminders, and nobody who may not know what it is."""

from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import advice, agreements, certificates, mediation, meeting, promises
from scheduling.cases.agreements import AlreadyDone, NotAnAgreement, Promise
from scheduling.law.agreements import Action
from scheduling.law.certificates import Information, Kind
from scheduling.law.routes import Decision
from scheduling.models import (
    SERVICE,
    Actor,
    AgreedAction,
    Agreement,
    Case,
    ContactChannel,
    Ending,
    Extent,
    Link,
    Message,
)
from tests import builders
from tests.builders import Town, moment

MEETING = date(2026, 12, 10)
NOW = moment("2026-12-10 15:00")
SECRET = "Two hours of speech therapy a week"


@pytest.fixture
def case(session: Session, barnet: Town) -> Case:
    return builders.case(session, barnet, told="2026-11-23 10:25")


def agree(session: Session, case: Case, town: Town, *actions: Promise, extent: Extent = Extent.FULL) -> Agreement:
    by = Actor.staff(town.adviser.id)
    return agreements.record(session, case, extent=extent, agreed_on=MEETING, actions=actions, by=by, now=NOW)


def remind(session: Session, *moments: str) -> list[tuple[str, str]]:
    """The purposes and recipients of everything that these sweeps wrote."""
    for now in moments:
        for case_id in promises.owed(session, now=moment(now)):
            promises.remind(session, case_id, now=moment(now))
    return [(m.purpose, m.recipient) for m in session.scalars(select(Message).order_by(Message.id))]


@pytest.mark.parametrize(
    ("action", "written_down", "due"),
    [
        pytest.param(Action.AMENDMENT, None, date(2027, 1, 14), id="section F: five weeks"),
        pytest.param(Action.WITHOUT_APPEAL, None, date(2026, 12, 24), id="home tuition: two weeks"),
        pytest.param(Action.WITHOUT_APPEAL, date(2027, 1, 29), date(2027, 1, 29), id="the parties' own date rules"),
    ],
)
def test_each_promise_has_the_laws_day_or_the_parties_own(
    session: Session, case: Case, barnet: Town, *, action: Action, written_down: date | None, due: date
) -> None:
    agreement = agree(session, case, barnet, (action, SECRET, written_down))

    assert [one.due_on for one in agreement.actions] == [due]


def test_what_always_follows_is_not_forgotten(session: Session, case: Case, barnet: Town) -> None:
    agreement = agree(session, case, barnet, (Action.ASSESSMENT, "A new assessment", None))

    assert {one.action: one.due_on for one in agreement.actions} == {
        Action.ASSESSMENT: date(2026, 12, 24),
        Action.ASSESSMENT_PLAN: date(2027, 3, 18),
    }


@pytest.mark.parametrize(
    ("extent", "actions", "because"),
    [
        pytest.param(
            Extent.NONE, [(Action.AMENDMENT, SECRET, None)], "part of it was agreed", id="nothing and a promise"
        ),
        pytest.param(Extent.FULL, [], "Write down what was agreed", id="everything and no promise"),
        pytest.param(Extent.PARTIAL, [(Action.AMENDMENT, " ", None)], "own words", id="a promise without words"),
        pytest.param(
            Extent.FULL,
            [(Action.AMENDMENT, SECRET, date(2026, 12, 9))],
            "before the day",
            id="due before it was agreed",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused(
    session: Session, case: Case, barnet: Town, *, extent: Extent, actions: list[Promise], because: str
) -> None:
    with pytest.raises(NotAnAgreement, match=because):
        agree(session, case, barnet, *actions, extent=extent)


def test_whoever_promised_is_reminded_once_at_each_step(session: Session, case: Case, barnet: Town) -> None:
    agree(session, case, barnet, (Action.AMENDMENT, SECRET, None))

    assert remind(session, "2027-01-06 09:00") == []
    assert remind(session, "2027-01-07 09:00", "2027-01-07 09:10", "2027-01-11 09:00") == [
        (promises.NEAR, "the authority")
    ]
    assert remind(session, "2027-01-13 09:00", "2027-01-14 23:00") == [(promises.NEAR, "the authority")] * 2
    assert remind(session, "2027-01-15 09:00", "2027-01-16 09:00")[2:] == [
        (promises.REPORTED, "the authority"),
        (promises.ASKED, "the family"),
        (promises.ASKED, "the family"),
    ]
    assert len(session.scalars(select(Link)).all()) == 1


def test_after_an_outage_only_the_latest_reminder_is_written(session: Session, case: Case, barnet: Town) -> None:
    agree(session, case, barnet, (Action.AMENDMENT, SECRET, None))

    assert remind(session, "2027-01-18 09:00")[0] == (promises.REPORTED, "the authority")


def test_what_is_done_is_never_asked_for_again(session: Session, case: Case, barnet: Town) -> None:
    [action] = agree(session, case, barnet, (Action.AMENDMENT, SECRET, None)).actions
    agreements.done(session, action, by=Actor.staff(barnet.adviser.id), now=NOW)

    assert remind(session, "2027-01-18 09:00") == []
    assert agreements.overdue(session, now=moment("2027-01-18 09:00")) == []
    with pytest.raises(AlreadyDone):
        agreements.not_done(session, action, now=NOW)


def test_a_plan_that_is_made_ends_the_wait_for_word_that_none_follows(
    session: Session, case: Case, barnet: Town
) -> None:
    no_plan = (Action.ASSESSMENT_NO_PLAN, "Say so", None)
    agreement = agree(session, case, barnet, (Action.ASSESSMENT, "A new assessment", None), no_plan)
    plan = next(one for one in agreement.actions if one.action is Action.ASSESSMENT_PLAN)

    agreements.done(session, plan, by=Actor.staff(barnet.adviser.id), now=NOW)

    assert [one.action for one in agreement.actions if one.done_at is None] == [Action.ASSESSMENT]


def test_a_familys_not_done_opens_a_chase(session: Session, case: Case, barnet: Town) -> None:
    [action] = agree(session, case, barnet, (Action.WITHOUT_APPEAL, SECRET, None)).actions
    now = moment("2026-12-28 20:15")

    for _ in range(2):
        agreements.not_done(session, action, now=now)

    [mail] = session.scalars(select(Message))
    assert (mail.address, action.not_done_at) == ("olu@barnet.example", now)
    assert "The family tells us that it has not been done." in mail.body
    assert agreements.overdue(session, now=now) == [action]


@pytest.mark.parametrize(
    ("promised", "is_chased"),
    [
        pytest.param(1, True, id="one promise can be meant"),
        pytest.param(2, False, id="which of two, a person asks"),
        pytest.param(0, False, id="nothing was promised"),
    ],
)
def test_not_done_by_text_is_kept_always_and_chased_where_it_is_clear(
    session: Session, case: Case, barnet: Town, promised: int, is_chased: bool
) -> None:
    if promised:
        agree(session, case, barnet, *[(Action.WITHOUT_APPEAL, f"{SECRET} {i}", None) for i in range(promised)])
    received = moment("2026-12-28 20:15")

    contact = agreements.not_done_by_text(
        session, number="+447700900123", words="NOT DONE", received_at=received, provider_id="SM1", now=received
    )

    assert (contact.channel, contact.received_at, contact.words) == (ContactChannel.TEXT, received, "NOT DONE")
    assert (contact.handled_at is not None) is is_chased
    assert any(one.not_done_at for one in session.scalars(select(AgreedAction))) is is_chased


def test_nothing_that_was_agreed_leaves_the_agreement(session: Session, case: Case, barnet: Town) -> None:
    [action] = agree(session, case, barnet, (Action.AMENDMENT, SECRET, None)).actions
    remind(session, "2027-01-07 09:00", "2027-01-15 09:00")
    agreements.not_done(session, action, now=moment("2027-01-15 10:00"))
    agreements.done(session, action, by=Actor.staff(barnet.adviser.id), now=moment("2027-01-16 10:00"))

    written = [
        *(f"{line.what} {line.why}" for line in case.history),
        *(f"{m.subject} {m.body} {m.purpose}" for m in session.scalars(select(Message))),
    ]
    for words in (SECRET, "speech", "amend", Extent.FULL.value, "five weeks"):
        assert not [line for line in written if words.lower() in line.lower()], words


def test_the_certificate_of_a_case_with_an_agreement_knows_nothing_of_it(
    session: Session, case: Case, barnet: Town
) -> None:
    by = Actor.staff(barnet.adviser.id)
    case.decision, case.child_name = Decision.NOT_TO_ASSESS, "Robin"
    advice.inform(session, case, list(Information), by=by, now=moment("2026-11-23 10:19"))
    booking = mediation.book_best(session, case, by=SERVICE, now=moment("2026-11-23 10:25"))
    booking.starts_at, booking.ends_at = moment("2026-12-10 10:00"), moment("2026-12-10 12:00")
    meeting.record(
        session,
        booking,
        ending=Ending.CONCLUDED,
        family_came=True,
        authority_came=True,
        could_decide=True,
        childs_views_sought=True,
        expenses=None,
        ended_at=moment("2026-12-10 12:10"),
        by=by,
        now=NOW,
    )
    agree(session, case, barnet, (Action.AMENDMENT, SECRET, None))

    issued = certificates.issue(session, case, Kind.TOOK_PART, reason=None, by=by, now=NOW)

    printed = " ".join(page.extract_text() for page in PdfReader(BytesIO(issued.document)).pages)
    mails = " ".join(f"{m.subject} {m.body}" for m in session.scalars(select(Message)))
    assert "has taken part in mediation" in " ".join(printed.split())
    for words in (SECRET, "speech", "amend", Extent.FULL.value, "agree"):
        assert words.lower() not in printed.lower().replace("disagree", "")
    assert SECRET not in mails
