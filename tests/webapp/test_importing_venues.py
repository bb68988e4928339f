"""Venues come from a spreadsheet after a look at what it would change, and go out as one."""

import io

from sqlalchemy import select

from scheduling import db
from scheduling.audit import SERVICE, Action, ChainLink
from scheduling.models import Booking, Venue
from tests import builders
from tests.builders import Town
from tests.webapp.browser import Browser, Page
from tests.webapp.conftest import Told


def uploads(browser: Browser, content: bytes) -> Page:
    """Choose the file and press the button; the plain browser knows no files."""
    browser.opens("/venues/import")
    token = dict(browser.page.form("See what this changes").fields)["csrf_token"]
    response = browser.client.post(
        "/venues/import/preview",
        data={"csrf_token": token, "file": (io.BytesIO(content), "venues.csv")},
        environ_base={"REMOTE_ADDR": browser.remote_addr},
    )
    browser.page = Page(response, "/venues/import/preview")
    return browser.page


def names() -> set[str]:
    with db.Reading() as session:
        return {venue.name for venue in session.query(Venue)}


def test_nothing_is_changed_before_it_was_seen(coordinator: Browser, told: Told, town: Town) -> None:
    with db.Session.begin() as session:
        builders.venue(session, session.merge(town.authority), "Zinnia Library")
    file = b'name,address,postcode,used\nHall,Low Street,N3 1AB,yes\nBarnet Library,"1 High Street, Barnet",N3 1AA,no\n'

    preview = uploads(coordinator, file)
    assert "Hall is added" in preview.text
    assert "Barnet Library. Used: no, before that yes" in preview.text
    assert "1 booking is affected" in preview.text
    assert "Hall" not in names()
    done = coordinator.presses("Save and move the meetings")

    assert "Meetings moved: 1" in done.text
    assert "Hall" in names()
    with db.Reading() as session:
        assert session.get_one(Booking, told.booking).place == "Zinnia Library, Room 1"


def test_one_wrong_line_and_no_line_counts(coordinator: Browser, told: Told) -> None:
    page = uploads(coordinator, b"name,address,postcode\nHall,Low Street,N3 1AB\nOther,,N3\n")

    assert (page.status, page.title.startswith("Error: ")) == (422, True)
    assert page.errors == ["Line 3: address is missing"]
    assert "Hall" not in names()


def test_no_file_and_a_spoilt_second_step_are_refused(coordinator: Browser, told: Told) -> None:
    assert uploads(coordinator, b"").errors == ["Choose a CSV file"]

    token = dict(coordinator.page.form("See what this changes").fields)["csrf_token"]
    for content in ("", "no base64!", "\u00e9"):
        page = coordinator.sends("/venues/import", [("csrf_token", token), ("content", content)])
        assert page.errors == ["Choose the file once more: it has not come through"]


def test_whatever_leaves_the_service_leaves_a_note_in_the_audit(coordinator: Browser, told: Told) -> None:
    for path in ("/venues.csv", "/mediators.csv", "/venues/template.csv"):
        coordinator.opens(path)
    coordinator.client.get(f"/cases/{told.booked}/contacts.csv")
    coordinator.opens("/feeds")
    coordinator.presses("Make the feed", whose="mine")

    with db.Reading() as session:
        links = session.scalars(select(ChainLink).where(ChainLink.action == Action.EXPORTED))
        noted = {link.reason: (link.chain == SERVICE, link.role) for link in links}
    assert noted == {
        "venues": (True, "coordinator"),
        "mediators": (True, "coordinator"),
        "contacts of a case": (False, "coordinator"),
        "calendar feed": (True, "coordinator"),
    }


def test_the_tables_go_out_as_files(coordinator: Browser, told: Told) -> None:
    for path, words in {
        "/venues.csv": "Barnet Library",
        "/mediators.csv": "Morgan of Barnet",
        "/venues/template.csv": "Town Library",
    }.items():
        page = coordinator.opens(path)

        assert page.response.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert page.html.startswith("\ufeff")
        assert words in page.html
