"""Policies hold their default until somebody chooses, and never a value out of their range."""

import pytest
from sqlalchemy.orm import Session

from scheduling.reference import policies
from scheduling.reference.policies import Policy
from tests import builders

NOW = builders.moment("2026-11-24 10:00")


@pytest.mark.parametrize("policy", policies.ALL, ids=lambda policy: policy.name)
def test_a_policy_holds_its_default_until_somebody_chooses(session: Session, policy: Policy) -> None:
    assert policies.value(session, policy) == policy.default

    policies.choose(session, policy, policy.highest, by_staff_id=None, now=NOW)
    policies.choose(session, policy, policy.lowest, by_staff_id=None, now=NOW)

    assert policies.value(session, policy) == policy.lowest


@pytest.mark.parametrize("number", [-1, 73, 10**6])
def test_a_value_out_of_range_is_refused_in_a_sentence(session: Session, number: int) -> None:
    with pytest.raises(policies.OutOfRange, match="choose a whole number from 0 to 72"):
        policies.choose(session, policies.OFFER_HOURS, number, by_staff_id=None, now=NOW)

    assert policies.value(session, policies.OFFER_HOURS) == 0
