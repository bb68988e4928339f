"""The day's board: narrowed to one's own work or to an authority, and read again by itself."""

from datetime import timedelta

from sqlalchemy import select, update

from scheduling import db
from tests.webapp.browser import Browser, Page
from tests.webapp.conftest import Told
from webapp import sessions
from webapp.accounts import SignedIn


def reads_itself_again(browser: Browser, path: str = "/today") -> Page:
    return Page(browser.client.get(path, headers={"Reads-Itself-Again": "yes"}), path)


def test_the_board_is_narrowed_to_mine_and_to_an_authority_by_its_address(coordinator: Browser, told: Told) -> None:
    coordinator.opens("/today")
    code = coordinator.page.html.partition(">Barnet</option>")[0].rpartition('value="')[2].partition('"')[0]

    of_barnet = coordinator.presses("Show", authority=code)
    assert "Reach" in of_barnet.text
    assert "Ring back" not in of_barnet.text
    mine = coordinator.presses("Show", **{"for": "me", "authority": ""})
    assert "Ring back" not in mine.text
    nobody_s = coordinator.opens("/today?authority=999&for=%00")
    assert "Nothing of what you chose to see" in nobody_s.text
    assert "Ring back" in coordinator.opens("/today").text


def test_a_board_that_reads_itself_again_gets_what_changes_and_nothing_around_it(
    coordinator: Browser, told: Told
) -> None:
    again = reads_itself_again(coordinator)

    assert again.html.lstrip().startswith('<div id="board"')
    assert "Ring back" in again.text
    assert "<form" not in again.html
    assert "<nav" not in again.html


def test_a_board_that_reads_itself_again_keeps_nobody_signed_in(coordinator: Browser, told: Told) -> None:
    long_ago = sessions.IDLE - timedelta(minutes=1)
    with db.Session.begin() as session:
        session.execute(update(SignedIn).values(seen_at=db.moment(session) - long_ago))
        seen = session.scalars(select(SignedIn.seen_at)).all()

    assert reads_itself_again(coordinator).status == 200
    with db.Session.begin() as session:
        assert session.scalars(select(SignedIn.seen_at)).all() == seen
        session.execute(update(SignedIn).values(seen_at=db.moment(session) - sessions.IDLE - timedelta(minutes=1)))

    assert reads_itself_again(coordinator).status == 302
