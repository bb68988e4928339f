"""Which way a disagreement can go, by four questions that an adviser asks on the telephone.

What was decided? About which part of the plan? Is health or social care in it? Is it a claim of discrimination? Every
set of answers has exactly one route, and another answer, such as "and Section F", may at once be another route.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from scheduling.law import rules
from scheduling.law.rules import Rule


class Decision(StrEnum):
    """What the authority wrote to the family."""

    NOT_TO_ASSESS = "not to assess"
    NOT_TO_MAKE_A_PLAN = "not to make a plan"
    PLAN = "a plan was made, amended or replaced"
    NOT_TO_AMEND = "not to amend the plan"
    NOT_TO_REASSESS = "not to reassess"
    TO_END_THE_PLAN = "to end the plan"
    ANOTHER = "another decision"
    NONE = "no decision"
    """A disagreement about how somebody does, or does not do, what they have to."""


class Part(StrEnum):
    """What of a plan's education is in dispute."""

    SPECIAL_EDUCATION = "special educational needs or provision (Sections B and F)"
    SCHOOL = "the school named, its type, or that none is named (Section I)"


class Care(StrEnum):
    """What beside education is in dispute."""

    HEALTH = "health care"
    SOCIAL_CARE = "social care"


class Way(StrEnum):
    """The ways a disagreement can go."""

    CERTIFICATE = "certificate needed"
    MIXED = "certificate needed, with health or social care"
    EXEMPT = "no certificate needed"
    HEALTH = "health care only"
    SOCIAL_CARE = "social care without education"
    NO_APPEAL = "no right of appeal"
    DISAGREEMENT_RESOLUTION = "disagreement resolution"
    DISCRIMINATION = "discrimination claim"


