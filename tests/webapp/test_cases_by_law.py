"""The pages of a case's way through the law: its route, what was told, its certificate."""

from tests.webapp.browser import Browser
from tests.webapp.conftest import Told

EVERYTHING = (
    "what mediation is for",
    "that it is voluntary",
    "that it is free",
    "that it is independent",
    "that it is confidential",
    "how long things may take",
    "the certificate and the time for an appeal",
    "that expenses are paid back",
)


def test_the_route_is_shown_with_its_reason_and_changes_with_the_answers(adviser: Browser, told: Told) -> None:
    adviser.opens(f"/cases/{told.waiting}/route")
    school = adviser.presses("Save the answers", decision="a plan was made, amended or replaced", about_school="y")
    assert "No certificate needed" in school.text
    assert "only about the school named" in school.text

    adviser.opens(f"/cases/{told.waiting}/route")
    both = adviser.presses("Save the answers", about_education="y")

    assert "Certificate needed" in both.text
    assert "The route is now: certificate needed" in both.text


def test_going_on_without_an_answer_asks_for_one(adviser: Browser, told: Told) -> None:
    adviser.opens(f"/cases/{told.waiting}/route")

    page = adviser.presses("Save the answers")

    assert (page.status, page.errors) == (422, ["Choose what the council decided"])


def test_what_was_told_is_ticked_once_and_keeps_its_time(adviser: Browser, told: Told) -> None:
    path = f"/cases/{told.waiting}/checklist"
    assert adviser.opens(path).html.count('name="told"') == len(EVERYTHING)

    page = adviser.presses("Write it down", told="that it is free")

    assert "Told at 10" in page.text
    assert page.html.count('name="told"') == len(EVERYTHING) - 1
    assert adviser.presses("Write it down").errors == ["Tick what you have told the family"]


def test_a_certificate_says_everything_that_is_in_the_way(adviser: Browser, told: Told) -> None:
    text = adviser.opens(f"/cases/{told.waiting}/certificate").text

    assert "The family has not been told yet" in text
    assert "There has been no meeting" in text
    assert "The four questions about the decision have not been answered" in text


def test_a_certificate_that_is_not_granted_is_refused_with_its_reasons(adviser: Browser, told: Told) -> None:
    adviser.opens(f"/cases/{told.waiting}/checklist")
    token = dict(adviser.page.form("Write it down").fields)["csrf_token"]

    page = adviser.sends(f"/cases/{told.waiting}/certificate", [("csrf_token", token), ("kind", "not wanted")])

    assert page.status == 409
    assert "The family has not said that it does not want mediation" in page.errors[0]


def test_a_certificate_is_one_click_and_its_document_can_be_fetched(adviser: Browser, told: Told) -> None:
    answers_everything(adviser, told.waiting)
    adviser.opens(f"/cases/{told.waiting}/no-mediation")
    declined = adviser.presses("Record that mediation is not wanted")
    assert "Friday 27 November 2026" in declined.text

    issued = adviser.presses("Issue the certificate: not wanted")
    document = adviser.client.get(f"/cases/{told.waiting}/certificate/document")

    assert "The certificate has been issued" in issued.text
    assert "Monday 4 January 2027, received by 5pm" in issued.text
    assert document.mimetype == "application/pdf"
    assert document.data.startswith(b"%PDF")


def test_only_an_adviser_issues(coordinator: Browser, told: Told) -> None:
    page = coordinator.opens(f"/cases/{told.waiting}/certificate")

    assert page.status == 200
    assert [form.buttons for form in page.forms] == [["Sign out"]]


def test_a_case_without_a_certificate_has_no_document(adviser: Browser, told: Told) -> None:
    assert adviser.opens(f"/cases/{told.waiting}/certificate/document").status == 404


def answers_everything(adviser: Browser, reference: str) -> None:
    adviser.opens(f"/cases/{reference}/route")
    adviser.presses("Save the answers", decision="not to assess")
    adviser.opens(f"/cases/{reference}/record")
    adviser.presses("Save the record", child_name="Ada")
    adviser.opens(f"/cases/{reference}/checklist")
    form = adviser.page.form("Write it down")
    adviser.sends(form.action, [*form.fields, *(("told", item) for item in EVERYTHING)])
