"""Pages of a case whose keys are destroyed say so where words were, and go on telling what was done."""

from scheduling import db, vault
from scheduling.models import Case
from tests.webapp.browser import Browser
from tests.webapp.conftest import Told

PAGES = ("", "/text", "/people", "/authority", "/deadlines")


def test_no_page_stumbles_over_what_was_erased(coordinator: Browser, told: Told) -> None:
    with db.Session.begin() as session:
        for case in session.query(Case).all():
            vault.forget(session, case.id)

    assert "erased" in coordinator.opens(f"/cases/{told.booked}").text
    seen = [f"/cases/{told.booked}{page}" for page in PAGES]
    for path in (*seen, f"/cases/{told.waiting}", "/cases", "/today", "/inbox", "/messages"):
        assert coordinator.opens(path).status in {200, 404}, path
