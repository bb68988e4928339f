"""Whose right it is, who stands beside them, and how each may safely be reached."""

from datetime import date, time

import pytest
from sqlalchemy.orm import Session

from scheduling.cases import people, worklist
from scheduling.cases.people import ContactRecord, NotSo
from scheduling.law.right_holder import Acting, Capacity, Holder
from scheduling.models import Actor, Case, PersonRole
from tests.builders import Town, moment

NOW = moment("2026-11-23 10:25")
TODAY = date(2026, 11, 23)
BORN = date(2010, 3, 14)
"""Sixteen in March 2026, so compulsory school age ended on Friday 26 June 2026."""


@pytest.fixture
def by(barnet: Town) -> Actor:
    return Actor.staff(barnet.adviser.id)


@pytest.mark.parametrize(
    ("on", "holder", "acting"),
    [
        pytest.param(
            date(2026, 6, 26), Holder.PARENT, Acting.PARENT, id="the last Friday in June is still the parent's"
        ),
        pytest.param(date(2026, 6, 27), Holder.YOUNG_PERSON, Acting.YOUNG_PERSON, id="from the Saturday on"),
    ],
)
def test_the_right_passes_in_a_night(case: Case, *, on: date, holder: Holder, acting: Acting) -> None:
    case.child_born = BORN

    whose = people.holder(case, on=on)

    assert whose is not None
    assert (whose.holder, people.acting(case, on=on)) == (holder, acting)


def test_without_a_birth_date_nothing_is_said_of_whose_right_it_is(case: Case) -> None:
    assert (people.holder(case, on=TODAY), people.acting(case, on=TODAY)) == (None, None)


def test_a_young_person_whose_parent_brought_the_case_is_to_be_heard(session: Session, case: Case, by: Actor) -> None:
    people.record_child(session, case, name="Robin", born=BORN, by=by, now=NOW, today=TODAY)
    assert "the young person's own" in (case.history[-1].why or "")
    [item] = worklist.items(session, now=NOW)
    assert item.what == "Speak with the young person, and ask whose case it shall be"

    young_person = people.hand_over(session, case, ContactRecord(name="Robin", number="+447700900124"), by=by, now=NOW)

    assert case.person is young_person
    assert [beside.person.name for beside in case.others] == ["Sam"]
    assert case.consent_to_share_at is None
    assert worklist.items(session, now=NOW) == []


def test_where_the_young_person_cannot_decide_the_parent_does(session: Session, case: Case, by: Actor) -> None:
    case.child_born = BORN
    people.record_capacity(session, case, Capacity.UNABLE, by=by, now=NOW)

    assert people.acting(case, on=TODAY) is Acting.PARENT_INSTEAD
    assert worklist.items(session, now=NOW) == []


def test_a_supporter_is_added_and_removed_again(session: Session, case: Case, by: Actor) -> None:
    supporter = people.add(
        session,
        case,
        role=PersonRole.SUPPORTER,
        record=ContactRecord(name="Kim"),
        comes_to_the_meeting=True,
        by=by,
        now=NOW,
    )
    assert case.history[-1].what == "The family's supporter was added, who comes to the meeting"

    people.remove(session, case, supporter, by=by, now=NOW)

    assert case.others == []


def test_history_says_what_of_a_record_was_changed_and_never_to_what(session: Session, case: Case, by: Actor) -> None:
    record = ContactRecord(
        name="Sam",
        number="+447700900199",
        safe_from=time(9, 30),
        safe_until=time(14),
        interpreter="British Sign Language",
    )

    people.change(session, case, case.person, record, by=by, now=NOW)

    assert people.contact_record(case.person) == record
    line = case.history[-1].what
    assert line.startswith("The contact record of the parent was changed: e-mail address, number, safe hours")
    assert "900199" not in line


@pytest.mark.parametrize(
    ("record", "because"),
    [
        pytest.param(ContactRecord(name="Sam", safe_from=time(9)), "or neither", id="half a time"),
        pytest.param(
            ContactRecord(name="Sam", safe_from=time(15), safe_until=time(9)),
            "before they end",
            id="the wrong way round",
        ),
        pytest.param(ContactRecord(name="Sam", number="12"), "whole telephone number", id="no number"),
    ],
)
def test_a_record_that_cannot_be_right_is_refused(
    session: Session, case: Case, by: Actor, *, record: ContactRecord, because: str
) -> None:
    with pytest.raises(NotSo, match=because):
        people.change(session, case, case.person, record, by=by, now=NOW)
