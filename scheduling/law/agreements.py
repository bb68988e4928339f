"""By when an agreed action is due, and from whom.

What could have been appealed is done as if the Tribunal had ordered it, anything else within two weeks. A date that the
parties wrote down rules instead, sooner or later than the law's.
"""

from datetime import date
from enum import StrEnum

from scheduling.law import deadlines, rules
from scheduling.law.deadlines import Deadline
from scheduling.law.rules import Owed, Rule


class Action(StrEnum):
    """What may be agreed, one action one time limit."""

    ASSESSMENT = "assess the child's needs, and say so"
    ASSESSMENT_PLAN = "finish the plan that follows the assessment"
    ASSESSMENT_NO_PLAN = "say that no plan follows the assessment"
    PLAN_DRAFT = "make a plan: the draft"
    PLAN_FINAL = "make a plan: the final plan"
    AMENDMENT = "amend the plan"
    SCHOOL = "change only the school or its type in the plan"
    CONTINUATION = "keep the plan going"
    WITHOUT_APPEAL = "anything that could not have been appealed"
    HEALTH_TELLS = "tell the authority, which was not there"

    @property
    def rule(self) -> Rule:
        return _RULES[self]

    @property
    def owed_by(self) -> Owed:
        """Also where the parties wrote down another day, it is still this party's to do."""
        return self.rule.owed_by

    @property
    def next_steps(self) -> tuple["Action", ...]:
        """What the law has follow from it, and would be forgotten if only this were written down."""
        return _NEXT_STEPS.get(self, ())


_RULES = {
    Action.ASSESSMENT: rules.AGREED_ASSESSMENT,
    Action.ASSESSMENT_PLAN: rules.AGREED_ASSESSMENT_PLAN,
    Action.ASSESSMENT_NO_PLAN: rules.AGREED_ASSESSMENT_NO_PLAN,
    Action.PLAN_DRAFT: rules.AGREED_PLAN_DRAFT,
    Action.PLAN_FINAL: rules.AGREED_PLAN_FINAL,
    Action.AMENDMENT: rules.AGREED_AMENDMENT,
    Action.SCHOOL: rules.AGREED_SCHOOL,
    Action.CONTINUATION: rules.AGREED_CONTINUATION,
    Action.WITHOUT_APPEAL: rules.AGREED_WITHOUT_APPEAL,
    Action.HEALTH_TELLS: rules.AGREED_HEALTH_TELLS,
}

_NEXT_STEPS = {
    Action.ASSESSMENT: (Action.ASSESSMENT_NO_PLAN, Action.ASSESSMENT_PLAN),
    Action.PLAN_DRAFT: (Action.PLAN_FINAL,),
}


def due(action: Action, *, agreed: date, written_down: date | None = None) -> Deadline:
    """The day by which this action is due after an agreement of that day."""
    if written_down is None:
        return deadlines.agreement_kept_by(agreed, rule=action.rule)
    if written_down < agreed:
        message = f"{rules.in_words(written_down)} is before the agreement of {rules.in_words(agreed)}."
        raise ValueError(message)
    rule = rules.in_force(rules.AGREED_OTHER_TIMES, on=agreed)
    return Deadline(day=written_down, rule=rule, last_lawful=written_down, also=(action.rule,))
