"""Days for the tests of the law: England's calendar, every day from 2025 to 2030, and any of them."""

from datetime import date, timedelta

from hypothesis import strategies

from scheduling.reference import bank_holidays

ENGLAND = bank_holidays.england()

FIRST, LAST = date(2025, 1, 1), date(2030, 12, 31)

EVERY_DAY = [FIRST + timedelta(days=later) for later in range((LAST - FIRST).days + 1)]

any_day = strategies.dates(min_value=FIRST, max_value=LAST)
