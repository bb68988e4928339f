"""Forms for what happens in a case after it has begun: its route, what was told, the meeting, what was agreed."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import time
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session
from wtforms import BooleanField, Field, Form
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation

from scheduling.cases import closing
from scheduling.law.agreements import Action
from scheduling.law.right_holder import Capacity
from scheduling.law.routes import Decision
from scheduling.models import Answer, Ending, Extent, Party, PersonRole, RemindedBy, Side
from scheduling.refusals import Refused
from webapp.console.forms import FromList, OneOf
from webapp.forms import Day, Given, Line, MailAddress, Words

YES, NO = "yes", "no"
YES_OR_NO = [SelectChoice(YES, "Yes"), SelectChoice(NO, "No")]
MOST_PROMISES = 4


def choices(kinds: Iterable[StrEnum]) -> list[SelectChoice]:
    """Each word of an enumeration as a choice, written as a sentence begins."""
    return [SelectChoice(kind.value, kind.value[:1].upper() + kind.value[1:]) for kind in kinds]


@contextmanager
def said_beside(form: Form, session: Session) -> Iterator[None]:
    """A refusal stands on the page of the form, and what was begun is undone."""
    try:
        with session.begin_nested():
            yield
    except Refused as refusal:
        form.form_errors.append(str(refusal))


class ClockTime:
    """The line holds a time on a 24-hour clock, or nothing; the field's `data` stays as it was typed."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __call__(self, _form: Form, field: Field) -> None:
        if field.data and clock_time(field.data) is None:
            raise StopValidation(self.sentence)


def clock_time(typed: str | None) -> time | None:
    """`9:05`, `09.05` or `0905`; None for anything else."""
    digits = (typed or "").replace(".", ":").replace(":", "").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) in {3, 4}):
        return None
    hour, minute = int(digits[:-2]), int(digits[-2:])
    is_a_time = hour < 24 and minute < 60
    return time(hour, minute) if is_a_time else None


class FourQuestions(Form):
    """What was decided; about which part; is care in it; is it a claim of discrimination."""

    decision = OneOf("What did the council decide?", "Choose what the council decided", choices=choices(Decision))
    about_education = BooleanField("Special educational needs or provision (Sections B and F)")
    about_school = BooleanField("The school named, its type, or that none is named (Section I)")
    health = BooleanField("Health care")
    social_care = BooleanField("Social care")
    discrimination = BooleanField("The family says that it was discriminated against because of a disability")


class Because(Form):
    """A reason that stands in the history, of more than one line where need be."""

    because = Words("Why", (Given("Enter the reason, so that the history can say it"),))


class CaseOver(Form):
    """Why a case is over: one of the usual reasons, and whatever there is to say beside it."""

    because = OneOf("Why is the case over?", "Choose why the case is over", choices=choices(closing.Because))
    words = Words("In your own words")


class AllowedBySomebody(Form):
    """What opens a time, for which of the times that it would open, and who allowed it."""

    time = OneOf("For which time?", "Choose the time")
    because = Words(
        "Who allowed it, and what was said", (Given("Enter who allowed it, so that the history can say it"),)
    )


class DecidedOtherwise(Form):
    """What is decided in place of what the service decided, and why; the ways are filled in by the page."""

    way = OneOf("What is to be done instead?", "Choose what is to be done instead", choices=[])
    because = Words("Why", (Given("Enter why, so that the history can say it"),))


class LateContact(Form):
    """Whether a late contact still gets its certificate."""

    allowed = OneOf(
        "Does this family still get its certificate?",
        "Choose whether the family still gets its certificate",
        choices=YES_OR_NO,
    )
    because = Words("Why", (Given("Enter the reason for your decision"),))


class CalledOff(Form):
    """Why a booking is given back, and to which side that is counted."""

    caused_by = OneOf("Which side calls it off?", "Choose which side calls it off", choices=choices(Side))
    because = Line("Why", (Given("Enter why, so that the history can say it"),))


class AskedAboutNotice(Form):
    """How the family is asked about short notice, or what it has said."""

    BY_TEXT, SAID_YES, SAID_NO = "text", "said yes", "said no"

    how = OneOf(
        "What happens?",
        "Choose whether to ask by text or to record an answer",
        choices=[
            SelectChoice(BY_TEXT, "Ask by text"),
            SelectChoice(SAID_YES, "The family agreed on the telephone"),
            SelectChoice(SAID_NO, "The family did not agree on the telephone"),
        ],
    )
    because = Line("Who said it")


class OfferAnswered(Form):
    """What a party has said to an offered time, as somebody heard it."""

    party = OneOf("Who has answered?", "Choose who has answered")
    time = FromList("To which time?", "Choose the time")
    answer = OneOf("What was the answer?", "Choose what the answer was", choices=choices(Answer))
    because = Line("Who said it, and how you knew them", (Given("Enter who said it, and how you knew them"),))


class MissedWindow(Form):
    """Who caused that the 30 days went by."""

    caused_by = OneOf("Who caused it?", "Choose who caused it", choices=choices(Side))
    because = Words("What happened", (Given("Enter what happened"),))


class ForCareBoard(Form):
    """The integrated care board that is told."""

    board = FromList("Integrated care board", "Choose the integrated care board")


class NewCareBoard(Form):
    """An integrated care board that is not on our list yet."""

    name = Line("Name", (Given("Enter the name of the integrated care board"),))
    email = Line("Email address", (Given("Enter the email address of the integrated care board"), MailAddress()))


