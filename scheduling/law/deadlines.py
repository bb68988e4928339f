"""By when something must be done, for every step from the decision letter to the agreement.

Each answer is a Deadline, which carries the rule it comes from. Two days stand in it: the plain day, which people are
told first, and the last lawful day, which differs only where the law itself forgives a weekend, August or Christmas.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from scheduling.law import periods, rules
from scheduling.law.rules import Rule
from scheduling.law.working_days import Calendar

_AUGUST = 8
_CHRISTMAS, _NEW_YEAR = (12, 25), (1, 1)


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """The day by which something is due, and why."""

    day: date
    rule: Rule
    last_lawful: date
    """The day on which it would still be in time. Never shown without the plain day."""
    interpretation: str = ""
    """The reading on which this very day depends; empty when no reading could make it another day."""
    also: tuple[Rule, ...] = ()
    """Further rules that had a part in it."""

    @property
    def is_certain(self) -> bool:
        return not self.interpretation

    @property
    def certainty(self) -> str:
        return rules.certainty(self.interpretation)

    @property
    def citation(self) -> str:
        cited = dict.fromkeys(rule.citation for rule in (self.rule, *self.also))
        return "; ".join(cited)


@dataclass(frozen=True, kw_only=True)
class MediationWindow:
    """The end of the 30 days, and the last working day in them, on which a meeting can in practice be held."""

    last_date: Deadline
    last_working_day: date


@dataclass(frozen=True, kw_only=True)
class NoticeLimits:
    """The last days for telling the family date and place: plan with the clear one; between the two is amber."""

    clear: Deadline
    ordinary: Deadline


def contact_adviser_by(notice_sent: date, calendar: Calendar) -> Deadline:
    """Two months from the letter in which to contact the adviser, to the day: nothing forgives a Sunday or August."""
    rule = rules.in_force(rules.CONTACT_THE_ADVISER, on=notice_sent)
    day = periods.months_after(notice_sent, rule.number)
    if calendar.is_working_day(day):
        return Deadline(day=day, rule=rule, last_lawful=day)
    unmoved = rules.CONTACT_DOES_NOT_ROLL
    return Deadline(day=day, rule=rule, last_lawful=day, interpretation=unmoved.interpretation, also=(unmoved,))


def certificate_by(event: date, calendar: Calendar, *, rule: Rule) -> Deadline:
    """Three working days for the adviser, after whichever of the four events calls for a certificate.

    The rule names the event: ``CERTIFICATE_WHEN_DECLINED``, ``_MIND_CHANGED``, ``_CONCLUDED`` or ``_NOT_ARRANGED``.
    """
    rule = rules.in_force(rule, on=event)
    return _plain(calendar.after(event, rule.number), rule)


def mediation_window(authority_told: date, calendar: Calendar) -> MediationWindow:
    """The 30 days in which the meeting must be held once the authority has been told."""
    rule = rules.in_force(rules.MEDIATION_WITHIN_THIRTY_DAYS, on=authority_told)
    last_date = periods.days_after(authority_told, rule.number)
    return MediationWindow(last_date=_plain(last_date, rule), last_working_day=calendar.on_or_before(last_date))


def notice_latest(meeting: date, calendar: Calendar) -> NoticeLimits:
    """The last days on which notice of a meeting can be given without asking the family to accept less."""
    clear = rules.in_force(rules.NOTICE_IN_CLEAR_DAYS, on=meeting)
    ordinary = rules.in_force(rules.NOTICE_IN_ORDINARY_DAYS, on=meeting)
    return NoticeLimits(
        clear=_plain(calendar.before(meeting, clear.number + 1), clear),
        ordinary=_plain(calendar.before(meeting, ordinary.number), ordinary),
    )


def health_told_by(authority_told: date, calendar: Calendar) -> Deadline:
    """Three working days for the authority to tell each integrated care board."""
    rule = rules.in_force(rules.HEALTH_IS_TOLD, on=authority_told)
    return _plain(calendar.after(authority_told, rule.number), rule)


def health_mediation_by(health_told: date) -> Deadline:
    """On health alone the 30 days run from the day on which the integrated care board heard of it."""
    rule = rules.in_force(rules.HEALTH_WITHIN_THIRTY_DAYS, on=health_told)
    return _plain(periods.days_after(health_told, rule.number), rule)


def appeal_by(decision_sent: date, calendar: Calendar, *, certificate_issued: date | None = None) -> Deadline:
    """Two months from the decision or one month from the certificate, whichever ends later."""
    after_decision = rules.in_force(rules.APPEAL_AFTER_DECISION, on=decision_sent)
    day, rule = periods.months_after(decision_sent, after_decision.number), after_decision
    if certificate_issued is not None:
        from_certificate = appeal_by_certificate(certificate_issued, calendar)
        if from_certificate.day > day:
            return from_certificate
    return _at_the_tribunal(day, rule, calendar)


def appeal_by_certificate(certificate_issued: date, calendar: Calendar) -> Deadline:
    """One month from the certificate: safe to tell when the letter's date is unknown, since that can only add time."""
    rule = rules.in_force(rules.APPEAL_AFTER_CERTIFICATE, on=certificate_issued)
    return _at_the_tribunal(periods.months_after(certificate_issued, rule.number), rule, calendar)


