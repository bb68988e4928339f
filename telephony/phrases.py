"""Every word a caller hears and every automatic answer to a text. Read a sentence aloud before you change it.

Spoken: short enough to remember, the purpose before the key, and no name of a child, a person or, before they said it,
a council. Written: one segment of the telephone network's alphabet, and nothing that another reader of the screen may
not see; "SEND" is not in them.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from scheduling import london, numbers, references
from telephony.translation import Filled

MOST_CHOICES = 4

# A call begins.
GREETING = "Hello. This is Common Ground. We are free, and independent of councils."
MENU = (
    "For advice, press 1. For your meeting with us, press 2. For another language or phone help, press 3. "
    "For a person, press 0."
)

# Another language. Where some are switched on, each is offered in its own words.
THIS_LANGUAGE = "For this language, press {key}."
"""A translator names their language here, as those who speak it do."""
OTHER_LANGUAGE = "For another language or phone help, press 9."


def this_language(key: str) -> str:
    """The choice of one language, to be said in that language."""
    return Filled(THIS_LANGUAGE, key=key)


# A question is asked again.
TAKE_YOUR_TIME = "Take your time."
NOT_CAUGHT = "Sorry, I did not catch that."
A_PERSON_WILL_CALL = "A person will call you back."

# Advice.
DEADLINE = (
    "Does a date on your council letter run out in the next two weeks? Press 1 for yes. Press 2 for no, or not sure."
)
COUNCIL = (
    "Which council sent the letter? Say its name, or key its first three letters. For a person, press 0, then hash."
)
UNKNOWN_COUNCIL = "Sorry, I do not know that council."
MAY_WE_TEXT = "May we text this number? We would send a day and a time, no more. Press 1 for yes. Press 2 for no."
HEAR_AGAIN = "Press 1 to hear it again."
NO_TIME_FREE = "No time is free to book now."


def read_back(official_name: str) -> str:
    """The council as it signs its letters: Derby City Council is not Derbyshire's."""
    return Filled("{name}. Press 1 if that is right. Press 2 if it is another.", name=official_name)


NONE_OF_THESE = "For none of these, press 9."


def which(names: Sequence[str]) -> tuple[str, ...]:
    """Several councils may be meant; of more than four choices in one breath the first would be forgotten."""
    choices = [Filled("For {name}, press {key}.", name=name, key=key) for key, name in enumerate(names, start=1)]
    return (*choices, NONE_OF_THESE)[:MOST_CHOICES]


def not_served(name: str) -> str:
    """Where a family may turn that belongs to a council without a contract with us."""
    return Filled(
        "We do not work with {name}. Its Local Offer page, or its S E N D information and advice service, can help. "
        "For another council, press 1. For a person, press 0.",
        name=name,
    )


def advice_booked(starts_at: datetime) -> str:
    """An adviser will ring."""
    return Filled("An adviser will call you on {when}.", when=london.spoken(starts_at))


def your_reference(reference: str) -> str:
    """Read slowly: somebody is writing it down."""
    return Filled("Your reference is {digits}.", digits=references.spoken(reference))


GOODBYE = "Thank you for calling. You can call us again at any time. Goodbye."

# A meeting that is already booked.
REFERENCE = "Please key in your eight digit reference. It is on our letter. If you do not have it, press 0, then hash."
NOT_A_REFERENCE = "Sorry, that is not a whole reference."
PIN = "Now key in the six digits of your PIN. If you do not have it, press 0, then hash."
NO_MATCH = "Those numbers do not match."
ABOUT_A_MEETING = "Thank you. To keep meetings safe, a person will help you."
NO_MEETING = "Thank you. No time is booked."
HEAR_THE_PLACE = "For the place, press 4."
KEEP_OR_CHANGE = "To keep it, press 1. To change it, press 2. To hear it again, press 3."
MEETING_KEPT = "Thank you. Nothing is changed, and we expect you then. Goodbye."
ANOTHER_TIME = "Thank you. A person will find another time with you."


