"""A certificate between two transactions: who click at once issue one, and its mail carries it byte for byte."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, select

from scheduling import db
from scheduling.cases import advice, certificates, decline, routes
from scheduling.cases.certificates import MayNotIssue
from scheduling.law.certificates import Information, Kind
from scheduling.law.routes import Decision
from scheduling.models import Actor, Case, Certificate, Channel
from scheduling.outbox import delivery
from tests import builders
from tests.builders import moment
from tests.outbox.outside import World

NOW = moment("2026-11-23 10:30")
CLICKS = 6


@dataclass(frozen=True)
class Ready:
    """A case for which nothing is missing, and its adviser."""

    case_id: int
    adviser_id: int

    def clicks(self) -> str:
        """What becomes of one click."""
        with db.Session.begin() as session:
            try:
                certificates.issue(
                    session,
                    session.get_one(Case, self.case_id),
                    Kind.NOT_WANTED,
                    reason=None,
                    by=Actor.staff(self.adviser_id),
                    now=NOW,
                )
            except MayNotIssue:
                return "refused"
        return "issued"


@pytest.fixture
def ready(engine: Engine) -> Ready:
    with db.Session.begin() as session:
        town = builders.town(session)
        case = builders.case(session, town)
        case.child_name = "Robin"
        by = Actor.staff(town.adviser.id)
        routes.answer(
            session,
            case,
            decision=Decision.NOT_TO_ASSESS,
            about_education=False,
            about_school=False,
            health=False,
            social_care=False,
            discrimination=False,
            by=by,
            now=NOW,
        )
        advice.inform(session, case, list(Information), by=by, now=NOW)
        decline.say_no(session, case, by=by, said_at=NOW, now=NOW)
        return Ready(case.id, town.adviser.id)


def test_of_many_who_click_at_once_one_issues_it(ready: Ready) -> None:
    begin = threading.Barrier(CLICKS)

    def click(_number: int) -> str:
        begin.wait()
        return ready.clicks()

    with ThreadPoolExecutor(CLICKS) as advisers:
        outcomes = sorted(advisers.map(click, range(CLICKS)))

    assert outcomes == ["issued", *["refused"] * (CLICKS - 1)]
    with db.Reading() as session:
        assert len(session.scalars(select(Certificate.id)).all()) == 1


def test_its_mail_carries_the_document_that_is_kept(ready: Ready) -> None:
    ready.clicks()
    mails, texts = World(), World()

    delivery.deliver_due({Channel.SMS: texts, Channel.EMAIL: mails}, NOW)

    with db.Reading() as session:
        issued = session.scalars(select(Certificate)).one()
    carried = {parcel.subject: parcel.attachment for parcel in mails.arrived}
    [document] = [attachment for attachment in carried.values() if attachment is not None]
    assert document.name == f"mediation-certificate-{issued.number}.pdf"
    assert document.media_type == "application/pdf"
    assert hashlib.sha256(document.content).hexdigest() == issued.digest
    assert [parcel.attachment for parcel in texts.arrived] == [None]
