"""Forms for how and when to meet."""

from wtforms import BooleanField, Form
from wtforms.fields.choices import SelectChoice

from scheduling.models import Mode, PartOfDay
from webapp.console.case_forms import ClockTime, choices
from webapp.console.forms import FromList, OneOf
from webapp.console.place_forms import WholeNumber
from webapp.forms import Day, Given, Line

NO_PREFERENCE, FAMILY = "no preference", "the family"
LIKE_A_CLOCK = "Enter the time as on a 24-hour clock, like 12:10"


class WishesForm(Form):
    """What the family wants of its meeting."""

    mode = OneOf("How does the family want to meet?", "Choose how the family wants to meet", choices=choices(Mode))
    prefers = OneOf(
        "When on a day?",
        "Choose when on a day the family would rather meet",
        choices=[SelectChoice(NO_PREFERENCE, "No preference"), *choices(PartOfDay)],
    )
    travels_km = Line("How far can it come, in kilometres?", (WholeNumber(1, 500),), longest=3)
    step_free = BooleanField("A building without steps")
    hearing_loop = BooleanField("A hearing loop")
    quiet_room = BooleanField("A quiet room")
    parking = BooleanField("Parking")
    school = Line("School concerned")


class CannotCome(Form):
    """When somebody cannot come."""

    who = FromList("Who cannot come?", "Choose who cannot come")
    day = Day("On which day?", called="the day", required=True)
    starts = Line("From", (Given("Enter from when"), ClockTime(LIKE_A_CLOCK)), longest=5)
    ends = Line("Until", (Given("Enter until when"), ClockTime(LIKE_A_CLOCK)), longest=5)


class Joining(Form):
    """How to join a meeting from afar."""

    words = Line("How to join", (Given("Enter the link, or the number to ring"),))
