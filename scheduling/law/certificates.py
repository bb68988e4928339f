"""Which certificate may be issued, by when it is due, and if none may, why not.

Three kinds lead to the Tribunal: the family did not want mediation, took part in it, or it could not be arranged. None
is issued before the family has had the information, none a second time, and none where an appeal needs none.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from scheduling.law import deadlines, periods, rules
from scheduling.law.deadlines import Deadline
from scheduling.law.routes import Route, Way
from scheduling.law.rules import Rule
from scheduling.law.working_days import Calendar


class Kind(StrEnum):
    """What a certificate says about mediation."""

    NOT_WANTED = "not wanted"
    TOOK_PART = "took part"
    NOT_ARRANGED = "could not be arranged"

    @property
    def rule(self) -> Rule:
        return _RULES[self]


_RULES = {
    Kind.NOT_WANTED: rules.CERTIFICATE_WHEN_DECLINED,
    Kind.TOOK_PART: rules.CERTIFICATE_WHEN_CONCLUDED,
    Kind.NOT_ARRANGED: rules.CERTIFICATE_WHEN_NOT_ARRANGED,
}


class Information(StrEnum):
    """What the adviser tells every family before there can be a certificate, in the order of the script."""

    PURPOSE = "what mediation is for"
    VOLUNTARY = "that it is voluntary"
    FREE = "that it is free"
    INDEPENDENT = "that it is independent"
    CONFIDENTIAL = "that it is confidential"
    TIMESCALES = "how long things may take"
    CERTIFICATE = "the certificate and the time for an appeal"
    EXPENSES = "that expenses are paid back"


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """What became of the meeting."""

    day: date
    has_ended: bool = True
    """False while it is adjourned to another day."""
    family_came: bool = True
    authority_came: bool = True

    @property
    def was_mediation(self) -> bool:
        return self.has_ended and self.family_came and self.authority_came


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What the operator decided where the law leaves room."""

    silence_is_an_answer: bool = True
    """An adviser may issue a certificate when the authority has arranged nothing by the end of the 30 days."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is recorded about one decision. Days are London's; None where it has not happened."""

    route: Route
    decision_sent: date | None
    """The date printed on the decision letter."""
    contacted: date | None
    """When the family first turned to us about it."""
    informed_of: frozenset[Information] = frozenset()
    late_contact_allowed: bool = False
    """An adviser has decided, with a reason, that a contact after the two months gets its certificate."""
    is_issued: bool = False
    declined: date | None = None
    """When the family told us that it does not want mediation, if that is its last word."""
    wanted_before: bool = False
    """It had wanted mediation and changed its mind."""
    authority_told: date | None = None
    """When it was first told that the family wants mediation."""
    authority_cannot: date | None = None
    """When the authority told us that it cannot arrange mediation in its 30 days."""
    meeting_booked_for: date | None = None
    """The next meeting, also one after the 30 days."""
    meeting: Meeting | None = None
    """The last meeting whose day has come."""

    @property
    def mediation_was_held(self) -> bool:
        return self.meeting is not None and self.meeting.was_mediation


@dataclass(frozen=True, kw_only=True)
class Permission:
    """Whether this certificate may be issued today; if not, every reason why, in sentences."""

    kind: Kind
    why_not: tuple[str, ...]
    due: Deadline | None
    """By when it has to be issued: it stands also while something is still in the way. None: nothing calls for it."""
    needs_reason: bool = False
    """The adviser writes down why: the authority has said nothing."""

    @property
    def is_granted(self) -> bool:
        return not self.why_not


def may_issue(kind: Kind, facts: Facts, calendar: Calendar, *, today: date, policy: Policy) -> Permission:
    """Whether this kind of certificate may be issued today, and by when it must be."""
    return Permission(
        kind=kind,
        why_not=(*_against_any(facts, calendar), *_against(kind, facts, today, policy)),
        due=_due(kind, facts, calendar, today=today, policy=policy),
        needs_reason=kind is Kind.NOT_ARRANGED and facts.authority_cannot is None,
    )


def _against_any(facts: Facts, calendar: Calendar) -> Iterator[str]:
    if not facts.route.needs_certificate:
        yield _no_certificate_on(facts.route)
    if facts.is_issued:
        yield "This decision has its certificate. Another decision letter is another case, with its own."
    missing = [item for item in Information if item not in facts.informed_of]
    if missing:
        yield f"The family has not been told yet: {'; '.join(missing)}. Tell it, and tick it off."
    yield from _against_the_time(facts, calendar)


def _no_certificate_on(route: Route) -> str:
    if route.way is Way.DISAGREEMENT_RESOLUTION:
        return "Disagreement resolution never leads to a certificate."
    if route.way is Way.EXEMPT:
        return "No certificate is needed: the family disagrees only about the school, and can appeal without one."
    return f"There is no certificate on this route ({route.way}). {route.reason}"


