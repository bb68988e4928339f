"""Mails about a case: what everybody may see of them, and what those to whom they go must read."""

from datetime import date

import pytest

from scheduling.law import deadlines
from scheduling.outbox.wording import case_mails
from scheduling.outbox.wording.mails import Mail
from scheduling.reference import bank_holidays
from tests.builders import moment

TOLD = moment("2026-11-23 10:25")
WHO = {"reference": "12345674"}
OFFICERS_LINK = {"see_to_it_at": "https://cg.example/officer/abc"}


def certificate(last_lawful: date) -> Mail:
    return case_mails.certificate_issued(
        **WHO,
        name="Sam",
        number="1234567890",
        code="ACDEFHJK",
        issued_on=date(2026, 11, 23),
        appeal_by=date(2027, 1, 2),
        last_lawful=last_lawful,
        check_at="https://cg.example/certificate/1234567890",
    )


CERTIFICATE = certificate(date(2027, 1, 4))
REMINDER = case_mails.remember_the_care_board(
    **WHO,
    **OFFICERS_LINK,
    officer="Olu",
    told_by=deadlines.health_told_by(date(2026, 11, 23), bank_holidays.england()),
    is_over=False,
)
BOARD = case_mails.care_board_told(
    **WHO,
    board="North London ICB",
    issues="Nursing at night",
    arranges=True,
    told_at=TOLD,
    mediation_by=date(2027, 1, 6),
)
EVERY_MAIL = [
    pytest.param(CERTIFICATE, id="certificate"),
    pytest.param(
        case_mails.late_contact_decided(
            **WHO, name=None, allowed=False, contacted=date(2026, 8, 31), last_day=date(2026, 8, 30)
        ),
        id="late contact",
    ),
    pytest.param(case_mails.mediation_not_wanted(**WHO, officer="Olu"), id="not wanted"),
    pytest.param(case_mails.nothing_to_arrange(**WHO, officer="Olu"), id="closed"),
    pytest.param(
        case_mails.authority_asked_again(
            **WHO,
            **OFFICERS_LINK,
            name="Ada",
            officer="Olu",
            told_at=TOLD,
            mediation_by=date(2026, 12, 23),
            link="https://cg.example/a",
        ),
        id="asked again",
    ),
    pytest.param(
        case_mails.other_times_wanted(
            **WHO,
            **OFFICERS_LINK,
            officer="Olu",
            times=["Tuesday 1 December 2026, 10am to midday"],
            mediation_by=date(2026, 12, 23),
        ),
        id="other times",
    ),
    pytest.param(REMINDER, id="reminder of the board"),
    pytest.param(BOARD, id="the board"),
    pytest.param(case_mails.authority_cannot(**WHO, name="Sam", certificate_by=date(2026, 12, 17)), id="cannot"),
]


@pytest.mark.parametrize("mail", EVERY_MAIL)
def test_a_locked_screen_shows_a_reference_and_nothing_of_the_dispute(mail: Mail) -> None:
    assert mail.subject.endswith("(reference 1234 5674)")
    for telling in ("Sam", "certificate", "appeal", "Nursing", "Barnet"):
        assert telling not in mail.subject


@pytest.mark.parametrize("mail", EVERY_MAIL)
def test_every_mail_says_who_writes_and_where_to_call(mail: Mail) -> None:
    assert mail.body.endswith("Common Ground\n0300 123 4567\n")


def test_the_certificates_facts_stand_in_the_mail_for_whoever_cannot_open_it() -> None:
    for fact in (
        "1234 567 890",
        "ACDE-FHJK",
        "Monday 23 November 2026",
        "by Saturday 2 January 2027",
        "received there by 5pm",
        "until 5pm on Monday 4 January 2027",
        "https://cg.example/certificate/1234567890",
    ):
        assert fact in CERTIFICATE.body


def test_a_last_lawful_day_that_is_the_plain_one_is_not_said_twice() -> None:
    assert "still takes an appeal" not in certificate(date(2027, 1, 2)).body


def test_a_reminder_names_the_day_and_the_source() -> None:
    assert "by Thursday 26 November 2026" in REMINDER.body
    assert "regulation 35" in REMINDER.body


def test_the_board_reads_what_it_has_to_do_by_when() -> None:
    assert "it is for you to arrange the mediation" in BOARD.body
    assert "by Wednesday 6 January 2027" in BOARD.body
    assert "Nursing at night" in BOARD.body
