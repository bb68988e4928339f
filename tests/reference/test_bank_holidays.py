from datetime import date

from govuk_bank_holidays.bank_holidays import BankHolidays

from scheduling.reference import bank_holidays


def test_the_bank_holidays_agree_with_those_the_government_publishes() -> None:
    published = {
        holiday["date"]
        for holiday in BankHolidays(use_cached_holidays=True).get_holidays(BankHolidays.ENGLAND_AND_WALES)
        if holiday["date"].year in bank_holidays.YEARS
    }
    calendar = bank_holidays.england()

    on_weekdays = {day for day in calendar.holidays if day.weekday() < 5 and day <= max(published)}

    assert len(published) > 100
    assert on_weekdays == {day for day in published if day.weekday() < 5}


def test_a_proclaimed_day_is_added_and_the_others_stay() -> None:
    proclaimed = date(2027, 5, 10)

    calendar = bank_holidays.england([proclaimed])

    assert not calendar.is_working_day(proclaimed)
    assert calendar.holidays - bank_holidays.england().holidays == {proclaimed}


def test_every_year_has_at_least_eight_holidays() -> None:
    days = bank_holidays.england().holidays

    assert all(sum(day.year == year for day in days) >= 8 for year in bank_holidays.YEARS)


def test_a_holiday_has_a_name() -> None:
    assert bank_holidays.names()[date(2026, 4, 3)] == "Good Friday"
