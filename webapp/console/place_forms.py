"""Forms for venues, their rooms, and mediators: what is known of each, and the weekly hours that they share."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from wtforms import BooleanField, Field, Form, HiddenField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation

from scheduling import numbers
from scheduling.diary import hours, mediators, places
from scheduling.diary.hours import WEEKDAYS, Hours
from scheduling.diary.mediators import Profile
from scheduling.diary.places import Place
from scheduling.models import Authority, RoomUse
from webapp.console.case_forms import choices
from webapp.console.forms import FromList, OneOf, whole_number
from webapp.console.setting_forms import TelephoneNumber
from webapp.forms import Day, Given, Line, MailAddress, Words

NOBODY: Final = ""
"""The owner of a place that no authority owns."""
_OUTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?")


class Postcode:
    """The field holds a postcode, which is written as the post office does."""

    def __call__(self, _form: Form, field: Field) -> None:
        postcode = places.postcode(field.data or "")
        if postcode is None:
            raise StopValidation("Enter a whole postcode, like N3 1AA")
        field.data = postcode


class Outcode:
    """The field holds the first half of a postcode, or nothing."""

    def __call__(self, _form: Form, field: Field) -> None:
        field.data = (field.data or "").upper()
        if field.data and not _OUTCODE.fullmatch(field.data):
            raise StopValidation("Enter the first half of a postcode, like N3")


class WholeNumber:
    """The field holds a whole number between two others, or nothing."""

    def __init__(self, lowest: int, highest: int) -> None:
        self.lowest, self.highest = lowest, highest

    def __call__(self, _form: Form, field: Field) -> None:
        typed = field.data or ""
        is_number = typed.isascii() and typed.isdigit() and self.lowest <= int(typed) <= self.highest
        if typed and not is_number:
            raise StopValidation(f"Enter a whole number from {self.lowest} to {self.highest}")


class HoursOfDay:
    """The field holds the hours of a weekday, or nothing."""

    def __call__(self, _form: Form, field: Field) -> None:
        if hours.of_day(0, field.data or "") is None:
            raise StopValidation(f"Enter the hours of {field.label.text} like 9:00-17:00 or 9:00-12:30, 13:30-17:00")


class Several(SelectMultipleField):
    """Boxes of which any may be ticked; their list is filled in by the page."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, coerce=whole_number, choices=[], **options)

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002
        """Refuse what was not offered, in a sentence."""
        if set(self.data) - {value for value, *_ in self.iter_choices()}:
            raise StopValidation("Choose from the list")


class WeeklyHours(Form):
    """A line for each day of the week."""

    seen = HiddenField()
    """A mark of what was known when the form was opened, so that nobody undoes unseen what another has saved."""
    day_0 = Line(WEEKDAYS[0], (HoursOfDay(),))
    day_1 = Line(WEEKDAYS[1], (HoursOfDay(),))
    day_2 = Line(WEEKDAYS[2], (HoursOfDay(),))
    day_3 = Line(WEEKDAYS[3], (HoursOfDay(),))
    day_4 = Line(WEEKDAYS[4], (HoursOfDay(),))
    day_5 = Line(WEEKDAYS[5], (HoursOfDay(),))
    day_6 = Line(WEEKDAYS[6], (HoursOfDay(),))

    @property
    def days(self) -> list[Field]:
        """The seven lines in order."""
        return [self[f"day_{weekday}"] for weekday in range(len(WEEKDAYS))]

    @property
    def hours(self) -> Hours:
        """What they say; what cannot be understood was refused."""
        typed = [hours.of_day(weekday, field.data or "") or () for weekday, field in enumerate(self.days)]
        return hours.in_order(spell for of_day in typed for spell in of_day)


class VenueForm(WeeklyHours):
    """What is known of a venue."""

    name = Line("Name", (Given("Enter the name of the venue"),), longest=80)
    address = Words("Address without the postcode", (Given("Enter the address of the venue"),))
    postcode = Line("Postcode", (Given("Enter the postcode"), Postcode()), longest=10)
    phone = Line("Telephone number", longest=40)
    contact = Line("Whom to ask there")
    cost = Line("Cost")
    owner = FromList("Does an authority own it?", "Choose the owner from the list", default=NOBODY)
    serves = Several("Serves families of")
    step_free = BooleanField("Step-free")
    hearing_loop = BooleanField("Hearing loop")
    quiet_room = BooleanField("Quiet room")
    parking = BooleanField("Parking")
    directions = Words("Directions")
    is_active = BooleanField("Meetings may be held there")

    def offer(self, authorities: Iterable[Authority], *, served: Iterable[Authority]) -> None:
        """Fill in the lists."""
        names = [SelectChoice(str(authority.id), authority.name) for authority in authorities]
        self.owner.choices = [SelectChoice(NOBODY, "No: it is neutral for everybody"), *names]
        self.serves.choices = [SelectChoice(authority.id, authority.name) for authority in served]

    def place(self, authorities: Mapping[int, Authority]) -> Place:
        """What the form says."""
        return Place(
            name=self.name.data,
            address=self.address.data,
            postcode=self.postcode.data,
            phone=places.telephone(self.phone.data),
            contact=self.contact.data or None,
            cost=self.cost.data or None,
            owner=None if self.owner.data == NOBODY else authorities[int(self.owner.data)],
            serves=frozenset(authorities[number] for number in self.serves.data),
            step_free=self.step_free.data,
            hearing_loop=self.hearing_loop.data,
            quiet_room=self.quiet_room.data,
            parking=self.parking.data,
            directions=self.directions.data or None,
            hours=self.hours,
            is_active=self.is_active.data,
        )


