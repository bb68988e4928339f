"""Forms for how the service is run: policies, authorities with their contracts and names, local advice."""

import re

from wtforms import BooleanField, Field, Form
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation

from scheduling import numbers
from scheduling.cases import shifts
from webapp.console.case_forms import ClockTime
from webapp.console.forms import FromList
from webapp.forms import Day, Given, Line

_WEB_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+\.[A-Za-z]{2,}(?:/[^\s<>\"']*)?")


class WebAddress:
    """The field holds an address on the web that a family may safely open, or nothing."""

    def __call__(self, _form: Form, field: Field) -> None:
        if field.data and not _WEB_ADDRESS.fullmatch(field.data):
            raise StopValidation("Enter an address that begins with https://")


class TelephoneNumber:
    """The field holds a telephone number, or nothing."""

    def __call__(self, _form: Form, field: Field) -> None:
        if field.data and numbers.parse(field.data) is None:
            raise StopValidation("Enter a telephone number, like 020 7946 0000")


class ChangedOfficer(Form):
    """What has changed about an officer."""

    may_decide = BooleanField("May settle the disagreement on the day")
    is_manager = BooleanField("Is the one we chase when nobody answers")
    left_on = Day("Last day there", called="the last day there")


class NewContract(Form):
    """From when on we serve an authority."""

    starts_on = Day("First day", called="the first day of the contract", required=True)


class EndOfContract(Form):
    """Until when we serve an authority, and why no longer."""

    ends_on = Day("Last day", called="the last day of the contract", required=True)
    because = Line("Why", (Given("Enter why, so that the history can say it"),))


class NewName(Form):
    """What people also call an authority."""

    words = Line("Name", (Given("Enter the name that people use"),), longest=60)
    must_ask = BooleanField("It may mean another council as well: always ask back")


class LocalAdvice(Form):
    """Where a family finds advice near it. Each may stay empty: a wrong number is worse than none."""

    local_offer = Line("Address of the Local Offer on the web", (WebAddress(),))
    advice_service = Line("Name of the information and advice service")
    advice_page = Line("Its address on the web", (WebAddress(),))
    advice_number = Line("Its telephone number", (TelephoneNumber(),))


class PolicyChange(Form):
    """Another value of a policy, and why."""

    value = Line("Value", (Given("Enter a whole number"),), longest=6)
    because = Line("Why", (Given("Enter why, so that the history can say it"),))

    @property
    def number(self) -> int | None:
        """The value as a number; None where it is none."""
        typed = self.value.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() else None


class Because(Form):
    """Why something is kept or erased, for whoever asks later."""

    because = Line("Why", (Given("Enter why, so that the history can say it"),))


class Asked(Form):
    """When somebody asked for their own records."""

    received_on = Day("When did they ask?", called="the date on which they asked", required=True)


class NewShift(Form):
    """When an adviser works, every week."""

    weekday = FromList(
        "Day",
        "Choose the day from the list",
        choices=[SelectChoice(str(number), day) for number, day in enumerate(shifts.DAYS)],
    )
    starts = Line(
        "From",
        (Given("Enter when it begins"), ClockTime("Enter the time as on a 24-hour clock, like 09:00")),
        longest=5,
    )
    ends = Line(
        "To", (Given("Enter when it ends"), ClockTime("Enter the time as on a 24-hour clock, like 17:00")), longest=5
    )


class AdviserTelephone(Form):
    """The telephone that is rung for whoever waits."""

    number = Line("Telephone number")
