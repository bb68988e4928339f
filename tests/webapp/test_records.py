"""A manager lets records be erased, keeps a case on hold, and hands somebody what we hold on them."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select

from scheduling import db
from scheduling.audit import ChainLink
from scheduling.cases import retention
from scheduling.models import FAMILY, AccessRequest, Case, CasePerson, ErasureBatch, Person, Role
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW, SignIn, Told

REASON = "The family has asked for its records"


@pytest.fixture
def manager(sign_in: SignIn) -> Browser:
    return sign_in(Role.MANAGER)


@pytest.fixture
def case(told: Told) -> Case:
    """Sam's case, in which Toni is as well; a child, an officer and a mediator have names."""
    with db.Session.begin() as session:
        case = session.scalars(select(Case).where(Case.reference == told.booked)).one()
        case.child_name, case.closed_at = "Alex", NOW
        case.others.append(CasePerson(person=Person(name="Toni", number="+447700900188")))
        case.record("<script>alert(1)</script> was said", by=FAMILY, now=NOW)
        case.record("Olu of Barnet rang back", by=FAMILY, now=NOW)
        session.flush()
        return case


def opens(manager: Browser, path: str) -> None:
    """As a manager opens a case: after a reason."""
    manager.opens(path)
    if "/why" in manager.page.path:
        manager.presses("Open the case", reason=REASON)
    assert manager.page.status == 200, manager.page.text


def test_a_manager_hands_out_what_we_hold_on_somebody_but_not_on_others(manager: Browser, case: Case) -> None:
    opens(manager, f"/cases/{case.reference}/records/{case.person_id}")
    assert "Alex" in manager.page.text

    answer = manager.presses("Download the archive").response

    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        page, held = packed.read("records.html").decode(), json.loads(packed.read("records.json"))
    assert answer.content_type == "application/zip"
    for held_on_them in ("It is booked.", "07700 900123", "sam@family.example"):
        assert held_on_them in page
    assert "sealed" not in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    sections = {row["section"] for row in held["records"]}
    assert {"How we reach you", "What we wrote to you", "Your appointments"} <= sections
    for another in ("Alex", "Toni", "188", "Olu"):
        assert another not in page
    with db.Reading() as session:
        (link,) = session.scalars(select(ChainLink).where(ChainLink.action == "records exported"))
        assert (link.chain, link.object_id, link.role) == (case.id, case.person_id, "manager")


def test_what_tells_of_others_goes_out_only_where_a_manager_has_ticked_it(manager: Browser, case: Case) -> None:
    opens(manager, f"/cases/{case.reference}/records/{case.person_id}")

    answer = manager.presses("Download the archive", let_in="case:child").response

    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        page = packed.read("records.html").decode()
    assert "Alex" in page
    assert "Olu" not in page


def test_a_request_is_due_a_month_later_and_stands_on_the_list_until_it_is_answered(
    manager: Browser, case: Case
) -> None:
    path = f"/cases/{case.reference}/records/{case.person_id}"
    opens(manager, path)
    asked = {"received_on-day": "31", "received_on-month": "10", "received_on-year": "2026"}
    page = manager.presses("Write the request down", **asked)
    assert "The answer is due by" in page.text
    with db.Reading() as session:
        request = session.scalars(select(AccessRequest)).one()
        assert request.due_on.isoformat() == "2026-11-30"
    assert "Hand out somebody" in manager.opens("/today").text

    manager.opens(path)
    manager.presses("Download the archive")

    assert "Hand out somebody" not in manager.opens("/today").text


@pytest.mark.parametrize("day", ["25", ""], ids=["tomorrow", "no day"])
def test_nobody_can_have_asked_tomorrow(manager: Browser, case: Case, day: str) -> None:
    opens(manager, f"/cases/{case.reference}/records/{case.person_id}")

    asked = {"received_on-day": day, "received_on-month": "11", "received_on-year": "2026"}
    page = manager.presses("Write the request down", **asked)

    assert page.status == 422
    assert page.title.startswith("Error: ")


def test_somebody_of_another_case_is_not_found(manager: Browser, case: Case, told: Told) -> None:
    with db.Reading() as session:
        stranger = session.scalars(select(Case.person_id).where(Case.reference == told.waiting)).one()
    opens(manager, f"/cases/{case.reference}/records")

    assert manager.opens(f"/cases/{case.reference}/records/{stranger}").status == 404


def test_a_hold_is_set_and_lifted_with_a_reason_and_shows_on_the_case(manager: Browser, case: Case) -> None:
    opens(manager, f"/cases/{case.reference}/records")
    assert manager.presses("Set a hold", because="").status == 422

    page = manager.presses("Set a hold", because="A complaint")
    assert "nothing of this case is erased. A complaint" in page.text
    assert "Legal hold" in manager.opens(f"/cases/{case.reference}").text

    manager.opens(f"/cases/{case.reference}/records")
    assert "None." in manager.presses("Lift the hold", because="Settled").text


def test_a_manager_sees_counts_and_references_and_lets_them_be_erased(manager: Browser, case: Case) -> None:
    assert "Nothing has been kept longer" in manager.opens("/erasing").text
    with db.Session.begin() as session:
        retention.propose(session, now=NOW + timedelta(days=2200))
    assert "Look over the records to erase" in manager.opens("/today").text
    page = manager.opens("/erasing")
    assert "Sam" not in page.text

    assert manager.presses("Erase all of these", because=" ").status == 422
    manager.presses("Erase all of these", because="Six years are over")

    with db.Reading() as session:
        batch = session.scalars(select(ErasureBatch)).one()
        assert batch.because == "Six years are over"
    assert "Nothing has been kept longer" in manager.page.text