class RoomForm(Form):
    """What is known of a room."""

    name = Line("Name of the room", (Given("Enter the name of the room"),), longest=80)
    capacity = Line(
        "How many people does it hold?",
        (Given("Enter how many people the room holds"), WholeNumber(1, 200)),
        longest=3,
    )
    used_for = OneOf(
        "What is it used for?",
        "Choose what the room is used for",
        choices=choices(RoomUse),
        default=RoomUse.MEETINGS.value,
    )


class MediatorForm(WeeklyHours):
    """What is known of a mediator but leave and conflicts."""

    name = Line("Full name", (Given("Enter the name of the mediator"),), longest=80)
    email = Line("Email address", (Given("Enter the email address of the mediator"), MailAddress()))
    number = Line("Telephone number", (TelephoneNumber(),), longest=40)
    works_with = Several("Works with families of")
    languages = Line("Languages beside English")
    outcode = Line("Sets out from", (Outcode(),), longest=4)
    travels_km = Line("Travels at most", (WholeNumber(1, 500),), longest=3)
    meetings_a_day = Line(
        "Most meetings a day", (Given("Enter how many meetings a day at most"), WholeNumber(1, 4)), longest=1
    )
    meetings_a_week = Line("Most meetings a week", (WholeNumber(1, 20),), longest=2)
    accredited_until = Day("Accredited until", called="the last day of the accreditation")
    meets_from_afar = BooleanField("Also sits by video and telephone")
    is_active = BooleanField("Works with us")

    def offer(self, served: Iterable[Authority]) -> None:
        """Fill in the list."""
        self.works_with.choices = [SelectChoice(authority.id, authority.name) for authority in served]

    def profile(self, authorities: Mapping[int, Authority]) -> Profile:
        """What the form says."""
        return Profile(
            name=self.name.data,
            email=self.email.data,
            number=numbers.parse(self.number.data) if self.number.data else None,
            works_with=frozenset(authorities[number] for number in self.works_with.data),
            languages=mediators.languages(self.languages.data or ""),
            hours=self.hours,
            outcode=self.outcode.data or None,
            travels_km=_number(self.travels_km),
            meetings_a_day=_number(self.meetings_a_day) or 1,
            meetings_a_week=_number(self.meetings_a_week),
            accredited_until=self.accredited_until.data,
            meets_from_afar=self.meets_from_afar.data,
            is_active=self.is_active.data,
        )


class ConflictForm(Form):
    """Of whom a mediator is not independent, and why."""

    AUTHORITY, SCHOOL, FAMILY = "authority", "school", "family"

    whose = OneOf(
        "Of whom is the mediator not independent?",
        "Choose of whom the mediator is not independent",
        choices=[
            SelectChoice(AUTHORITY, "An authority"),
            SelectChoice(SCHOOL, "A school"),
            SelectChoice(FAMILY, "A family"),
        ],
    )
    authority = FromList("Authority", "Choose the authority from the list", default="")
    school = Line("Name of the school, as it is written in cases")
    reference = Line("Reference of a case of the family")
    because = Line("Why", (Given("Enter why, so that the history can say it"),))


def of_place(place: Place) -> dict[str, Any]:
    """What the form shows of a venue."""
    return {
        **{name: getattr(place, name) for name in SHOWN_AS_KEPT_OF_A_VENUE},
        **_days(place.hours),
        "owner": NOBODY if place.owner is None else str(place.owner.id),
        "serves": [authority.id for authority in place.serves],
        "seen": mark(place),
    }


def of_profile(profile: Profile) -> dict[str, Any]:
    """What the form shows of a mediator."""
    return {
        **{name: getattr(profile, name) for name in SHOWN_AS_KEPT_OF_A_MEDIATOR},
        "number": numbers.written(profile.number) if profile.number else "",
        **{name: "" if (value := getattr(profile, name)) is None else str(value) for name in NUMBERS_OF_A_MEDIATOR},
        **_days(profile.hours),
        "works_with": [authority.id for authority in profile.works_with],
        "languages": ", ".join(sorted(profile.languages)),
        "seen": mark(profile),
    }


def mark(known: Place | Profile) -> str:
    """The same for the same knowledge."""
    return hashlib.sha256(repr(sorted(known.written().items())).encode()).hexdigest()[:16]


SHOWN_AS_KEPT_OF_A_VENUE = (
    *("name", "address", "postcode", "phone", "contact", "cost", "directions"),
    *("step_free", "hearing_loop", "quiet_room", "parking", "is_active"),
)
SHOWN_AS_KEPT_OF_A_MEDIATOR = (*("name", "email", "outcode", "accredited_until", "meets_from_afar", "is_active"),)
NUMBERS_OF_A_MEDIATOR = ("travels_km", "meetings_a_day", "meetings_a_week")


def _days(known: Hours) -> dict[str, str]:
    return {f"day_{weekday}": hours.typed_for(weekday, known) for weekday in range(len(WEEKDAYS))}


def _number(field: Field) -> int | None:
    return int(field.data) if field.data else None
