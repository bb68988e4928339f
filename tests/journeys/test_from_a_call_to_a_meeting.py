"""The whole way: a call, an appointment, the adviser's record, the meeting, its move, and its end.

The stories share one running service, and each family has its own telephone and mailbox.
"""

import re
from dataclasses import dataclass, field
from email.message import EmailMessage

import icalendar
import pytest

from telephony.simulator.handset import Handset
from tests.journeys.browser import Browser
from tests.journeys.service import Service, eventually

pytestmark = pytest.mark.timeout(300)


@dataclass
class Family:
    """A family at its telephone, what it hears of us, and what reaches its mailbox and those of the other two."""

    line: Service
    number: str
    email: str
    reference: str = field(default="", init=False)

    @property
    def phone(self) -> Handset:
        return self.line.phone(self.number)

    def rings_for_advice(self, *, may_text: str = "1") -> None:
        """Ring, ask for advice, name the council, and hear the reference."""
        phone = self.phone
        assert "advice" in phone.dials()
        phone.presses("1")
        phone.presses("2")
        assert "Barnet" in phone.says("Barnet")
        assert "text this number" in phone.presses("1")
        heard = phone.presses(may_text)
        phone.hangs_up()
        spoken = re.search(r"reference is ([\d ,]+)", heard)
        assert spoken is not None, heard
        self.reference = re.sub(r"\D", "", spoken.group(1))

    def texts_got(self) -> list[str]:
        return [text.words for text in self.phone.inbox()]

    def invites(self) -> list[EmailMessage]:
        """Those of this family's meeting, to everybody; the call with the adviser has invites of its own."""
        written = f"{self.reference[:4]} {self.reference[4:]}"
        mails = [mail for mail in self.line.mails() if written in mail["Subject"] and _calendar(mail) is not None]
        return [mail for mail in mails if _entry(mail)["LOCATION"] != "By telephone"]

    def entries(self, *, sequence: int) -> list[dict[str, object]]:
        """What the invites of one version of the meeting put into calendars."""
        return [entry for entry in map(_entry, self.invites()) if entry["SEQUENCE"] == sequence]


def test_a_call_becomes_a_meeting_which_moves_when_its_venue_closes_and_can_be_cancelled(line: Service) -> None:
    family = Family(line, "+447700900101", "ngozi@family.example")
    family.rings_for_advice()
    eventually(lambda: len(family.texts_got()) == 1)
    adviser = line.signed_in("amara.cole")

    _writes_down_what_the_family_said(adviser, family)
    eventually(lambda: len(family.invites()) == 3)
    eventually(lambda: len(family.texts_got()) == 2)

    first = family.entries(sequence=0)
    assert [entry["METHOD"] for entry in first] == ["REQUEST"] * 3
    assert len({entry["UID"] for entry in first}) == 1
    assert _sides(family.invites()) == {"ngozi@family.example", "barnet.example", "mediators.example"}
    assert any("Mediation requested" in mail["Subject"] for mail in line.mails())

    coordinator = line.signed_in("priya.shah")
    _closes_the_venue_of(coordinator, family)
    eventually(lambda: len(family.entries(sequence=1)) >= 3)
    eventually(lambda: len(family.texts_got()) == 3)

    moved = family.entries(sequence=1)
    assert {entry["UID"] for entry in moved} == {first[0]["UID"]}
    assert first[0]["LOCATION"] not in {entry["LOCATION"] for entry in moved if entry["METHOD"] == "REQUEST"}

    _cancels(coordinator, family)
    eventually(lambda: len(family.entries(sequence=2)) == 3)

    ended = family.entries(sequence=2)
    assert {(entry["METHOD"], entry["STATUS"]) for entry in ended} == {("CANCEL", "CANCELLED")}
    assert {entry["UID"] for entry in ended} == {first[0]["UID"]}
    history = coordinator.opens(f"/cases/{family.reference}")
    for told in ("The case was opened", "The heating has failed", "The family asked for it"):
        assert told in history


def test_no_text_is_sent_to_somebody_who_did_not_want_one(line: Service) -> None:
    family = Family(line, "+447700900102", "daniel@family.example")
    family.rings_for_advice(may_text="2")

    _writes_down_what_the_family_said(line.signed_in("amara.cole"), family)
    eventually(lambda: len(family.invites()) == 3)

    assert family.texts_got() == []


def test_a_text_that_asks_for_mediation_tells_the_authority_when_nothing_is_missing(line: Service) -> None:
    family = Family(line, "+447700900103", "shabana@family.example")
    family.rings_for_advice()
    _fills_in_the_record(line.signed_in("amara.cole"), family)

    receipt = family.phone.texts("I want mediation")

    assert receipt is not None
    assert "Mon 23 Nov, 10:" in receipt
    eventually(lambda: len(family.invites()) == 3)


