import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from scheduling.law import deadlines
from scheduling.law.certificates import Kind
from scheduling.outbox import certificate
from scheduling.outbox.certificate import Facts
from scheduling.reference import bank_holidays

ENGLAND = bank_holidays.england()

DECLINED = Facts(
    number="1234567894",
    code="ACDEFHJK",
    kind=Kind.NOT_WANTED,
    family="Amira Okafor",
    child="Daniel Okafor",
    child_born=date(2014, 5, 3),
    authority="London Borough of Barnet",
    decision="not to assess",
    letter_date=date(2026, 11, 2),
    informed_on=date(2026, 11, 20),
    issued_on=date(2026, 11, 23),
    adviser="Ruth Ellison",
    appeal=deadlines.appeal_by(date(2026, 11, 2), ENGLAND, certificate_issued=date(2026, 11, 23)),
    service="Common Ground",
    check_at="common-ground.example/certificate",
)
NOT_ARRANGED = replace(
    DECLINED,
    kind=Kind.NOT_ARRANGED,
    letter_date=date(2026, 10, 26),
    issued_on=date(2026, 12, 14),
    appeal=deadlines.appeal_by(date(2026, 10, 26), ENGLAND, certificate_issued=date(2026, 12, 14)),
)


def opened(facts: Facts) -> PdfReader:
    return PdfReader(io.BytesIO(certificate.render(facts)))


def words(facts: Facts) -> str:
    """What stands on it, on one line: where lines break is no matter."""
    return " ".join(" ".join(page.extract_text() for page in opened(facts).pages).split())


def tags(node: Any) -> Iterator[str]:
    node = node.get_object()
    if not isinstance(node, dict):
        return
    if "/S" in node:
        yield str(node["/S"])
    below = node["/K"].get_object() if "/K" in node else []
    for child in below if isinstance(below, list) else [below]:
        yield from tags(child)


def test_a_certificate_says_what_the_law_asks_for() -> None:
    text = words(DECLINED)

    for fact in (
        "Mediation certificate",
        "1234 567 894",
        "Amira Okafor",
        "Daniel Okafor, born on 3 May 2014",
        "London Borough of Barnet",
        "not to assess",
        "Monday 2 November 2026",
        "Information given on Friday 20 November 2026",
        "Date of issue Monday 23 November 2026 (23/11/2026)",
        "the twenty-third of November two thousand and twenty-six",
        "Ruth Ellison, mediation adviser at Common Ground",
    ):
        assert fact in text


@pytest.mark.parametrize(
    ("kind", "says", "cites"),
    [
        pytest.param(Kind.NOT_WANTED, "do not want to pursue mediation", "section 55(4)", id="not wanted"),
        pytest.param(Kind.TOOK_PART, "has taken part in mediation", "section 55(5)", id="took part"),
        pytest.param(Kind.NOT_ARRANGED, "could not be arranged within 30 days", "regulations 36 and 39", id="deemed"),
    ],
)
def test_each_kind_says_its_own_and_cites_it(kind: Kind, says: str, cites: str) -> None:
    text = words(replace(DECLINED, kind=kind))

    assert says in text
    assert cites in text
    assert "has been given information about mediation" in text


def test_the_plain_day_comes_before_the_last_lawful_one() -> None:
    text = words(DECLINED)

    assert "by Saturday 2 January 2027 and be received there by 5pm." in text
    assert "the Tribunal still takes an appeal until 5pm on Monday 4 January 2027" in text
    assert "Saturday 2 January 2027 is two months after the date of the decision letter." in text
    assert "rule 20(1)(c)" in text


def test_where_both_days_are_one_only_one_is_told() -> None:
    text = words(NOT_ARRANGED)

    assert "by Thursday 14 January 2027 and be received there by 5pm on that day." in text
    assert "still takes" not in text
    assert "Thursday 14 January 2027 is one month after this certificate was issued." in text


def test_anybody_can_see_how_to_ask_whether_it_is_genuine() -> None:
    assert (
        "ask at common-ground.example/certificate with the number 1234 567 894 and the check code ACDE-FHJK."
        in words(DECLINED)
    )


def test_without_a_date_of_birth_there_is_the_name_alone() -> None:
    assert "Child or young person Daniel Okafor Authority" in words(replace(DECLINED, child_born=None))