def _against_the_time(facts: Facts, calendar: Calendar) -> Iterator[str]:
    if facts.decision_sent is None:
        yield "The date printed on the decision letter is not recorded."
        return
    if facts.contacted is None:
        yield "It is not recorded when the family first contacted us."
        return
    last_day = deadlines.contact_adviser_by(facts.decision_sent, calendar).day
    if facts.contacted > last_day and not facts.late_contact_allowed:
        yield (
            f"The family first contacted us on {rules.in_words(facts.contacted)}, and the two months had ended on "
            f"{rules.in_words(last_day)}. An adviser decides, with a reason; the Tribunal may allow an appeal "
            "without a certificate."
        )


def _against(kind: Kind, facts: Facts, today: date, policy: Policy) -> Iterator[str]:
    match kind:
        case Kind.NOT_WANTED:
            return _against_not_wanted(facts)
        case Kind.TOOK_PART:
            return _against_took_part(facts.meeting)
        case Kind.NOT_ARRANGED:
            return _against_not_arranged(facts, today, policy)


def _against_not_wanted(facts: Facts) -> Iterator[str]:
    if facts.mediation_was_held:
        yield "The family took part in mediation: its certificate says so."
    elif facts.declined is None:
        yield "The family has not said that it does not want mediation."


def _against_took_part(meeting: Meeting | None) -> Iterator[str]:
    if meeting is None:
        yield "There has been no meeting."
    elif not meeting.family_came:
        yield f"The family did not come, so it has not taken part. {_ASK_THE_FAMILY}"
    elif not meeting.authority_came:
        yield "The authority did not come, so there was no mediation to take part in. Book again within the 30 days."
    elif not meeting.has_ended:
        yield "Mediation has not ended: the meeting was adjourned."


def _against_not_arranged(facts: Facts, today: date, policy: Policy) -> Iterator[str]:
    if facts.mediation_was_held:
        yield "Mediation was held: the certificate is that the family took part."
    elif facts.declined is not None:
        yield "The family no longer wants mediation: its certificate says that."
    elif facts.authority_told is None:
        yield "The authority has not been told that the family wants mediation, so its 30 days have not begun."
    elif facts.authority_cannot is None:
        yield from _against_silence(facts, facts.authority_told, today, policy)


def _against_silence(facts: Facts, told: date, today: date, policy: Policy) -> Iterator[str]:
    last_day = _last_of_the_thirty(told)
    booked, met = facts.meeting_booked_for, facts.meeting
    if not policy.silence_is_an_answer:
        yield "The authority has not said that it cannot arrange mediation, and this service waits for its word."
    elif booked is not None and booked <= last_day and (met is None or met.day < booked):
        yield f"A meeting is booked for {rules.in_words(booked)}, within the 30 days."
    elif met is not None and not met.family_came:
        yield f"Mediation was arranged, and the family did not come. {_ASK_THE_FAMILY}"
    elif met is not None and met.authority_came:
        yield "Mediation has begun: the meeting was adjourned."
    elif today < last_day:
        yield (
            f"The authority has until {rules.in_words(last_day)} to arrange mediation and has not said that it cannot."
        )


_ASK_THE_FAMILY = (
    "Ask whether it still wants mediation: then book again; otherwise its certificate is that it did not want it."
)


def _due(kind: Kind, facts: Facts, calendar: Calendar, *, today: date, policy: Policy) -> Deadline | None:
    """Three working days from what calls for it, whatever is still in the way."""
    if facts.is_issued or not facts.route.needs_certificate:
        return None
    match kind:
        case Kind.NOT_WANTED if facts.declined is not None and not facts.mediation_was_held:
            rule = rules.CERTIFICATE_WHEN_MIND_CHANGED if facts.wanted_before else kind.rule
            return deadlines.certificate_by(facts.declined, calendar, rule=rule)
        case Kind.TOOK_PART if facts.meeting is not None and facts.meeting.was_mediation:
            return deadlines.certificate_by(facts.meeting.day, calendar, rule=kind.rule)
        case Kind.NOT_ARRANGED if not any(_against_not_arranged(facts, today, policy)):
            return _due_not_arranged(facts, calendar)
        case _:
            return None


def _due_not_arranged(facts: Facts, calendar: Calendar) -> Deadline | None:
    if facts.authority_cannot is not None:
        return deadlines.certificate_by(facts.authority_cannot, calendar, rule=Kind.NOT_ARRANGED.rule)
    if facts.authority_told is None:
        return None
    last_day = _last_of_the_thirty(facts.authority_told)
    silent = deadlines.certificate_by(last_day, calendar, rule=Kind.NOT_ARRANGED.rule)
    silence = rules.in_force(rules.SILENCE_IS_AN_ANSWER, on=last_day)
    return replace(silent, interpretation=silence.interpretation, also=(silence,))


def _last_of_the_thirty(told: date) -> date:
    rule = rules.in_force(rules.MEDIATION_WITHIN_THIRTY_DAYS, on=told)
    return periods.days_after(told, rule.number)
