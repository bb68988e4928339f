from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import london


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        pytest.param("2026-06-30T23:30:00Z", "2026-07-01", id="half past midnight in summer"),
        pytest.param("2026-12-31T23:30:00Z", "2026-12-31", id="half past eleven in winter"),
        pytest.param("2026-08-30T22:58:00Z", "2026-08-30", id="two minutes before a summer midnight"),
        pytest.param("2026-03-29T00:59:00Z", "2026-03-29", id="the last winter minute"),
        pytest.param("2026-10-25T01:30:00Z", "2026-10-25", id="the hour that comes twice"),
    ],
)
def test_a_day_is_londons(moment: str, day: str) -> None:
    assert london.london_day(datetime.fromisoformat(moment)) == date.fromisoformat(day)


def test_a_moment_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="in which zone"):
        london.london_day(datetime(2026, 6, 30, 23, 30))  # noqa: DTZ001 - the mistake


@pytest.mark.parametrize(
    ("day", "shown", "utc"),
    [
        pytest.param("2026-12-10", "10:00", "2026-12-10T10:00:00Z", id="winter"),
        pytest.param("2026-07-10", "10:00", "2026-07-10T09:00:00Z", id="summer"),
        pytest.param("2026-03-29", "01:30", "2026-03-29T01:30:00Z", id="an hour left out: half past two"),
        pytest.param("2026-10-25", "01:30", "2026-10-25T00:30:00Z", id="an hour that comes twice: the first"),
    ],
)
def test_a_clock_time_on_a_day_is_a_moment(day: str, shown: str, utc: str) -> None:
    moment = london.at(date.fromisoformat(day), time.fromisoformat(shown))

    assert moment.astimezone(UTC) == datetime.fromisoformat(utc)
    assert moment.tzinfo is london.LONDON


def test_the_hour_left_out_is_read_as_a_clock_put_forward() -> None:
    assert london.at(date(2026, 3, 29), time(1, 30)).time() == time(2, 30)


@pytest.mark.parametrize(
    ("shown", "written", "spoken"),
    [
        pytest.param("10:00", "10am", "10 o'clock in the morning", id="a full hour"),
        pytest.param("10:30", "10:30am", "half past 10 in the morning", id="half past"),
        pytest.param("13:00", "1pm", "1 o'clock in the afternoon", id="afternoon"),
        pytest.param("12:15", "12:15pm", "quarter past 12 in the afternoon", id="after midday"),
        pytest.param("12:45", "12:45pm", "quarter to 1 in the afternoon", id="a quarter to one"),
        pytest.param("11:45", "11:45am", "quarter to 12 in the morning", id="a quarter to twelve"),
        pytest.param("18:05", "6:05pm", "6 05 in the evening", id="evening"),
        pytest.param("12:00", "midday", "midday", id="midday"),
        pytest.param("00:00", "midnight", "midnight", id="midnight"),
        pytest.param("00:30", "12:30am", "half past 12 in the morning", id="after midnight"),
    ],
)
def test_a_time_is_written_and_spoken_as_people_do(shown: str, written: str, spoken: str) -> None:
    assert london.written_time(time.fromisoformat(shown)) == written
    assert london.spoken_time(time.fromisoformat(shown)) == spoken


def test_a_meeting_is_written_for_pages_texts_and_the_telephone() -> None:
    starts_at = datetime(2027, 1, 12, 10, tzinfo=UTC)
    ends_at = datetime(2027, 1, 12, 13, tzinfo=UTC)

    assert london.written(starts_at) == "10am on Tuesday 12 January 2027"
    assert london.written_day(date(2026, 12, 3)) == "Thursday 3 December 2026"
    assert london.written_hours(starts_at, ends_at) == "10am to 1pm"
    assert london.short(starts_at) == "Tue 12 Jan, 10am"
    assert london.clock_24h(starts_at) == "10:00"
    assert london.spoken(starts_at) == "Tuesday the 12th of January, at 10 o'clock in the morning"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (22, "22nd"),
        (31, "31st"),
    ],
)
def test_a_date_is_said_with_its_ending(day: int, said: str) -> None:
    assert london.spoken_day(date(2027, 1, day)).endswith(f" the {said} of January")


@given(st.dates(date(2025, 1, 1), date(2030, 12, 31)), st.times())
def test_a_clock_time_on_a_day_is_on_that_day(day: date, shown: time) -> None:
    assert london.london_day(london.at(day, shown)) == day


@pytest.mark.parametrize(
    ("utc", "written"),
    [
        pytest.param("2026-11-25T00:00", "midnight at the end of Tuesday 24 November 2026", id="winter"),
        pytest.param("2026-06-30T23:00", "midnight at the end of Tuesday 30 June 2026", id="summer"),
        pytest.param("2026-11-25T00:01", "12:01am on Wednesday 25 November 2026", id="a minute later"),
    ],
)
def test_nobody_has_to_guess_to_which_day_a_midnight_belongs(utc: str, written: str) -> None:
    assert london.written(datetime.fromisoformat(utc + "Z")) == written
