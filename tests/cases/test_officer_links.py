"""Every mail that asks an authority for something opens its officer's own page, and nobody else's."""

import re
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import agreements, authority, officer_links, promises
from scheduling.law.agreements import Action
from scheduling.models import Actor, CareBoard, CareTelling, Case, Extent, Message, Officer, OfficerLink
from scheduling.outbox import messages
from tests import builders
from tests.builders import Town, moment

TOLD = moment("2026-11-23 10:25")
LATE = moment("2027-01-18 09:00")


def opens_for(session: Session, mail: Message) -> str | None:
    """The address of the officer whose page the mail opens on the day on which it was written."""
    found = re.search(rf"/{officer_links.PATH}/([\w-]+)", mail.body)
    officer = officer_links.open(session, found.group(1), now=mail.written_at) if found is not None else None
    return None if officer is None else officer.email


def test_each_mail_opens_the_page_of_the_officer_to_whom_it_goes(session: Session, barnet: Town) -> None:
    builders.officer(session, barnet.authority, "Ada").is_manager = True
    case = builders.case(session, barnet, told="2026-11-23 10:25")
    case.health_in_issue = True
    session.flush()
    for now in (TOLD + timedelta(days=days) for days in range(6)):
        authority.ask_again(session, case.id, now=now)
        authority.remind_of_health(session, case.id, now=now)
    promise(session, case, barnet, Action.AMENDMENT)
    promises.remind(session, case.id, now=LATE)

    asked = session.scalars(select(Message).where(Message.recipient == messages.THE_AUTHORITY)).all()

    assert {mail.purpose for mail in asked} == {"authority asked again", "care board reminder", promises.REPORTED}
    assert [opens_for(session, mail) for mail in asked] == [mail.address for mail in asked]


def test_a_sweep_that_writes_nothing_makes_no_link_and_a_care_board_gets_none(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, told="2026-11-23 10:25")
    board = CareBoard(name="North London ICB", email="send@northlondon.icb.example")
    session.add_all([board, CareTelling(case=case, board=board, told_at=TOLD)])
    promise(session, case, barnet, Action.AMENDMENT, Action.HEALTH_TELLS)

    for minutes in range(3):
        promises.remind(session, case.id, now=LATE + timedelta(minutes=minutes))

    reported = session.scalars(select(Message).where(Message.purpose == promises.REPORTED)).all()
    assert {mail.address: opens_for(session, mail) for mail in reported} == {
        "olu@barnet.example": "olu@barnet.example",
        board.email: None,
    }
    assert [link.officer for link in session.scalars(select(OfficerLink))] == session.scalars(select(Officer)).all()


def promise(session: Session, case: Case, town: Town, *actions: Action) -> None:
    promised = [(action, "Ten hours", None) for action in actions]
    by, day = Actor.staff(town.adviser.id), date(2026, 12, 10)
    agreements.record(
        session, case, extent=Extent.FULL, agreed_on=day, actions=promised, by=by, now=moment("2026-12-10 15:00")
    )