def your_meeting(starts_at: datetime) -> str:
    """Day and hour, and nothing of whom or what it is about."""
    return Filled("Your meeting is on {when}.", when=london.spoken(starts_at))


def our_call(starts_at: datetime) -> str:
    """An adviser's call is booked."""
    return Filled("We will call you on {when}.", when=london.spoken(starts_at))


def the_place(name: str, address: str) -> str:
    """Where it is; only where the contact record allows it."""
    return Filled("It is at {name}, {address}.", name=name, address=address)


# A person, which means that one will ring back.
CLOSED = "We are closed. If you are in danger, call 9 9 9."
NOBODY_FREE = "Nobody can take your call just now."
HIDDEN_NUMBER = "Your number is hidden from us. Please key in the number we should call, then press hash."
OTHER_NUMBER = "Please key in the number we should call, then press hash."
OR_A_MESSAGE = "To leave a message, press 2, then hash."
NOT_A_NUMBER_TO_RING = "Sorry, we can not call that number."
LEAVE_A_MESSAGE = "If you do not answer, may we leave a short message? Press 1 for yes. Press 2 for no."
VOICEMAIL = (
    "After the tone, say your name and a safe number. "
    "Please do not tell us about your child. Press hash when you finish. For a person, press 0."
)
VOICEMAIL_LEFT = "Thank you. A person will hear it and call you. If you are in danger, call 9 9 9. Goodbye."


WHEN = "When may we call you?"
WINDOWS = (
    "today",
    "tomorrow morning",
    "tomorrow afternoon",
    "Monday morning",
    "Monday afternoon",
    "Tuesday morning",
    "Tuesday afternoon",
    "Wednesday morning",
    "Wednesday afternoon",
    "Thursday morning",
    "Thursday afternoon",
    "Friday morning",
    "Friday afternoon",
    "on Monday morning",
    "on Monday afternoon",
    "on Tuesday morning",
    "on Tuesday afternoon",
    "on Wednesday morning",
    "on Wednesday afternoon",
    "on Thursday morning",
    "on Thursday afternoon",
    "on Friday morning",
    "on Friday afternoon",
)
"""A time for our call, as it is chosen and as it is promised, for translators: other languages say the two apart."""


_as_chosen = re.compile("^on ")


def when(windows: Sequence[str]) -> tuple[str, ...]:
    """When we shall ring; each as after "we will call you"."""
    chosen = [Filled(_as_chosen.sub("", window)) for window in windows]
    choices = [
        Filled("Press {key} for {window}.", key=key, window=window) for key, window in enumerate(chosen, start=1)
    ]
    return (WHEN, *choices)


def this_number(number: str) -> str:
    """The number we see, without telling it to whoever listens in."""
    return Filled(
        "We can call the number ending {ending}. If that is safe, press 1. "
        "To leave a message, press 2. For another, press 3.",
        ending=numbers.spoken_ending(number),
    )


def keyed_number(number: str) -> str:
    """The number that was keyed, which the caller must be able to check."""
    return Filled(
        "We will call {number}. Press 1 if that is right and safe. Press 2 to change it.",
        number=numbers.spoken(number),
    )


WHEN_ONE_IS_FREE = "when one is free"


def will_call(our_number: str, when: str = WHEN_ONE_IS_FREE) -> str:
    """A call-back is promised; the caller must know the number when it rings."""
    return Filled(
        "Thank you. A person will call you {when}. Our number will show as {number}. If you are in danger, call 9 9 9.",
        when=Filled(when),
        number=numbers.spoken(our_number),
    )


def no_number(our_texts: str) -> str:
    """The way on for a caller who hides their number and gave none."""
    return Filled(
        "We have no number to call you on. Please ring again, or text us on {number}. "
        "If you are in danger, call 9 9 9.",
        number=numbers.spoken(our_texts),
    )


