"""What anybody reads without signing in: the law's own answers in plain words, and nothing kept of who asked."""

import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from scheduling import db
from scheduling.law import deadlines
from scheduling.models import Authority, AuthorityAlias, Contract, Entry, Role, Staff
from scheduling.reference import calendar
from tests.builders import Town
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW, SignIn

PAGES = (
    "/",
    "/mediation",
    "/do-i-have-to",
    "/right-of-appeal",
    "/confidentiality",
    "/contact",
    "/councils",
    "/local-advice",
)


@pytest.fixture
def family(app: Flask, town: Town) -> Browser:
    return Browser(app)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_one_heading_a_way_around_and_a_way_to_sign_in(family: Browser, path: str) -> None:
    page = family.opens(path)

    assert page.status == 200
    assert len(page.headings) == 1
    assert {"/mediation", "/right-of-appeal", "/local-advice", "/contact", "/sign-in"} <= set(page.links)


def test_staff_keep_their_own_way_around_on_public_pages(sign_in: SignIn) -> None:
    page = sign_in(Role.COORDINATOR).opens("/mediation")

    assert "/today" in page.links


@pytest.mark.parametrize("path", PAGES)
def test_no_sentence_is_longer_than_thirty_words(family: Browser, path: str) -> None:
    paragraphs = re.findall(r"<(?:p|li)[^>]*>(.*?)</(?:p|li)>", family.opens(path).html, re.DOTALL)
    sentences = [
        sentence
        for paragraph in paragraphs
        for sentence in re.split(r"[.:?!]\s", re.sub(r"<[^>]+>", "", paragraph).replace("\n", " "))
        if "Where this is written" not in paragraph
    ]

    assert [sentence for sentence in sentences if len(sentence.split()) > 30] == []


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        pytest.param({"decision": "not to assess"}, "Yes: hear about mediation", id="a refusal to assess"),
        pytest.param(
            {"decision": "a plan was made, amended or replaced", "about_school": "yes"},
            "No: you can appeal without it",
            id="the school alone",
        ),
        pytest.param(
            {"decision": "a plan was made, amended or replaced", "about_school": "yes", "about_education": "yes"},
            "Yes: hear about mediation",
            id="the school, and the hours in Section F",
        ),
        pytest.param(
            {"decision": "a plan was made, amended or replaced", "health": "yes"},
            "No: but you can ask for mediation",
            id="health care alone",
        ),
        pytest.param({"decision": "no decision"}, "No: but there is another way", id="nothing was decided"),
        pytest.param(
            {"decision": "no decision", "discrimination": "yes"}, "straight to the Tribunal", id="discrimination"
        ),
    ],
)
def test_four_questions_tell_whether_one_must_consider_mediation(
    family: Browser, answers: dict[str, str], says: str
) -> None:
    family.opens("/do-i-have-to")

    page = family.presses("Show the answer", **{"discrimination": "no", **answers})

    assert says in page.headings[0]
    assert page.path == "/do-i-have-to", "what somebody chose stands in no address"


def test_the_four_questions_ask_again_for_what_is_missing(family: Browser) -> None:
    family.opens("/do-i-have-to")

    page = family.presses("Show the answer")

    assert (page.status, page.title.startswith("Error: ")) == (422, True)
    assert page.errors == [
        "Choose what the letter from the council says",
        "Choose yes if your child was treated unfairly because of a disability",
    ]


@pytest.mark.parametrize(
    ("letter", "certificate", "appeal", "until"),
    [
        pytest.param("2 11 2026", None, "Saturday 2 January 2027", "5pm on Monday 4 January 2027", id="a Saturday"),
        pytest.param(
            "26 9 2026",
            "23 11 2026",
            "Wednesday 23 December 2026: the month from the certificate ends later",
            None,
            id="the certificate gives more time",
        ),
        pytest.param(
            "2 11 2026",
            "10 11 2026",
            "Saturday 2 January 2027: the 2 months from the letter end later",
            None,
            id="an early certificate takes no time away",
        ),
        pytest.param(
            "30 6 2026", None, "Sunday 30 August 2026", "5pm on Tuesday 1 September 2026", id="August is forgiven"
        ),
    ],
)
def test_somebody_works_out_their_own_dates(
    family: Browser, letter: str, certificate: str | None, appeal: str, until: str | None
) -> None:
    family.opens("/right-of-appeal")
    boxes = {"letter": letter, **({"certificate": certificate} if certificate else {})}
    filled = {
        f"{name}_{part}": number
        for name, day in boxes.items()
        for part, number in zip(("day", "month", "year"), day.split(), strict=True)
    }

    page = family.presses("Work out the dates", **filled)

    assert appeal in page.text
    assert until is None or until in page.text