def test_a_text_from_an_unknown_number_counts_and_waits_for_an_adviser(line: Service) -> None:
    before = len(line.mails())

    receipt = line.phone("+447700900104").texts("I want mediation")

    assert receipt is not None
    assert "Mon 23 Nov, 10:" in receipt
    assert "whose case it is is not known" in line.signed_in("amara.cole").opens("/today")
    assert len(line.mails()) == before


def test_a_family_without_an_email_address_gets_a_text_and_staff_a_task(line: Service) -> None:
    family = Family(line, "+447700900105", "")
    family.rings_for_advice()
    adviser = line.signed_in("amara.cole")

    _writes_down_what_the_family_said(adviser, family)
    eventually(lambda: len(family.invites()) == 2)
    eventually(lambda: len(family.texts_got()) >= 2)

    assert "email" in family.texts_got()[-1].lower()
    assert _sides(family.invites()) == {"barnet.example", "mediators.example"}
    assert "There is no e-mail address that we may write to" in adviser.opens("/today")


def _fills_in_the_record(adviser: Browser, family: Family) -> None:
    adviser.opens(f"/cases/{family.reference}/record")
    if "Why do you need case" in adviser.page:  # the appointment is with a colleague
        adviser.sends("Open the case", reason="The colleague is ill today")
    adviser.sends(
        "Save the record",
        name="Ngozi Okafor",
        email=family.email,
        outcode="N3",
        issues="Speech and language therapy in section F",
        consent_to_share="y",
        **_day("letter_date", 2, 11),
    )
    assert "The record has been saved" in adviser.page


def _writes_down_what_the_family_said(adviser: Browser, family: Family) -> None:
    _fills_in_the_record(adviser, family)
    adviser.opens(f"/cases/{family.reference}/mediation")
    adviser.sends("Record the wish and tell the authority")
    assert "The authority has been told" in adviser.page


def _closes_the_venue_of(coordinator: Browser, family: Family) -> None:
    """Close the place of the meeting for the whole window, after a look at what it does."""
    venue = _venue_of(coordinator, family)
    coordinator.opens(f"{venue}/close")
    coordinator.sends(
        "See what this affects",
        reason="The heating has failed",
        **_day("first_day", 24, 11),
        **_day("last_day", 23, 12),
    )
    assert "1 booking is affected" in coordinator.page
    coordinator.sends("Close the venue and move the meetings")
    assert "1 moved, 0 without another time" in coordinator.page


def _venue_of(coordinator: Browser, family: Family) -> str:
    """The address of the page of the venue where the family's meeting is booked."""
    written = f"{family.reference[:4]} {family.reference[4:]}"
    paths: list[str] = re.findall(r"/venues/\d+", coordinator.opens("/venues"))
    for path in dict.fromkeys(paths):
        if written in coordinator.opens(path):
            return path
    raise AssertionError("the meeting stands on no venue's page")


def _cancels(coordinator: Browser, family: Family) -> None:
    page = coordinator.opens(f"/cases/{family.reference}")
    for link in re.findall(rf"/cases/{family.reference}/bookings/\d+/cancel", page):
        if "Cancel the meeting" in coordinator.opens(link):
            coordinator.sends("Cancel the meeting", caused_by="the family", because="The family asked for it")
            return
    raise AssertionError("no meeting to cancel")


def _day(name: str, day: int, month: int) -> dict[str, str]:
    """The three boxes of a day of 2026."""
    return {f"{name}-day": str(day), f"{name}-month": str(month), f"{name}-year": "2026"}


def _calendar(mail: EmailMessage) -> EmailMessage | None:
    part = next((part for part in mail.walk() if part.get_content_type() == "text/calendar"), None)
    assert part is None or isinstance(part, EmailMessage)
    return part


def _entry(mail: EmailMessage) -> dict[str, object]:
    """What the mail puts into a calendar: for its recipient alone, with one method inside and outside."""
    part = _calendar(mail)
    assert part is not None
    calendar = icalendar.Calendar.from_ical(part.get_content())
    event = calendar.walk("VEVENT")[0]
    assert part["Content-Type"].params["method"] == str(calendar["METHOD"])
    assert str(event["ATTENDEE"]).lower() == f"mailto:{mail['To'].addresses[0].addr_spec}".lower()
    words = {name: str(event[name]) for name in ("UID", "LOCATION", "STATUS")}
    return {**words, "METHOD": str(calendar["METHOD"]), "SEQUENCE": int(str(event.get("SEQUENCE")))}


def _sides(mails: list[EmailMessage]) -> set[str]:
    """The family by its address, the others by their invented houses."""
    addresses = [str(mail["To"].addresses[0].addr_spec) for mail in mails]
    return {a if a.endswith("family.example") else a.partition("@")[2] for a in addresses}