@pytest.mark.parametrize("kind", Kind)
def test_the_same_facts_are_the_same_bytes(kind: Kind) -> None:
    facts = replace(DECLINED, kind=kind)

    assert certificate.render(facts) == certificate.render(facts)


def test_other_facts_are_other_bytes() -> None:
    assert certificate.render(DECLINED) != certificate.render(NOT_ARRANGED)


def test_a_screen_reader_finds_its_way() -> None:
    root: Any = opened(DECLINED).trailer["/Root"]
    found = Counter(tags(root["/StructTreeRoot"]))

    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert (found["/H1"], found["/H2"], found["/Table"], found["/TH"]) == (1, 2, 1, 2)
    assert found["/TD"] == 2 * (found["/TR"] - 1)


def test_it_declares_itself_accessible_and_names_nobody_in_its_properties() -> None:
    pdf = opened(DECLINED)
    described = pdf.xmp_metadata

    assert described is not None
    declared = described.stream.get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in declared
    assert "Mediation certificate" in declared
    assert "Okafor" not in declared + str(pdf.metadata)


def test_every_font_travels_with_it() -> None:
    page: Any = opened(DECLINED).pages[0]

    for font in page["/Resources"]["/Font"].values():
        described = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(described)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("#panic(sys.inputs) $x^2$ *bold*", "#panic(sys.inputs) $x^2$ *bold*", id="markup"),
        pytest.param(r"O\u{27}Neill \ // comment", r"O\u{27}Neill \ // comment", id="backslashes"),
        pytest.param("= Heading <label> @ref", "= Heading <label> @ref", id="more markup"),
        pytest.param('"); #read("/etc/passwd")', '"); #read("/etc/passwd")', id="quotation marks"),
        pytest.param("Zoë Łukaszewska-Ó Súilleabháin", "Zoë Łukaszewska-Ó Súilleabháin", id="names of Europe"),
        pytest.param("Δημήτρης Иванова", "Δημήτρης Иванова", id="Greek and Cyrillic"),
        pytest.param("Sam 🎉", "Sam [PARTY POPPER]", id="a picture is told by its name"),
        pytest.param("李", "[CJK UNIFIED IDEOGRAPH-674E]", id="so is a letter that the fonts lack"),
        pytest.param("one\n\ntwo\x00\tthree", "one two three", id="lines and controls"),
        pytest.param("Ann\u202eeoD", "AnneoD", id="nothing turns the words round"),
        pytest.param("\ue000", "[U+E000]", id="a character of nobody's"),
    ],
)
def test_whatever_a_name_holds_is_text(name: str, shown: str) -> None:
    assert f"Issued to {shown} Child" in words(replace(DECLINED, family=name))


def test_a_name_from_right_to_left_keeps_its_letters() -> None:
    text = words(replace(DECLINED, family="אמירה", child="أميرة"))

    assert set("אמירה") | set("أميرة") <= set(text)


@pytest.mark.parametrize("name", [pytest.param("W" * 300, id="no space"), pytest.param("Ann Marie " * 40, id="spaces")])
def test_a_name_of_any_length_stays_on_the_page(name: str) -> None:
    pdf = opened(replace(DECLINED, child=name))
    lines = [line for page in pdf.pages for line in page.extract_text().splitlines()]

    assert max(map(len, lines)) < 130
    assert "".join(lines).count(name[0]) >= name.count(name[0])


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.sampled_from(Kind))
def test_no_text_whatsoever_keeps_a_certificate_from_being_written(text: str, kind: Kind) -> None:
    facts = replace(DECLINED, kind=kind, family=text, authority=text, decision=text)

    assert certificate.render(facts).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("day", "in_words"),
    [
        ("2026-12-01", "the first of December two thousand and twenty-six"),
        ("2027-01-12", "the twelfth of January two thousand and twenty-seven"),
        ("2028-02-29", "the twenty-ninth of February two thousand and twenty-eight"),
        ("2030-03-30", "the thirtieth of March two thousand and thirty"),
        ("2030-10-31", "the thirty-first of October two thousand and thirty"),
        ("2027-05-20", "the twentieth of May two thousand and twenty-seven"),
        ("2027-05-15", "the fifteenth of May two thousand and twenty-seven"),
        ("2027-05-08", "the eighth of May two thousand and twenty-seven"),
    ],
)
def test_a_day_in_words(day: str, in_words: str) -> None:
    assert certificate.in_words(date.fromisoformat(day)) == in_words