@pytest.mark.parametrize(
    ("letter", "says"),
    [
        pytest.param(("", "", ""), "Enter the date on the letter", id="nothing"),
        pytest.param(("1", "1", "2027"), "must be today or in the past", id="tomorrow"),
        pytest.param(("1", "1", "1950"), "must be today or in the past", id="before the law"),
        pytest.param(("1", "1", "1066"), "must have a year from 1900 to 2199", id="before all of us"),
        pytest.param(("31", "2", "2026"), "must be a real date", id="no such day"),
    ],
)
def test_a_letter_that_cannot_be_is_asked_for_again(family: Browser, letter: tuple[str, str, str], says: str) -> None:
    family.opens("/right-of-appeal")

    page = family.presses("Work out the dates", letter_day=letter[0], letter_month=letter[1], letter_year=letter[2])

    assert page.status == 422
    assert says in page.errors[0]


def test_the_examples_are_the_law_s_and_begin_today(family: Browser) -> None:
    with db.Reading() as session:
        days = calendar.working_days(session)
    by = deadlines.contact_adviser_by(NOW.date(), days).day

    page = family.opens("/right-of-appeal")

    assert "Tuesday 24 November 2026" in page.text
    assert f"{by:%A} {by.day} {by:%B} {by.year}" in page.text
    assert "Still in time until 5pm" in page.text


def test_numbers_come_from_the_settings_and_hours_from_the_rota(family: Browser, town: Town) -> None:
    with db.Session.begin() as session:
        session.get_one(Staff, town.adviser.id).number = "+442079460301"

    page = family.opens("/contact")

    assert "0300 123 4567" in page.text
    assert "07700 900000" in page.text
    assert "Monday to Friday: 9am to 5pm" in page.text
    assert "ordinary 01 and 02 numbers" in page.text
    assert "18001" in page.text
    assert "a person reads it by 5pm on Tuesday 24 November 2026" in page.text


def test_without_anybody_on_the_telephone_no_hours_are_promised(family: Browser) -> None:
    assert "Advisers take calls" not in family.opens("/contact").text


def test_our_mailbox_is_named_where_somebody_reads_it(app: Flask, family: Browser) -> None:
    assert "Write to us" not in family.opens("/contact").text

    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"imap_url": "imaps://us:secret@mail.example/IN"})

    assert "meetings@common-ground.example" in family.opens("/contact").text
    assert "secret" not in family.page.html


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        pytest.param("Barnet", "We serve Barnet", id="its name"),
        pytest.param("london borough of BARNET council", "We serve Barnet", id="as it signs its letters"),
        pytest.param("Hendon", "We serve Barnet", id="what people call it"),
        pytest.param("Oxford", "We do not work with Oxford", id="known, without a contract"),
        pytest.param("<b>Narnia", "We do not know “<b>Narnia”", id="unknown"),
        pytest.param("Barn", "We do not know “Barn”", id="likeness decides nothing"),
    ],
)
def test_a_council_is_looked_up_by_name(family: Browser, town: Town, typed: str, says: str) -> None:
    with db.Session.begin() as session:
        session.add(AuthorityAlias(authority_id=town.authority.id, words="Hendon", must_ask=False))
        oxford = Authority(
            code="931", name="Oxford", official_name="Oxford Council", ons_code="E931", region="South East"
        )
        session.add(oxford)
    family.opens("/councils")

    page = family.presses("Look it up", name=typed)

    assert says in page.text
    assert page.path == "/councils"


def test_a_council_whose_contract_has_ended_is_not_on_the_list(family: Browser, town: Town) -> None:
    assert "Barnet" in family.opens("/councils").text

    with db.Session.begin() as session:
        session.execute(update(Contract).values(ends_on=date(2026, 11, 23)))

    assert "Barnet" not in family.opens("/councils").text


def test_local_services_are_named_only_where_the_record_names_them(family: Browser, town: Town) -> None:
    assert "Barnet" not in family.opens("/local-advice").text

    with db.Session.begin() as session:
        session.get_one(Authority, town.authority.id).advice_service = "Barnet Families First"

    assert "Barnet Families First" in family.opens("/local-advice").text


def test_looking_and_asking_leaves_nothing_in_the_record(family: Browser) -> None:
    for path in PAGES:
        family.opens(path)

    with db.Reading() as session:
        assert session.scalar(select(func.count()).select_from(Entry)) == 0
