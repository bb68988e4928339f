"""Forms: what people type, made tidy once at the edge, and told in GOV.UK's words what is missing.

The macros in templates/components/fields.html draw them. A field may be posted missing, twice or with anything in it:
the answer is always a form with a sentence, never a fault.
"""

from datetime import date
from typing import Any

from wtforms import Field, Form, PasswordField, StringField, TextAreaField
from wtforms.validators import StopValidation

from webapp import mail_addresses, passwords

LONGEST_LINE = 200
LONGEST_TEXT = 4_000
YEARS = range(1900, 2200)
"""What a year may be: a slip of the key, like 0206 or 9026, is told; nobody reckons with days at the end of time."""
_WHITE = "\n\t"


class Given:
    """The field must be filled in; the sentence says with what."""

    field_flags: dict[str, Any] = {}  # noqa: RUF012 - the library's name; no `required`, our own sentences are better

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __call__(self, _form: Form, field: Field) -> None:
        if not field.data:
            raise StopValidation(self.sentence)


class AtMost:
    """The field may not be longer."""

    def __init__(self, length: int) -> None:
        self.length = length

    def __call__(self, _form: Form, field: Field) -> None:
        if field.data and len(field.data) > self.length:
            raise StopValidation(f"{field.label.text} must be {self.length:,} characters or fewer")


class MailAddress:
    """The field holds an address to which mail can go, or nothing."""

    def __call__(self, _form: Form, field: Field) -> None:
        if not field.data:
            return
        address = mail_addresses.parse(field.data)
        if address is None:
            raise StopValidation("Enter an email address in the correct format, like name@example.org")
        field.data = address


def tidy(text: str | None) -> str:
    """Without what no database or screen should meet: NUL, control characters, halves of characters."""
    kept = (c for c in (text or "").replace("\r\n", "\n") if c in _WHITE or (c.isprintable() and not _is_half(c)))
    return "".join(kept).strip()


def _is_half(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"


class Line(StringField):
    """One line of text."""

    def __init__(self, label: str, validators: tuple[object, ...] = (), **options: Any) -> None:
        super().__init__(label, (*validators, AtMost(options.pop("longest", LONGEST_LINE))), filters=(tidy,), **options)


class Words(TextAreaField):
    """Several lines of text."""

    def __init__(self, label: str, validators: tuple[object, ...] = (), **options: Any) -> None:
        super().__init__(label, (*validators, AtMost(LONGEST_TEXT)), filters=(tidy,), **options)


class Day(Field):
    """A day in three boxes, whatever is posted in them; `data` is a date or None."""

    def __init__(self, label: str, *, called: str, required: bool = False, **options: Any) -> None:
        super().__init__(label, **options)
        self.called = called
        """As a sentence speaks of it: "the date on the letter"."""
        self.required = required
        self.boxes = {"day": "", "month": "", "year": ""}
        self.first_wrong = "day"

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:  # noqa: ARG002
        """Read the boxes, or fill them from a date."""
        self.process_errors: list[str] = []
        self.object_data = data if isinstance(data, date) else None
        self.data: Any = self.object_data
        if formdata is not None and formdata:
            posted = {part: formdata.getlist(f"{self.name}-{part}") for part in self.boxes}
            self.boxes = {part: tidy(values[0])[:8] if values else "" for part, values in posted.items()}
            self.data = self._read()
        elif self.data is not None:
            self.boxes = {"day": str(self.data.day), "month": str(self.data.month), "year": str(self.data.year)}

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002
        """Say which box is wrong, in GOV.UK's words."""
        missing = [part for part, text in self.boxes.items() if not text]
        if len(missing) == len(self.boxes):
            if self.required:
                raise StopValidation(f"Enter {self.called}")
            return
        if missing:
            self.first_wrong = missing[0]
            raise StopValidation(f"{self._sentence()} must include a {' and '.join(missing)}")
        if not (self.boxes["year"].isdigit() and len(self.boxes["year"]) == len("2026")):
            self.first_wrong = "year"
            raise StopValidation("Year must include 4 numbers")
        if self.data is None:
            raise StopValidation(f"{self._sentence()} must be a real date")
        if self.data.year not in YEARS:
            self.first_wrong = "year"
            raise StopValidation(f"{self._sentence()} must have a year from {YEARS[0]} to {YEARS[-1]}")

    def _read(self) -> date | None:
        numbers = list(self.boxes.values())
        if not all(text.isascii() and text.isdigit() for text in numbers):
            return None
        try:
            return date(int(numbers[2]), int(numbers[1]), int(numbers[0]))
        except ValueError:
            return None

    def _sentence(self) -> str:
        return self.called[:1].upper() + self.called[1:]


class SignIn(Form):
    """The three things that open the door."""

    email = Line("Email address", (Given("Enter your email address"),))
    password = PasswordField("Password", (Given("Enter your password"), AtMost(passwords.LONGEST)))
    code = Line("Code from your authenticator app", (Given("Enter the 6 digit code from your authenticator app"),))


class ProveAgain(Form):
    """What somebody who has signed in gives once more."""

    password = PasswordField("Password", (Given("Enter your password"), AtMost(passwords.LONGEST)))
    code = Line("Code from your authenticator app", (Given("Enter the 6 digit code from your authenticator app"),))


class OfACertificate(Form):
    """What stands on a certificate that somebody asks about."""

    number = Line("Certificate number", (Given("Enter the certificate number"),), longest=40)
    code = Line("Check code", (Given("Enter the check code"),), longest=40)


class CalendarAddress(Form):
    """Where a calendar can be read."""

    address = Line("Address of your calendar", (Given("Enter the address of your calendar"),), longest=1000)
