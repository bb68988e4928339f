"""The card: every deadline with its plain day, what the law forgives, and what people get wrong about it."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from scheduling.cases import agreements, deadlines, mediation
from scheduling.cases.deadlines import Line
from scheduling.law.agreements import Action
from scheduling.law.routes import Decision
from scheduling.models import SERVICE, Actor, CareBoard, CareTelling, Case, Extent
from tests import builders
from tests.builders import Town, moment


def card(session: Session, case: Case, today: str = "2026-11-23") -> dict[str, Line]:
    lines = deadlines.of(session, case, today=date.fromisoformat(today))
    return {line.deadline.rule.key: line for line in lines}


def test_the_deadlines_of_a_case_come_with_the_nearest_first(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, told="2026-11-23 10:25")
    case.health_in_issue = True

    lines = deadlines.of(session, case, today=date(2026, 11, 23))

    assert [(line.day, line.deadline.rule.key) for line in lines] == [
        (date(2026, 11, 26), "health-is-told"),
        (date(2026, 12, 23), "mediation-within-thirty-days"),
        (date(2027, 1, 2), "contact-the-adviser"),
        (date(2027, 1, 2), "appeal-after-decision"),
    ]


def test_the_plain_day_stands_first_and_the_last_lawful_one_beside_it(session: Session, case: Case) -> None:
    line = card(session, case)["appeal-after-decision"]

    assert (line.day, line.last_lawful, line.days_left) == (date(2027, 1, 2), date(2027, 1, 4), 40)
    assert (line.name, line.certainty) == ("Appeal within two months after the decision was sent", "certain")
    assert "rule 20(1)(c)" in line.source
    [note] = line.notes
    assert "the Tribunal still takes an appeal until 5pm on Monday 4 January 2027." in note


@pytest.mark.parametrize(
    ("letter", "rule", "note"),
    [
        pytest.param(
            date(2026, 6, 30),
            "contact-the-adviser",
            "August counts: only an appeal is forgiven",
            id="contact in August",
        ),
        pytest.param(
            date(2026, 6, 30), "contact-the-adviser", "It stays on Sunday 30 August 2026", id="contact on a Sunday"
        ),
        pytest.param(
            date(2026, 6, 30),
            "appeal-after-decision",
            "until 5pm on Tuesday 1 September 2026",
            id="an appeal in August",
        ),
        pytest.param(
            date(2026, 6, 30), "appeal-after-decision", "holds for the appeal alone", id="what August does not forgive"
        ),
        pytest.param(
            date(2026, 10, 26), "contact-the-adviser", "Christmas counts: only an appeal", id="contact at Christmas"
        ),
        pytest.param(
            date(2026, 10, 26),
            "appeal-after-decision",
            "until 5pm on Monday 4 January 2027",
            id="an appeal at Christmas",
        ),
    ],
)
def test_august_and_christmas_are_explained_where_they_bite(
    session: Session, case: Case, letter: date, rule: str, note: str
) -> None:
    case.letter_date = letter

    assert note in " ".join(card(session, case)[rule].notes)


def test_nothing_is_said_of_august_where_it_does_not_bite(session: Session, case: Case) -> None:
    case.letter_date = date(2026, 3, 2)

    assert "August" not in " ".join(note for line in card(session, case).values() for note in line.notes)


def test_the_thirty_days_go_on_over_christmas(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, told="2026-12-04 10:25")

    assert card(session, case)["mediation-within-thirty-days"].notes == (
        "Christmas counts: the 30 days go on over it.",
        "Sunday 3 January 2027 is no working day: the last on which people can meet is Thursday 31 December 2026.",
    )


def test_a_booked_meeting_says_by_when_the_family_had_to_hear_of_it(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, told="2026-11-23 10:25")
    booking = mediation.book_best(session, case, by=SERVICE, now=moment("2026-11-23 10:25"))
    booking.starts_at, booking.ends_at = moment("2026-12-10 10:00"), moment("2026-12-10 12:00")

    line = card(session, case)["notice-in-clear-days"]

    assert (line.day, line.is_met) == (date(2026, 12, 2), True)
    assert "Counted the ordinary way it would be Thursday 3 December 2026" in line.notes[0]


def test_a_family_that_declines_has_a_certificate_due_and_no_window(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, told="2026-11-23 10:25")
    case.decision, case.declined_at = Decision.NOT_TO_ASSESS, moment("2026-12-08 11:00")

    lines = card(session, case, "2026-12-08")

    assert lines["certificate-when-mind-changed"].day == date(2026, 12, 11)
    assert "mediation-within-thirty-days" not in lines


def test_school_alone_needs_no_contact_and_health_alone_has_its_own_clock(session: Session, barnet: Town) -> None:
    case = builders.case(session, barnet, told="2026-12-02 10:25")
    case.letter_date, case.decision, case.about_school = date(2026, 11, 16), Decision.PLAN, True
    assert set(card(session, case)) == {"appeal-after-decision", "mediation-within-thirty-days"}
    assert card(session, case)["appeal-after-decision"].last_lawful == date(2027, 1, 18)

    case.about_school, case.health_in_issue = False, True
    assert set(card(session, case)) == {"health-is-told"}

    board = CareBoard(name="North Central London", email="icb@nhs.example")
    session.add(CareTelling(case=case, board=board, told_at=moment("2026-12-07 09:00")))
    session.flush()
    line = card(session, case)["health-within-thirty-days"]
    assert (line.day, line.is_met) == (date(2027, 1, 6), False)


def test_disagreement_resolution_has_no_clock(session: Session, case: Case) -> None:
    case.decision = Decision.NONE

    assert card(session, case) == {}


def test_what_was_agreed_is_on_the_card_of_the_parties_alone(session: Session, case: Case, barnet: Town) -> None:
    agreements.record(
        session,
        case,
        extent=Extent.FULL,
        agreed_on=date(2026, 12, 10),
        actions=[(Action.AMENDMENT, "Two hours of speech therapy a week", None)],
        by=Actor.staff(barnet.adviser.id),
        now=moment("2026-12-10 15:00"),
    )

    lines = deadlines.of(session, case, today=date(2026, 12, 10))

    assert [line.day for line in lines if line.is_agreed] == [date(2027, 1, 14)]
    assert "agreed-amendment" not in {line.deadline.rule.key for line in deadlines.for_everybody(lines)}
    assert {line.public_rule.key for line in lines if line.is_agreed} == {"agreed-within-weeks"}
