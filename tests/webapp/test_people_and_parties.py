"""Pages about who said what: the authority's answers, late contacts and their proof, people, who is willing."""

import csv
import io

import pytest

from scheduling import db
from scheduling.models import CareBoard, Case, Contact, ContactChannel, Message, Said
from tests import builders
from tests.webapp.browser import Browser
from tests.webapp.conftest import Told
from tests.webapp.test_coordinator_s_day import history


def the_case(reference: str) -> Case:
    with db.Reading() as session:
        return session.query(Case).filter_by(reference=reference).one()


def subjects(reference: str) -> list[str | None]:
    with db.Reading() as session:
        wanted = session.query(Message).join(Case, Case.id == Message.case_id)
        return [message.subject for message in wanted.filter(Case.reference == reference)]


def test_an_acknowledgement_by_telephone_is_written_down(coordinator: Browser, told: Told) -> None:
    coordinator.opens(f"/cases/{told.waiting}/authority")

    page = coordinator.presses("The authority has acknowledged")

    assert "It is written down that the authority has acknowledged" in page.text
    assert "Not yet. It is asked again" not in page.text


def test_an_authority_that_cannot_makes_a_certificate_due_and_the_case_stays_open(
    coordinator: Browser, told: Told
) -> None:
    coordinator.opens(f"/cases/{told.waiting}/authority/cannot")
    assert coordinator.presses("Write it down").errors == ["Enter the reason, so that the history can say it"]

    page = coordinator.presses("Write it down", because="Nobody is there before Christmas.")

    assert "The certificate is due by Friday 27 November 2026" in page.text
    assert the_case(told.waiting).closed_at is None


def test_a_window_that_is_not_over_has_not_been_missed(coordinator: Browser, told: Told) -> None:
    coordinator.opens(f"/cases/{told.waiting}/authority/missed")

    page = coordinator.presses("Write it down", caused_by="the authority", because="It has not answered.")

    assert (page.status, page.errors) == (422, ["The 30 days of this case are not over, so nothing has been missed."])


def test_a_care_board_is_told_once_it_is_on_the_list(coordinator: Browser, told: Told) -> None:
    coordinator.opens("/care-boards")
    coordinator.presses("Add it", name="North Central London", email="mediation@icb.example")
    assert coordinator.presses("Add it", name="North Central London", email="a@icb.example").status == 422
    with db.Session.begin() as session:
        session.query(Case).filter_by(reference=told.waiting).one().health_in_issue = True
        board = session.query(CareBoard).one().id

    coordinator.opens(f"/cases/{told.waiting}/care-board")
    page = coordinator.presses("Tell it now", board=str(board))

    assert "North Central London was told" in page.text


@pytest.fixture
def late(told: Told) -> Told:
    """The letter is of 1 September, and the first contact came on 23 November."""
    with db.Session.begin() as session:
        case = session.query(Case).filter_by(reference=told.waiting).one()
        case.letter_date = builders.moment("2026-09-01 00:00").date()
        contact = Contact(
            case=case, channel=ContactChannel.TEXT, said=Said.WISHES_TO_APPEAL, words="=HYPERLINK(1)",
            received_at=builders.moment("2026-11-23 09:00"), provider_id="SM77",
        )  # fmt: skip
        session.add(contact)
    return told


def test_a_late_contact_is_flagged_and_an_adviser_decides_with_a_reason(adviser: Browser, late: Told) -> None:
    page = adviser.opens(f"/cases/{late.waiting}/contacts")
    assert "came after the two months" in page.text
    assert adviser.presses("Save the decision", allowed="yes").errors == ["Enter the reason for your decision"]

    decided = adviser.presses("Save the decision", allowed="yes", because="The letter named no adviser.")

    assert "still gets its certificate" in decided.text
    assert any("What you can do now" in (subject or "") for subject in subjects(late.waiting))


def test_a_coordinator_sees_that_it_is_late_and_does_not_decide(coordinator: Browser, late: Told) -> None:
    page = coordinator.opens(f"/cases/{late.waiting}/contacts")

    assert "came after the two months" in page.text
    assert [form.buttons for form in page.forms] == [["Sign out"]]


def test_the_proof_of_contact_is_a_table_in_which_nothing_runs(coordinator: Browser, late: Told) -> None:
    answer = coordinator.client.get(f"/cases/{late.waiting}/contacts.csv")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))

    assert answer.mimetype == "text/csv"
    assert [row["words"] for row in rows] == ["'=HYPERLINK(1)"]
    assert rows[0]["received at"] == "2026-11-23T09:00:00+00:00"


def test_whose_right_it_is_follows_from_the_birth_date(adviser: Browser, told: Told) -> None:
    adviser.opens(f"/cases/{told.waiting}/people")

    page = adviser.presses("Save", name="Ada", born_day="14", born_month="2", born_year="2010")

    assert "Hear them" in page.text


def test_a_supporter_is_added_and_removed(coordinator: Browser, told: Told) -> None:
    coordinator.opens(f"/cases/{told.waiting}/people/new")
    page = coordinator.presses("Add them", role="supporter", name="Bea", comes_to_the_meeting="y")
    assert "Supporter: Bea" in page.text
    assert "Comes to the meeting" in page.text

    assert "Supporter: Bea" not in coordinator.presses("Remove Bea").text


def test_the_case_becomes_the_young_persons_own(adviser: Browser, told: Told) -> None:
    adviser.opens(f"/cases/{told.waiting}/people/new")

    page = adviser.presses("Add them", role="young person", name="Ada", number="07700 900199")

    assert "Young person: Ada" in page.text
    assert the_case(told.waiting).consent_to_share_at is None


def test_a_contact_record_is_changed_whole(coordinator: Browser, told: Told) -> None:
    page = coordinator.opens(f"/cases/{told.waiting}/people")
    link = next(link for link in page.links if "/people/" in link and not link.endswith("/new"))
    coordinator.opens(link)

    wrong = coordinator.presses("Save the record", safe_from="9:30")
    page = coordinator.presses(
        "Save the record", safe_until="15:00", interpreter="British Sign Language", reminded_by="call"
    )

    assert wrong.errors == ["Enter from when and until when it is safe, or neither."]
    assert "9:30am to 3pm" in page.text
    assert "By call" in page.text
    assert "British Sign Language" in page.text


def test_a_number_that_is_none_is_not_kept(coordinator: Browser, told: Told) -> None:
    page = coordinator.opens(f"/cases/{told.waiting}/people")
    coordinator.opens(next(link for link in page.links if "/people/" in link and not link.endswith("/new")))

    page = coordinator.presses("Save the record", number="12")

    assert page.errors == ["Enter a whole telephone number, such as 07700 900123."]


def test_a_person_of_another_case_cannot_be_opened_through_this_one(coordinator: Browser, told: Told) -> None:
    other = the_case(told.booked).person_id

    assert coordinator.opens(f"/cases/{told.waiting}/people/{other}").status == 404


def test_disagreement_resolution_ends_when_one_is_not_willing(coordinator: Browser, told: Told) -> None:
    coordinator.opens(f"/cases/{told.waiting}/resolution")
    assert coordinator.presses("The family asks for it").status == 422
    coordinator.presses("The family asks for it", school="y")

    page = coordinator.presses("Write the answer down", party="the school", is_willing="no")

    assert "has ended" in page.text
    assert "Ombudsman" in page.text
    assert any("does not take part" in line for line in history(told.waiting))
