"""Links for people without an account: one purpose, one case, a time, and no copy that opens anything."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.cases import links
from scheduling.models import Case, Link, Purpose
from tests.builders import moment

MADE = moment("2026-11-23 10:25")


def test_a_link_opens_what_it_is_for_and_only_its_hash_is_kept(session: Session, case: Case) -> None:
    token = links.make(session, Purpose.FAMILY, case, now=MADE, days=30)

    opened = links.open(session, token, Purpose.FAMILY, now=MADE)

    assert opened is not None
    assert opened.case is case
    assert token not in session.scalars(select(Link.token_hash)).one()
    assert len(token) >= 43, "256 bits"


@pytest.mark.parametrize(
    ("purpose", "days", "token"),
    [
        pytest.param(Purpose.ACKNOWLEDGE, 0, None, id="another purpose"),
        pytest.param(Purpose.FAMILY, 30, None, id="its time is over"),
        pytest.param(Purpose.FAMILY, 0, "guess", id="not one of ours"),
        pytest.param(Purpose.FAMILY, 0, "", id="nothing"),
    ],
)
def test_it_opens_nothing_else(session: Session, case: Case, purpose: Purpose, days: int, token: str | None) -> None:
    made = links.make(session, Purpose.FAMILY, case, now=MADE, days=30)

    assert links.open(session, made if token is None else token, purpose, now=MADE + timedelta(days=days)) is None


def test_a_link_that_was_taken_back_opens_nothing(session: Session, case: Case) -> None:
    family = links.make(session, Purpose.FAMILY, case, now=MADE, days=30)
    action = links.make(session, Purpose.ACTION, case, now=MADE, days=30)

    links.revoke(session, case, Purpose.FAMILY, now=MADE)

    assert links.open(session, family, Purpose.FAMILY, now=MADE) is None
    assert links.open(session, action, Purpose.ACTION, now=MADE) is not None


@pytest.mark.parametrize(("purpose", "path"), [(p, f"/{links.PATHS[p]}/abc") for p in Purpose])
def test_every_purpose_has_an_address(purpose: Purpose, path: str) -> None:
    assert links.address(purpose, "abc").endswith(path)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_the_token_of_a_link_in_a_stored_mail_is_masked(purpose: Purpose) -> None:
    written = f"Please open {links.address(purpose, 'aB3_-token')}\nbefore Friday."

    assert links.masked(written) == f"Please open {links.address(purpose, '…')}\nbefore Friday."
