"""About a meeting that is booked: reference and PIN first, then the time, and whether it is kept.

A caller's number proves nothing. An unknown reference, one without a PIN and a wrong PIN get the same words, and after
three of them a person calls back. Who has both hears the time, and the place only where the contact record allows it:
somebody may be in hiding from somebody who knows both.
"""

from scheduling import references
from scheduling.cases import intake, pins
from scheduling.diary import bookings
from scheduling.models import FAMILY, Booking, BookingKind, Said
from telephony import phrases
from telephony.conversations import memory, person
from telephony.conversations.exchange import Exchange, Heard, Question
from telephony.voice import Prompt, Slowly

ANSWERS = ("keep", "change", "again", "person")


def begin(exchange: Exchange, words: str) -> Prompt:
    """The caller has a meeting with us."""
    person.note(exchange, Said.OTHER, words)
    return reference(exchange)


def reference(exchange: Exchange) -> Prompt:  # noqa: ARG001 - every question is asked alike
    """Ask which meeting."""
    return Prompt(says=(phrases.REFERENCE,), step="reference", keys=references.LENGTH)


def _hear_reference(exchange: Exchange, heard: Heard) -> Prompt | None:
    keyed = references.parse(heard.keys or heard.words)
    if keyed is None:
        return None
    exchange.call.keyed_reference = keyed
    exchange.call.case = memory.case(exchange.session, keyed)
    return _pin(exchange)


def _pin(exchange: Exchange) -> Prompt:  # noqa: ARG001 - likewise
    return Prompt(says=(phrases.PIN,), step="pin", keys=pins.LENGTH)


def _hear_pin(exchange: Exchange, heard: Heard) -> Prompt | None:
    digits = heard.keys or "".join(character for character in heard.words if character.isdigit())
    call, named = exchange.call, exchange.call.keyed_reference
    if named is None or len(digits) != pins.LENGTH:
        return None
    case = pins.opens(exchange.session, named, digits, call_sid=call.sid, now=exchange.now)
    if case is not None:
        call.case, call.proved_at = case, exchange.now
        return _your_meeting(exchange)
    if not pins.may_try(exchange.session, named, call_sid=call.sid, now=exchange.now):
        return person.begin(exchange, "meeting", saying=(phrases.ABOUT_A_MEETING,))
    again = reference(exchange)
    return Prompt(says=(phrases.NO_MATCH, *again.says), step=again.step, keys=again.keys)


def _without(exchange: Exchange) -> Prompt:
    return person.begin(exchange, "no-reference", saying=(phrases.ABOUT_A_MEETING,))


def _your_meeting(exchange: Exchange) -> Prompt:
    booking = _booking(exchange)
    if booking is None:
        return person.begin(exchange, "no-meeting", saying=(phrases.NO_MEETING,))
    _settle(exchange)
    when = phrases.your_meeting if booking.kind is BookingKind.MEDIATION else phrases.our_call
    place = (phrases.HEAR_THE_PLACE,) if _may_say_place(exchange) else ()
    says = (when(booking.starts_at), *place, phrases.KEEP_OR_CHANGE)
    return Prompt(says=says, step="your-meeting", hints=ANSWERS)


def _hear_your_meeting(exchange: Exchange, heard: Heard) -> Prompt | None:
    word = heard.words.casefold()
    match heard.figure:
        case "1":
            return _keep(exchange)
        case "2":
            return _change(exchange)
        case "3":
            return _your_meeting(exchange)
        case "4" if _may_say_place(exchange):
            return _place(exchange)
        case _ if "change" in word:
            return _change(exchange)
        case _:
            return _keep(exchange) if "keep" in word else None


def _place(exchange: Exchange) -> Prompt:
    booking = _booking(exchange)
    if booking is None or booking.room is None or not _may_say_place(exchange):
        return _your_meeting(exchange)
    venue = booking.room.venue
    says = (Slowly(phrases.the_place(venue.name, venue.address)), phrases.KEEP_OR_CHANGE)
    return Prompt(says=says, step="meeting-place", hints=ANSWERS)


def _keep(exchange: Exchange) -> Prompt:
    if _booking(exchange) is None or exchange.call.case is None:
        return _your_meeting(exchange)
    exchange.call.case.record("The family said by telephone that it keeps its time", by=FAMILY, now=exchange.now)
    return Prompt(says=(phrases.MEETING_KEPT,))


def _change(exchange: Exchange) -> Prompt:
    """Another time is a person's work: it depends on the authority and the mediator as well."""
    contact, case = memory.contact(exchange.session, exchange.call), exchange.call.case
    if contact is not None:
        contact.handled_at = None  # who hangs up now must be rung all the same
    if case is not None:
        case.record("The family asked by telephone for another time", by=FAMILY, now=exchange.now)
    return person.begin(exchange, "change", saying=(phrases.ANOTHER_TIME,))


def _settle(exchange: Exchange) -> None:
    contact = memory.contact(exchange.session, exchange.call)
    if contact is not None and contact.handled_at is None:
        intake.handled(contact, by=FAMILY, now=exchange.now, case=exchange.call.case)


def _booking(exchange: Exchange) -> Booking | None:
    """The meeting, else the adviser's call, that is still to come; of nobody who has not proved who they are."""
    call = exchange.call
    if call.case is None or call.proved_at is None:
        return None
    kinds = (BookingKind.MEDIATION, BookingKind.ADVICE)
    live = (bookings.of(exchange.session, call.case, kind) for kind in kinds)
    return next((one for one in live if one is not None and one.ends_at > exchange.now), None)


def _may_say_place(exchange: Exchange) -> bool:
    case, booking = exchange.call.case, _booking(exchange)
    return case is not None and booking is not None and booking.room is not None and case.person.may_say_place


QUESTIONS = {
    "reference": Question(ask=reference, hear=_hear_reference, lost=_without, sorry=phrases.NOT_A_REFERENCE),
    "pin": Question(ask=_pin, hear=_hear_pin, lost=_without),
    "your-meeting": Question(ask=_your_meeting, hear=_hear_your_meeting, lost=person.farewell, sorry=""),
    "meeting-place": Question(ask=_place, hear=_hear_your_meeting, lost=person.farewell, sorry=""),
}
