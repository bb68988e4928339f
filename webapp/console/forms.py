"""The console's forms, each with the sentences that it says when something is missing."""

from typing import Any

from wtforms import BooleanField, Form, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation

from scheduling.models import Repeats, Role
from webapp.forms import Day, Given, Line, MailAddress, Words


def whole_number(posted: object) -> int:
    """What a tick stands for; anything else stands for nobody."""
    text = str(posted)
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("10000000000") else 0


ONCE = "once"


class OneOf(RadioField):
    """Radios of which one must be chosen; the sentence says what to choose."""

    def __init__(self, label: str, sentence: str, **options: Any) -> None:
        super().__init__(label, validate_choice=False, **options)
        self.sentence = sentence

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002
        """Refuse nothing, and anything that was not offered."""
        if self.data not in {value for value, *_ in self.iter_choices()}:
            raise StopValidation(self.sentence)


class FromList(SelectField):
    """A list of which one may be chosen."""

    def __init__(self, label: str, sentence: str, **options: Any) -> None:
        super().__init__(label, validate_choice=False, **options)
        self.sentence = sentence

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002
        """Refuse anything that was not offered."""
        if self.data not in {value for value, *_ in self.iter_choices()}:
            raise StopValidation(self.sentence)


class Number(Line):
    """A telephone number, or nothing."""


class AdviceRecord(Form):
    """What the adviser writes down after talking to the family."""

    name = Line("Full name")
    email = Line("Email address", (MailAddress(),))
    outcode = Line("First half of the home postcode", longest=4)
    authority = FromList("Council", "Choose the council from the list")
    letter_date = Day("Date on the decision letter", called="the date on the decision letter")
    child_name = Line("Child's or young person's name")
    child_born = Day("Child's or young person's date of birth", called="the date of birth")
    issues = Words("What the disagreement is about")
    health_in_issue = BooleanField("Health care in the plan is part of the disagreement")
    consent_to_share = BooleanField("The family agrees that the council is told what the disagreement is about")
    needs_step_free = BooleanField("Somebody needs a building without steps")
    may_text = OneOf(
        "May we send texts to this number?",
        "Choose whether we may send texts",
        choices=[SelectChoice("yes", "Yes"), SelectChoice("no", "No"), SelectChoice("not asked", "Not asked yet")],
    )


class WhyLook(Form):
    """What somebody says before they open a case that is not theirs."""

    reason = Words("Why you need to open it", (Given("Enter why you need to open this case"),))


class NewRole(Form):
    """What somebody is here to do from now on."""

    role = OneOf(
        "Role",
        "Choose a role",
        choices=[SelectChoice(role.value, role.value[:1].upper() + role.value[1:]) for role in Role],
    )
    because = Line("Why", (Given("Enter why, so that the history can say it"),))


class InEntra(Form):
    """Whom somebody's own organisation vouches for, by the two numbers that never change hands."""

    tenant_id = Line("Tenant id", (Given("Enter the id of their organisation's Entra tenant"),))
    object_id = Line("Object id", (Given("Enter their object id in it"),))


class VouchedFor(InEntra):
    """The same for somebody who may have a password already."""

    keeps_password = BooleanField("They keep their password here as well")


class NewStaff(InEntra):
    """Somebody who signs in with the account of their organisation, and has no password here."""

    name = Line("Full name", (Given("Enter their name"),))
    email = Line("Work email address", (Given("Enter their work email address"), MailAddress()))
    role = OneOf(
        "Role",
        "Choose a role",
        choices=[SelectChoice(role.value, role.value[:1].upper() + role.value[1:]) for role in Role],
    )


class WorksFor(Form):
    """The authorities of a coordinator; their list is filled in by the page."""

    authorities = SelectMultipleField("Authorities", coerce=whole_number, choices=[])


class Because(Form):
    """An action that history must be able to explain."""

    because = Line("Why", (Given("Enter why, so that the history can say it"),))


class ClosedDays(Form):
    """From when to when a venue cannot be used."""

    first_day = Day("First day", called="the first day it is closed", required=True)
    last_day = Day("Last day", called="the last day it is closed", required=True)
    repeats = OneOf(
        "How often?",
        "Choose whether it is closed once or again and again",
        choices=[SelectChoice(ONCE, "Once"), *(SelectChoice(how.value, how.value.capitalize()) for how in Repeats)],
        default=ONCE,
    )
    repeats_until = Day("Until when it comes again", called="the day until which it comes again")
    reason = Line("Reason", (Given("Enter why the venue is closed"),))

    def validate(self, extra_validators: Any = None) -> bool:
        """The last day may not come before the first, and what comes once has no end."""
        is_right = bool(super().validate(extra_validators)) and _in_order(self)
        until = self.repeats_until.data
        if is_right and until is not None and (self.repeats.data == ONCE or until < self.first_day.data):
            self.repeats_until.errors = ["Leave this empty, or enter a day after the first of a closure that repeats"]
            return False
        return is_right


class Away(Form):
    """From when to when a mediator is away."""

    first_day = Day("First day", called="the first day of the leave", required=True)
    last_day = Day("Last day", called="the last day of the leave", required=True)

    def validate(self, extra_validators: Any = None) -> bool:
        """The last day may not come before the first."""
        return bool(super().validate(extra_validators)) and _in_order(self)


def _in_order(form: ClosedDays | Away) -> bool:
    if form.last_day.data < form.first_day.data:
        form.last_day.errors = ["The last day must be the same as or after the first day"]
        return False
    return True


class NewOfficer(Form):
    """Somebody at an authority whom we tell and invite."""

    name = Line("Full name", (Given("Enter the name of the officer"),))
    email = Line("Email address", (Given("Enter the email address of the officer"), MailAddress()))
    number = Line("Telephone number")
    may_decide = BooleanField("May settle the disagreement on the day")
    is_manager = BooleanField("Is the one we chase when nobody answers")


class NewBankHoliday(Form):
    """A bank holiday that was proclaimed after the list we have."""

    day = Day("Day", called="the day of the bank holiday", required=True)
    name = Line("Name", (Given("Enter what the bank holiday is called"),))


class NewFeed(Form):
    """Whose meetings a calendar is to read."""

    whose = FromList("Whose meetings", "Choose whose meetings the feed holds")


class ForCase(Form):
    """A case, by its reference."""

    reference = Line("Case reference", (Given("Enter the case reference"),))
