"""Advice: is there a hurry, which council, may we text; then a case is opened and a time with an adviser booked."""

from scheduling import london, numbers
from scheduling.cases import advice, intake
from scheduling.diary import bookings
from scheduling.models import FAMILY, Authority, Booking, BookingKind, Case, Said
from scheduling.refusals import Refused
from telephony import phrases, understanding
from telephony.conversations import council, memory, number, person
from telephony.conversations.exchange import YES_OR_NO, Exchange, Heard, Question
from telephony.voice import Prompt, Slowly


def begin(exchange: Exchange, words: str) -> Prompt:
    """The caller asks for advice, or for mediation, which begins with advice as well."""
    person.note(exchange, _said(words), words)
    return _deadline(exchange)


def _said(words: str) -> Said:
    """What it amounts to in law. Nothing but wanting mediation or not is so plain that it needs no question."""
    if understanding.wants_mediation(words):
        return Said.WANTS_MEDIATION
    return Said.NO_MEDIATION if understanding.declines_mediation(words) else Said.ASKS_FOR_ADVICE


def _deadline(exchange: Exchange) -> Prompt:  # noqa: ARG001 - every question is asked alike
    return Prompt(says=(phrases.DEADLINE,), step="deadline", hints=YES_OR_NO)


def _hear_deadline(exchange: Exchange, heard: Heard) -> Prompt | None:
    if heard.agrees is None:
        return None
    exchange.call.deadline_soon = heard.agrees
    return FIRST_NAMING.ask(exchange)


def _chosen(exchange: Exchange, authority: Authority) -> Prompt:
    if not authority.is_served(london.london_day(exchange.now)):
        return _look_elsewhere(authority)
    exchange.call.authority = authority
    exchange.call.step = ""  # what comes is no longer about councils
    return _may_we_text(exchange) if number.to_ring(exchange) else KEYING.ask(exchange)


def _look_elsewhere(authority: Authority) -> Prompt:
    says = (phrases.not_served(authority.name),)
    return Prompt(says=says, step=f"not-served.{authority.code}", hints=("another council",))


def _ask_elsewhere(exchange: Exchange) -> Prompt:
    return _look_elsewhere(council.offered(exchange)[0])


def _hear_elsewhere(exchange: Exchange, heard: Heard) -> Prompt | None:
    another = heard.figure == "1" or "another" in understanding.plain(heard.words).split()
    return SECOND_NAMING.ask(exchange) if another else None


def _may_we_text(exchange: Exchange) -> Prompt:
    to_ring = number.to_ring(exchange)
    if to_ring is None or not numbers.is_textable(to_ring):
        return _book(exchange, may_text=None)
    return Prompt(says=(phrases.MAY_WE_TEXT,), step="may-we-text", hints=YES_OR_NO)


def _hear_may_we_text(exchange: Exchange, heard: Heard) -> Prompt | None:
    return None if heard.agrees is None else _book(exchange, may_text=heard.agrees)


def _silence_is_no_yes(exchange: Exchange) -> Prompt:
    return _book(exchange, may_text=False)


def _book(exchange: Exchange, *, may_text: bool | None) -> Prompt:
    case = _open_case(exchange, may_text=may_text)
    if _time_with_an_adviser(exchange, case) is None:
        return person.begin(exchange, "full", saying=(phrases.NO_TIME_FREE,))
    return _booked(exchange)


def _open_case(exchange: Exchange, *, may_text: bool | None) -> Case:
    session, call, now = exchange.session, exchange.call, exchange.now
    case = intake.open_case(
        session,
        number=number.to_ring(exchange),
        authority=call.authority,
        deadline_soon=bool(call.deadline_soon),
        by=FAMILY,
        now=now,
    )
    if may_text is not None:
        intake.allow_texts(session, case, allowed=may_text, by=FAMILY, now=now)
    contact = memory.contact(session, call)
    if contact is not None:
        intake.handled(contact, by=FAMILY, now=now, case=case)
    call.case = case
    return case


def _time_with_an_adviser(exchange: Exchange, case: Case) -> Booking | None:
    try:
        with exchange.session.begin_nested():
            return advice.book(exchange.session, case, by=FAMILY, now=exchange.now)
    except Refused:
        return None  # somebody took it at the same moment: a person will find another


def _booked(exchange: Exchange) -> Prompt:
    case = exchange.call.case
    booking = None if case is None else bookings.of(exchange.session, case, BookingKind.ADVICE)
    if case is None or booking is None:
        return person.begin(exchange, "full", saying=(phrases.NO_TIME_FREE,))
    says = (
        phrases.advice_booked(booking.starts_at),
        Slowly(phrases.your_reference(case.reference)),
        phrases.HEAR_AGAIN,
    )
    return Prompt(says=says, step="booked", hints=("again", "goodbye"))


def _hear_booked(exchange: Exchange, heard: Heard) -> Prompt | None:
    if heard.is_silence:
        return person.farewell(exchange)
    return _booked(exchange) if heard.figure == "1" else None


SECOND_NAMING = council.Naming("-again", chosen=_chosen, rejected=council.not_understood, patience=1)
FIRST_NAMING = council.Naming("", chosen=_chosen, rejected=SECOND_NAMING.ask, patience=2)
KEYING = number.Keying("advice-number", then=_may_we_text, lost=person.lost, unsure=person.lost)

QUESTIONS = {
    "deadline": Question(ask=_deadline, hear=_hear_deadline, lost=person.lost),
    **FIRST_NAMING.questions(),
    **SECOND_NAMING.questions(),
    "not-served": Question(ask=_ask_elsewhere, hear=_hear_elsewhere, lost=person.farewell),
    **KEYING.questions(),
    "may-we-text": Question(ask=_may_we_text, hear=_hear_may_we_text, lost=_silence_is_no_yes),
    "booked": Question(ask=_booked, hear=_hear_booked, lost=person.farewell, sorry=""),
}