def long_call(our_texts: str) -> str:
    """A call that goes round in circles ends, but not without a way on."""
    return Filled(
        "We must end this call. To reach a person, ring again or text us on {number}. "
        "If you are in danger, call 9 9 9.",
        number=numbers.spoken(our_texts),
    )


# Waiting for a person.
PLEASE_WAIT = "Please stay on the line for a person."
STILL_WAITING = "Thank you for waiting."
CALL_BACK_INSTEAD = "If you would like us to call you back, press 1. You will keep your place."
KEEPS_PLACE = "You keep your place in the line."


def your_place(position: int, minutes: int | None) -> tuple[str, ...]:
    """Where the caller stands; of the wait only what we know from the last calls."""
    place = "You are next." if position == 1 else Filled("You are number {position} in the line.", position=position)
    return (place,) if minutes is None else (place, Filled("About {minutes}.", minutes=_minutes(minutes)))


def _minutes(minutes: int) -> str:
    return Filled("1 minute") if minutes == 1 else Filled("{number} minutes", number=minutes)


# We ring an adviser, who may have let their voicemail answer.
PRESS_TO_TAKE = "Press 1 to take it."
WHISPER_SESSION = "Your advice session begins now. Press 1, and we will ring the family."
CONNECTING = "Thank you. You are being connected."
RINGING_THE_FAMILY = "Thank you. We are ringing the family. Please stay on the line."
FAMILY_NOT_REACHED = "The family did not take the call. Thank you. Goodbye."
NOBODY_THERE = "Sorry, there is nobody on the line any more. Thank you. Goodbye."


def whisper(council: str | None, waited_minutes: int, *, deadline_soon: bool) -> tuple[str, ...]:
    """What a caller waits for, for an adviser alone."""
    said = [
        "Advice call.",
        Filled("Council, {name}.", name=council) if council else None,
        "Deadline soon." if deadline_soon else None,
        _waited(waited_minutes),
        PRESS_TO_TAKE,
    ]
    return tuple(filter(None, said))


def whisper_call_back(waited_minutes: int, *, deadline_soon: bool) -> tuple[str, ...]:
    """Somebody asked to be rung; after an hour the minutes no longer help."""
    an_hour = 60
    waited = _waited(waited_minutes) if waited_minutes <= an_hour else None
    said = ["Call back.", "Deadline soon." if deadline_soon else None, waited, "Press 1, and we will ring them."]
    return tuple(filter(None, said))


def _waited(minutes: int) -> str:
    return Filled("Waited {minutes}.", minutes=_minutes(minutes))


# We ring a family: before the right person has pressed a key, neither who we are nor why may be said.
HELLO = "Hello."
OUR_GOODBYE = "Thank you. Goodbye."


SCREENING_NOBODY = (
    "This is a call that somebody at this number asked for. If it was you, press 1. If not, please hang up."
)


def screening(name: str) -> str:
    """For whom the call is, by the first name of record."""
    return Filled(
        "This is a call for {name}. If you are {name}, press 1. If not, please hang up. Thank you.",
        name=name.split(maxsplit=1)[0],
    )


def code_word(word: str) -> str:
    """The word that was agreed, by which the family knows that it is us; it has no other language."""
    return f"{word}."


# Once they have pressed it, a reminder: the time is said in the words for whoever asks about it.
REMINDER = "This is a reminder."
REMINDER_KEYS = "To hear it again, press 1. For a person, press 0."

# Or the code to their own pages, for whoever cannot or would rather not be texted.
CODE_KEYS = "For another code, press 1. Then this one no longer works."


def your_code(digits: str) -> str:
    """Digit by digit, and twice, so that it can be written down."""
    said = ", ".join(digits)
    return Filled("Your code is {digits}. Once more: {digits}.", digits=said)


# Something is wrong on our side.
FAULT = (
    "Sorry, our line has a fault. Press 0 or stay on the line, and we will take your number for a person to call you."
)
FAULT_AGAIN = "Sorry, the fault is still there. Please stay on the line. If you are in danger, hang up and call 9 9 9."


