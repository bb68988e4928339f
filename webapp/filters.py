"""What every template may use: our ways to write days, hours and numbers, and GOV.UK's macros."""

from datetime import date, datetime

from flask import Flask
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from scheduling import london, numbers, references
from scheduling.cases import links

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def register(app: Flask) -> None:
    """Teach the application's templates to write as we do."""
    macros = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    own = app.jinja_env.loader  # the templates of the application and of its blueprints
    app.jinja_env.loader = ChoiceLoader([own, macros]) if own else macros
    app.jinja_env.filters.update(
        day=london.written_day,
        short_day=short_day,
        moment=london.written,
        day_of=lambda moment: london.written_day(london.london_day(moment)),
        hours=hours,
        span=lambda times: london.written_hours(*times),
        clock_24h=london.clock_24h,
        time=london.written_time,
        weekday=lambda number: WEEKDAYS[number],
        number=number,
        reference=reference,
        first_letter_large=first_letter_large,
        initials=initials,
        without_tokens=links.masked,
    )
    app.context_processor(lambda: {"has_simulator": app.config["SETTINGS"].has_simulator})
    app.context_processor(lambda: {"has_entra": bool(app.config["SETTINGS"].entra_client_id)})


def short_day(day: date) -> str:
    """For the console's tables: Thu 3 Dec."""
    return f"{day:%a} {day.day} {day:%b}"


def hours(meeting: tuple[datetime, datetime]) -> str:
    """For pages: Thursday 3 December 2026, 10am to 1pm."""
    starts_at, ends_at = meeting
    return f"{london.written_day(london.london_day(starts_at))}, {london.written_hours(starts_at, ends_at)}"


def number(telephone: str) -> str:
    """A telephone number as a person writes it; venues' numbers are kept as somebody typed them."""
    e164 = numbers.parse(telephone)
    return numbers.written(e164) if e164 else telephone


def reference(digits: str) -> str:
    """Both halves of a case reference, never on two lines."""
    return references.written(digits).replace(" ", "\N{NO-BREAK SPACE}")


def initials(name: str | None) -> str:
    """Enough to find a row again and not enough to learn a name: S. O."""
    return " ".join(f"{part[0].upper()}." for part in (name or "").split())


def first_letter_large(words: str) -> str:
    """For the start of a line: The family."""
    return words[:1].upper() + words[1:]