def tribunal_last_day(day: date, calendar: Calendar) -> date:
    """The last day on which the Tribunal still takes an appeal that was due on this day, until 5pm.

    August and Christmas are forgiven when the time ends in them. A time that ends on the Saturday before is moved to
    the next working day only, even where that lies in August: one rule or the other, never both.
    """
    if day.month == _AUGUST:
        return calendar.on_or_after(date(day.year, 9, 1))
    if (day.month, day.day) >= _CHRISTMAS:
        return calendar.on_or_after(date(day.year + 1, 1, 2))
    if (day.month, day.day) == _NEW_YEAR:
        return calendar.on_or_after(date(day.year, 1, 2))
    return calendar.on_or_after(day)


def agreement_kept_by(agreed: date, *, rule: Rule) -> Deadline:
    """The day by which one agreed action is due, unless the parties wrote down another time."""
    rule = rules.in_force(rule, on=agreed)
    return weeks_after_agreement(agreed, rule.number, rule=rule)


def weeks_after_agreement(agreed: date, weeks: int, *, rule: Rule = rules.AGREED_WITHIN_WEEKS) -> Deadline:
    """So many weeks from the date of the agreement, on the same day of the week."""
    return _plain(periods.weeks_after(agreed, weeks), rules.in_force(rule, on=agreed))


def _plain(day: date, rule: Rule) -> Deadline:
    return Deadline(day=day, rule=rule, last_lawful=day, interpretation=rule.interpretation)


def _at_the_tribunal(day: date, rule: Rule, calendar: Calendar) -> Deadline:
    last_day = tribunal_last_day(day, calendar)
    moved = () if last_day == day else (_what_moves(day),)
    return Deadline(day=day, rule=rule, last_lawful=last_day, interpretation=_doubt(day, last_day), also=moved)


def _what_moves(day: date) -> Rule:
    return rules.AUGUST_AND_CHRISTMAS if _in_august_or_christmas(day) else rules.BY_FIVE


def _doubt(day: date, last_day: date) -> str:
    """Moved by a weekend into August or Christmas: a kinder reading would move it on, and we do not count on it."""
    moved_into = any(
        _in_august_or_christmas(day + timedelta(days=after)) for after in range(1, (last_day - day).days + 1)
    )
    if _in_august_or_christmas(day) or not moved_into:
        return ""
    return "a last day moved into August or Christmas by a weekend is not moved on a second time"


def _in_august_or_christmas(day: date) -> bool:
    return day.month == _AUGUST or (day.month, day.day) >= _CHRISTMAS or (day.month, day.day) == _NEW_YEAR