def fault_remains(our_texts: str) -> str:
    """Nothing works: say what the caller can do."""
    return Filled(
        "Sorry, we can not help you now. Please ring again in ten minutes, or text us on {number}. "
        "If you are in danger, call 9 9 9.",
        number=numbers.spoken(our_texts),
    )


# Texts.
TEXT_MENU = (
    "This is Common Ground, a free call-back line. Reply 1 for a call back, 2 about a meeting, 3 for another language. "
    "Please do not send details about your child."
)
TEXT_SAFE = "We will call this number. Reply 1 if a call is safe, or 2 if it is not."
TEXT_WILL_BE_READ = "Thank you. A person will read this."
TEXT_OR_A_CALL = "Reply 1 if you would like a call back. In an emergency call 999."
TEXT_NO_PICTURES = "Sorry, we cannot see pictures. Please tell us in words, or reply 1 for a call back."


def text_kept(read_by: datetime | None) -> str:
    """What was written is for a person, of whom we promise no more than our rota does."""
    return f"{text_passed_on(read_by)} {TEXT_OR_A_CALL}"


def text_passed_on(read_by: datetime | None) -> str:
    """The same without a question."""
    if read_by is None:
        return TEXT_WILL_BE_READ
    return Filled("Thank you. A person will read this by {when}.", when=london.short(read_by))


def text_will_call(our_number: str) -> str:
    """A call-back is promised by text."""
    return Filled(
        "Thank you. We will call you when a person is free. The call will come from {number}.",
        number=numbers.written(our_number),
    )


def text_will_not_call(our_number: str) -> str:
    """A call is not safe."""
    return Filled(
        "Thank you. We will not call. When it is safe you can call us on {number}.",
        number=numbers.written(our_number),
    )


def text_not_understood(our_number: str) -> str:
    """Asked once more, and never a third time."""
    return Filled(
        "Sorry, we did not understand. Reply 1 for a call back, 2 about a meeting, 3 for another language. "
        "Or call {number}.",
        number=numbers.written(our_number),
    )


def text_received(received_at: datetime) -> str:
    """A receipt: the moment that may count in law, and no word about what the law makes of it."""
    return Filled(
        "Thank you. We received your message at {when}. A person will be in touch.", when=london.short(received_at)
    )


TEXT_NOTICE_REFUSED = "Thank you. We will not book that time. A person will be in touch about another."
TEXT_NOTICE_TOO_LATE = "Thank you. We kept your answer, but that time is no longer free. A person will call you."


def text_notice_agreed(starts_at: datetime) -> str:
    """The family's yes is stored, and the time is kept."""
    return Filled(
        "Thank you. We have written down that you agree to {when}. The time is now booked.",
        when=london.short(starts_at),
    )


TEXT_TIMES_REFUSED = "Thank you. We will not book these times. We look for others and write to you."
TEXT_TIMES_OVER = "Thank you. We kept your answer, but those times are no longer held. A person will be in touch."


def text_time_chosen(starts_at: datetime) -> str:
    """The family has chosen, and the others have not answered yet."""
    return Filled(
        "Thank you. You chose {when}. We will text you when a time is booked. To change, send another figure.",
        when=london.short(starts_at),
    )


def text_time_booked(starts_at: datetime) -> str:
    """The last answer that was missing has come."""
    return Filled("Thank you. Your meeting is booked: {when}.", when=london.short(starts_at))


def text_booked_already(starts_at: datetime) -> str:
    """The answer comes when a time is booked already; whether it can move is for a person."""
    return Filled("Your meeting is booked already: {when}. A person will read your text.", when=london.short(starts_at))


def text_choose(figures: Sequence[str], read_by: datetime | None) -> str:
    """What came chose nothing; how a time is chosen."""
    how = Filled("To choose a time, reply {figures}, or 0 for none.", figures=", ".join(figures))
    return f"{text_passed_on(read_by)} {how}"