class Outcome(Form):
    """What became of a meeting: who came, and whether it is over. Never what was said."""

    ending = OneOf("How did the meeting end?", "Choose how the meeting ended", choices=choices(Ending))
    family_came = OneOf("Did the family come?", "Choose whether the family came", choices=YES_OR_NO)
    authority_came = OneOf("Did the authority come?", "Choose whether the authority came", choices=YES_OR_NO)
    could_decide = BooleanField("Somebody who came for the authority could settle the issues on the day")
    childs_views_sought = BooleanField("The child or young person was asked for their views")
    ended_at = Line(
        "When did it end?",
        (Given("Enter when the meeting ended"), ClockTime("Enter the time as on a 24-hour clock, like 12:10")),
        longest=5,
    )
    expenses = Line("Expenses that the family may claim")


class Promise(Form):
    """One thing that was agreed."""

    action = FromList("What kind of promise is it?", "Choose what kind of promise it is", default="")
    words = Words("What is to be done, in the parties' own words")
    written_down = Day("Agreed day, if they wrote one down", called="the agreed day")


class AgreedThings(Form):
    """How much was agreed and on which day; the promises are forms of their own."""

    extent = OneOf("How much was agreed?", "Choose how much was agreed", choices=choices(Extent))
    agreed_on = Day("Day of the agreement", called="the day of the agreement", required=True)


def promises(posted: Any) -> list[Promise]:
    """The boxes for what was promised, as they were posted."""
    boxes = [Promise(posted, prefix=f"promise-{number}-") for number in range(1, MOST_PROMISES + 1)]
    for box in boxes:
        box.action.choices = [SelectChoice("", "Nothing here"), *choices(Action)]
    return boxes


class AskedFor(Form):
    """With whom the family would like to resolve a disagreement."""

    authority = BooleanField("The authority")
    school = BooleanField("The school")
    health = BooleanField("The health body")

    @property
    def parties(self) -> list[Party]:
        """Those that were ticked."""
        asked = {Party.AUTHORITY: self.authority, Party.SCHOOL: self.school, Party.HEALTH: self.health}
        return [party for party, field in asked.items() if field.data]


class Willing(Form):
    """Whether one party takes part."""

    party = OneOf("Who has answered?", "Choose who has answered", choices=choices(Party))
    is_willing = OneOf("Do they take part?", "Choose whether they take part", choices=YES_OR_NO)


class ByHand(Form):
    """A text in somebody's own words."""

    words = Words("What the text says", (Given("Enter what the text says"),))


class ReplyByText(Form):
    """An answer to a text, and whose it is where that was not known."""

    reference = Line("Case reference")
    words = Words("Your answer", (Given("Enter your answer"),))


class ReplyByMail(Form):
    """An answer to a mail."""

    words = Words("Your answer", (Given("Enter your answer"),))


class ToAnswer(Form):
    """The colleague who answers something."""

    staff = FromList("Who answers it?", "Choose somebody from the list")


class Child(Form):
    """Whom the case is about, and whether the holder of the right can take the decision."""

    name = Line("Child's or young person's name")
    born = Day("Date of birth", called="the date of birth")
    capacity = OneOf(
        "Can whoever holds the right take this decision?",
        "Choose whether they can take this decision",
        choices=[SelectChoice("", "Nobody has asked"), *choices(Capacity)],
    )


class Contactable(Form):
    """How somebody may safely be reached."""

    name = Line("Full name")
    number = Line("Telephone number that is safe")
    other_number = Line("Second safe number")
    email = Line("Email address", (MailAddress(),))
    safe_from = Line("Safe from", (ClockTime("Enter the time as on a 24-hour clock, like 09:30"),), longest=5)
    safe_until = Line("Safe until", (ClockTime("Enter the time as on a 24-hour clock, like 15:00"),), longest=5)
    may_text = OneOf(
        "May we send texts?",
        "Choose whether we may send texts",
        choices=[*YES_OR_NO, SelectChoice("not asked", "Not asked yet")],
    )
    reminded_by = OneOf(
        "How would they like to be reminded?",
        "Choose how they would like to be reminded",
        choices=[
            *choices(RemindedBy),
            SelectChoice("not asked", "Not asked: by text where welcome, else by call where they said it is safe"),
        ],
    )
    may_leave_message = BooleanField("A message may be left on the answering machine")
    may_say_place = BooleanField("The line may say where a meeting is, to whoever has reference and PIN or is reminded")
    code_word = Line("Code word, which we say and write instead of our name", longest=13)
    do_not_contact = BooleanField("Do not contact this person at all: no call, no text, no mail")
    language = Line("Language for letters and texts, as its two letters", longest=5)
    interpreter = Line("Interpreter, for example British Sign Language")
    access_needs = Words("Access needs")
    needs_step_free = BooleanField("Needs a building without steps")
    outcode = Line("First half of the home postcode", longest=4)


class NewPerson(Contactable):
    """Somebody else on the family's side."""

    role = OneOf(
        "Who is it?",
        "Choose who it is",
        choices=choices(
            [PersonRole.PARENT, PersonRole.CARER, PersonRole.SUPPORTER, PersonRole.ADVOCATE, PersonRole.YOUNG_PERSON]
        ),
    )
    comes_to_the_meeting = BooleanField("Comes to the meeting")
