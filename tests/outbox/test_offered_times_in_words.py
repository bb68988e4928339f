"""What the parties read about offered times: one text of one segment, and a mail that tells neither of the other."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from scheduling import segments
from scheduling.outbox.wording import offers
from scheduling.outbox.wording.offers import Offered
from tests import builders

CLOSES = builders.moment("2026-11-25 10:30")
BY_TEXT = [offers.by_text, offers.by_text_once_more, offers.by_text_instead]


def times(first: datetime, number: int = 3) -> list[Offered]:
    return [
        Offered(
            number=place,
            starts_at=first + timedelta(days=place),
            ends_at=first + timedelta(days=place, hours=2),
            where="at Barnet Library",
            held_until=CLOSES,
        )
        for place in range(1, number + 1)
    ]


def test_a_text_names_days_hours_and_figures_and_nothing_else() -> None:
    assert offers.by_text(times(builders.moment("2026-12-09 10:00")), closes_at=CLOSES) == (
        "Common Ground: can we meet 1 Thu 10 Dec 10am, 2 Fri 11 Dec 10am, 3 Sat 12 Dec 10am? "
        "Reply 1, 2, 3 or 0 for none by Wed 10:30am. Call 0300 123 4567."
    )


def test_one_time_is_one_figure() -> None:
    text = offers.by_text(times(builders.moment("2026-12-09 10:00"), number=1), closes_at=CLOSES)

    assert "Reply 1 or 0 for none by" in text


@pytest.mark.parametrize("words", BY_TEXT)
@pytest.mark.parametrize("hour", ["10:00", "12:00", "13:30", "14:00"])
def test_a_text_about_three_times_is_one_segment_on_every_day_of_the_year(words: Callable[..., str], hour: str) -> None:
    for day in range(366):
        text = words(times(builders.moment(f"2026-01-01 {hour}") + timedelta(days=day)), closes_at=CLOSES)

        counted = segments.count(text)
        assert (counted.encoding, counted.segments) == (segments.Encoding.GSM_7, 1), text


def test_that_nothing_is_held_any_more_is_one_segment() -> None:
    assert segments.count(offers.taken_back_by_text()).segments == 1


@pytest.mark.parametrize("again", [False, True])
def test_each_party_reads_places_and_holds_and_its_own_link(again: bool) -> None:
    offered, link = times(builders.moment("2026-12-09 10:00")), "https://example.org/times/abc"
    family = offers.to_the_family(
        name="Sam", reference="12345674", times=offered, closes_at=CLOSES, link=link, again=again
    )
    officer = offers.to_whoever_comes(
        name="Olu", reference="12345674", times=offered, closes_at=CLOSES, link=link, again=again
    )

    for mail in (family, officer):
        assert "1. Thursday 10 December 2026, 10am to midday, at Barnet Library." in mail.body
        assert "Held until 10:30am on Wednesday 25 November 2026." in mail.body
        assert link in mail.body
        assert mail.subject.startswith("Please choose: ") is again
    assert "Olu" not in family.body
    assert "Sam" not in officer.body
