"""Days for the tests of the law: England's calendar, and any day from 2025 to 2030."""

from datetime import date

from hypothesis import strategies

from scheduling.reference import bank_holidays

ENGLAND = bank_holidays.england()

any_day = strategies.dates(min_value=date(2025, 1, 1), max_value=date(2030, 12, 31))
