"""Forms of the family's own pages: one question each, and sentences that say what to do."""

from typing import Any

from wtforms import BooleanField, Field, Form
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation

from scheduling.models import PersonRole
from webapp.console.case_forms import YES_OR_NO, ClockTime
from webapp.console.forms import OneOf
from webapp.forms import Day, Given, Line, MailAddress, Words

ANOTHER_TIME, NO_MEDIATION = "another time", "no mediation"
LIKE_A_CLOCK = "Enter the time like 9:30 or 14:00"
NO_INTERPRETER = frozenset({"english", "n/a", "na", "no", "no one", "no thanks", "nobody", "none", "not needed"})
"""What people write where a language is asked for and they need none; taken for a language it would leave no time."""


class CodeForm(Form):
    """The six figures."""

    code = Line("Code", (Given("Enter the code that we sent you"),), longest=20)


class NeedsForm(Form):
    """What would make the meeting easier."""

    step_free = BooleanField("A building without steps")
    hearing_loop = BooleanField("A hearing loop")
    quiet_room = BooleanField("A quiet room")
    parking = BooleanField("Parking")
    breaks = BooleanField("Breaks during the meeting")
    interpreter = Line("Interpreter: which language? British Sign Language is one", longest=60)
    words = Words("Anything else, for example how people should speak or write to you")
    none = BooleanField("None of these")

    def validate_interpreter(self, field: Field) -> None:
        """A search heeds it, and finds nobody who speaks “yes” or “n/a”."""
        said = field.data.casefold().strip(" .!")
        if said in NO_INTERPRETER or not field.data:
            field.data = ""
        elif said == "yes" or not any(character.isalpha() for character in said):
            raise StopValidation("Enter which language, like Urdu, or leave this empty")

    def validate(self, extra_validators: Any = None) -> bool:
        """Something, or none, and not both."""
        is_right = bool(super().validate(extra_validators))
        said = [field.data for name, field in self._fields.items() if name != "none"]
        if self.none.data and any(said):
            self.none.errors = ["Choose what you need, or “None of these”, and not both"]
            return False
        if not self.none.data and not any(said):
            self.none.errors = ["Choose what you need, or choose “None of these”"]
            return False
        return is_right


class CompanionForm(Form):
    """Somebody who comes with the family."""

    kind = OneOf(
        "Who is it?",
        "Choose who it is",
        choices=[
            SelectChoice(PersonRole.SUPPORTER.value, "A friend, a relative or somebody else who supports me"),
            SelectChoice(PersonRole.ADVOCATE.value, "Somebody whose work it is, like an adviser or an advocate"),
        ],
    )
    name = Line("Their name", (Given("Enter the name of the person"),), longest=100)
    relation = Line("What are they to you?", (Given("Enter what they are to you, like “my sister”"),), longest=100)
    comes = OneOf("Do they come to the meeting?", "Choose whether they come to the meeting", choices=YES_OR_NO)
    email = Line("Their email address, only if they have agreed to get an invite", (MailAddress(),))


class ConsentForm(Form):
    """Whether the council may be told."""

    agrees = OneOf(
        "May we tell the council what the disagreement is about?",
        "Choose whether we may tell the council",
        choices=[SelectChoice("yes", "Yes, you may tell the council"), SelectChoice("no", "No, not (or not any more)")],
    )


class ShortNoticeForm(Form):
    """Whether the family agrees to a time with short notice."""

    agrees = OneOf("Do you agree to this time?", "Choose whether you agree to this time", choices=YES_OR_NO)


class CannotComeThen(Form):
    """When the family cannot come."""

    day = Day("On which day can you not come?", called="the day", required=True)
    starts = Line("From", (Given("Enter from when"), ClockTime(LIKE_A_CLOCK)), longest=5)
    ends = Line("Until", (Given("Enter until when"), ClockTime(LIKE_A_CLOCK)), longest=5)


class ChangeForm(Form):
    """What shall become of the meeting."""

    wish = OneOf(
        "What would you like to change?",
        "Choose what you would like to change",
        choices=[
            SelectChoice(ANOTHER_TIME, "I cannot come at this time. Find another"),
            SelectChoice(NO_MEDIATION, "I do not want mediation any more"),
        ],
    )
    because = Line("Why? We keep your reason, and the other side is not told it (you can leave this empty)")


class FeedbackForm(Form):
    """How somebody found us."""

    score = OneOf(
        "How did we do?",
        "Choose how we did, from 1 to 5",
        choices=[
            SelectChoice("5", "5. Very good"),
            SelectChoice("4", "4. Good"),
            SelectChoice("3", "3. Neither good nor bad"),
            SelectChoice("2", "2. Bad"),
            SelectChoice("1", "1. Very bad"),
        ],
    )
    words = Words("What should we know? (you can leave this empty)")
    wants_reply = OneOf("Do you want a reply?", "Choose whether you want a reply", choices=YES_OR_NO)