class Clock(StrEnum):
    """Whose 30 days run when the family wants mediation."""

    AUTHORITY = "the authority's 30 days, from the day on which it is told"
    HEALTH = "the integrated care board's 30 days, from the day on which the authority tells it"
    NONE = "no days are counted"


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What the family said to the four questions."""

    decision: Decision
    about: frozenset[Part] = frozenset()
    """Asked where there is a plan; a refusal to assess is appealed as a whole, whatever it is about."""
    care: frozenset[Care] = frozenset()
    discrimination: bool = False

    def and_also(self, subject: Part | Care) -> "Answers":
        """The same answers after the family has added something: "and the hours in Section F"."""
        if isinstance(subject, Part):
            return replace(self, about=self.about | {subject})
        return replace(self, care=self.care | {subject})


@dataclass(frozen=True, kw_only=True)
class Route:
    """The way a disagreement goes, and why, in words that the family is shown."""

    way: Way
    reason: str
    rule: Rule
    clock: Clock
    health_is_told: bool = False
    """The authority must tell the integrated care board, which must come."""
    beside: str = ""
    """What else is open to the family; its own time may be running."""

    @property
    def needs_certificate(self) -> bool:
        """The only ways on which a certificate exists; on every other one there is none to be had."""
        return self.way in {Way.CERTIFICATE, Way.MIXED}

    @property
    def may_appeal(self) -> bool:
        return self.needs_certificate or self.way is Way.EXEMPT

    @property
    def may_mediate(self) -> bool:
        """Somebody is bound by law to arrange mediation when the family asks for it."""
        return self.clock is not Clock.NONE


_ABOUT_A_PLAN = {Decision.PLAN, Decision.NOT_TO_AMEND}
_WITHOUT_APPEAL = {Decision.ANOTHER, Decision.NONE}

_CLAIM = (
    "The claim of disability discrimination is a matter of its own: it needs no certificate, must be made within six "
    "months, and August counts."
)


def of(answers: Answers) -> Route:
    """The one route of these answers.

    A claim of discrimination stands alone only where nothing can be appealed. Beside a decision that can, it must not
    hide the certificate which that appeal needs, so it is told beside.
    """
    if answers.decision in _WITHOUT_APPEAL:
        return _DISCRIMINATION if answers.discrimination else _without_appeal(answers.decision)
    route = _of_a_plan(answers) if answers.decision in _ABOUT_A_PLAN else _appeal_with_certificate(answers)
    return replace(route, beside=_CLAIM) if answers.discrimination else route


def _without_appeal(decision: Decision) -> Route:
    return _DISAGREEMENT_RESOLUTION if decision is Decision.NONE else _ANOTHER_DECISION


def _of_a_plan(answers: Answers) -> Route:
    if not answers.about:
        return _without_education(answers.care)
    if answers.about == {Part.SCHOOL} and not answers.care:
        return _EXEMPT
    return _appeal_with_certificate(answers)


def _without_education(care: frozenset[Care]) -> Route:
    if care == {Care.HEALTH}:
        return _HEALTH
    if care:
        return replace(_SOCIAL_CARE, health_is_told=Care.HEALTH in care)
    return _NOTHING_OF_A_PLAN


def _appeal_with_certificate(answers: Answers) -> Route:
    on_a_plan = answers.decision in _ABOUT_A_PLAN
    if not answers.care:
        return _CERTIFICATE_FOR_SECTIONS if on_a_plan else _CERTIFICATE
    mixed = _SCHOOL_AND_CARE if on_a_plan and answers.about == {Part.SCHOOL} else _MIXED
    return replace(mixed, health_is_told=Care.HEALTH in answers.care)


_CERTIFICATE = Route(
    way=Way.CERTIFICATE,
    reason="This decision can be appealed, and the appeal needs a mediation certificate. "
    "Mediation itself is your choice.",
    rule=rules.CERTIFICATE_BEFORE_APPEAL,
    clock=Clock.AUTHORITY,
)
_CERTIFICATE_FOR_SECTIONS = replace(
    _CERTIFICATE,
    reason="You disagree about special educational needs or provision (Sections B and F), so an appeal needs a "
    "mediation certificate, also where it is about the school as well. Mediation itself is your choice.",
)
_MIXED = Route(
    way=Way.MIXED,
    reason="This decision can be appealed, and the appeal needs a mediation certificate. Health or social care is part "
    "of the disagreement: one mediation, arranged by the authority, can be about all of it.",
    rule=rules.CERTIFICATE_BEFORE_APPEAL,
    clock=Clock.AUTHORITY,
)
_SCHOOL_AND_CARE = replace(
    _MIXED,
    reason="About the school alone no certificate would be needed. Health or social care is part of the disagreement, "
    "too, and an appeal about both is safe only with a mediation certificate.",
    rule=rules.SCHOOL_AND_CARE_NEED_A_CERTIFICATE,
)
_EXEMPT = Route(
    way=Way.EXEMPT,
    reason="You disagree only about the school named, its type, or that none is named, so you can appeal without a "
    "certificate. Mediation is still open to you, but it gives no further time for the appeal.",
    rule=rules.SCHOOL_ONLY_NEEDS_NO_CERTIFICATE,
    clock=Clock.AUTHORITY,
)
_HEALTH = Route(
    way=Way.HEALTH,
    reason="You disagree only about health care. That cannot be appealed, so there is no certificate, but the "
    "integrated care board must arrange mediation if you want it.",
    rule=rules.CARE_ALONE_CANNOT_BE_APPEALED,
    clock=Clock.HEALTH,
    health_is_told=True,
)
_SOCIAL_CARE = Route(
    way=Way.SOCIAL_CARE,
    reason="You disagree about social care and not about education. That cannot be appealed, so there is no "
    "certificate, but the authority must arrange mediation if you want it.",
    rule=rules.CARE_ALONE_CANNOT_BE_APPEALED,
    clock=Clock.AUTHORITY,
)
_NOTHING_OF_A_PLAN = Route(
    way=Way.NO_APPEAL,
    reason="An appeal about a plan must be about its Sections B, F or I, and yours is about none of them. There is no "
    "certificate, but the authority must arrange mediation about the plan if you want it.",
    rule=rules.MAY_BE_APPEALED,
    clock=Clock.AUTHORITY,
)
_ANOTHER_DECISION = Route(
    way=Way.NO_APPEAL,
    reason="The Act gives no appeal against this decision, so there is no certificate. Disagreement resolution is open "
    "to you where everybody agrees to it.",
    rule=rules.MAY_BE_APPEALED,
    clock=Clock.NONE,
)
_DISAGREEMENT_RESOLUTION = Route(
    way=Way.DISAGREEMENT_RESOLUTION,
    reason="There is no decision that could be appealed. Disagreement resolution is voluntary for everybody and open "
    "at any time; it never leads to a certificate and takes no right away from you.",
    rule=rules.DISAGREEMENT_RESOLUTION,
    clock=Clock.NONE,
)
_DISCRIMINATION = Route(
    way=Way.DISCRIMINATION,
    reason="A claim of disability discrimination goes straight to the Tribunal: it needs no certificate, must be made "
    "within six months, and August counts. We show you where to find advice about it.",
    rule=rules.DISCRIMINATION_NEEDS_NO_CERTIFICATE,
    clock=Clock.NONE,
)
