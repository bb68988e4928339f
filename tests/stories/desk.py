"""What advisers and coordinators do at their desks, as they would say it; each is a page and a button."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from scheduling import london
from scheduling.law.certificates import Information
from scheduling.models import Role
from tests.stories.world import Family, World, boxes
from tests.webapp.browser import Page


@dataclass
class Desk:
    """Everybody who works here, each in their own browser."""

    world: World

    def case(self, family: Family, role: Role = Role.ADVISER) -> Page:
        return self.world.staff(role).opens(f"/cases/{family.reference}")

    def records(self, family: Family, *, letter: str, issues: str = "Speech therapy in section F") -> Page:
        """The adviser writes down what the family said."""
        adviser = self.world.staff(Role.ADVISER)
        adviser.opens(f"/cases/{family.reference}/record")
        page = adviser.presses(
            "Save the record",
            name="Ngozi Okafor",
            email=family.email,
            child_name="Ada",
            issues=issues,
            consent_to_share="y",
            **boxes("letter_date", letter),
        )
        assert "The record has been saved" in page.text, page.text
        return page

    def tells_everything(self, family: Family) -> None:
        """The adviser goes through the whole script and ticks it off."""
        adviser = self.world.staff(Role.ADVISER)
        adviser.opens(f"/cases/{family.reference}/checklist")
        form = adviser.page.form("Write it down")
        adviser.sends(form.action, [*form.fields, *(("told", item.value) for item in Information)])

    def answers(self, family: Family, decision: str, **parts: str) -> Page:
        """The four questions; `about_school="y"`."""
        adviser = self.world.staff(Role.ADVISER)
        adviser.opens(f"/cases/{family.reference}/route")
        return adviser.presses("Save the answers", decision=decision, **parts)

    def advises(self, family: Family, *, letter: str, decision: str = "not to assess", **parts: str) -> None:
        """The whole talk: the record, the four questions, the script."""
        self.records(family, letter=letter)
        self.answers(family, decision, **parts)
        self.tells_everything(family)

    def says_no(self, family: Family) -> Page:
        """Mediation is not wanted, from the start or any more."""
        adviser = self.world.staff(Role.ADVISER)
        adviser.opens(f"/cases/{family.reference}/no-mediation")
        return adviser.presses("Record that mediation is not wanted")

    def contacts(self, family: Family) -> Page:
        return self.world.staff(Role.ADVISER).opens(f"/cases/{family.reference}/contacts")

    def certificate(self, family: Family) -> Page:
        return self.world.staff(Role.ADVISER).opens(f"/cases/{family.reference}/certificate")

    def issues(self, family: Family, kind: str, **reason: str) -> Page:
        """One click."""
        self.certificate(family)
        return self.world.staff(Role.ADVISER).presses(f"Issue the certificate: {kind}", **reason)

    def meeting_ends(self, family: Family, at: str, **became: str) -> Page:
        """What became of the case's latest meeting."""
        adviser = self.world.staff(Role.ADVISER)
        path = next(link for link in self.case(family).links if link.endswith("/outcome"))
        adviser.opens(path)
        usual = {"ending": "concluded", "family_came": "yes", "authority_came": "yes", "could_decide": "y"}
        return adviser.presses("Write it down", ended_at=at, **{**usual, "childs_views_sought": "y", **became})

    def agreed(self, family: Family, on: str, **promises: str) -> Page:
        """What the parties wrote down."""
        coordinator = self.world.staff(Role.COORDINATOR)
        coordinator.opens(f"/cases/{family.reference}/agreement/new")
        return coordinator.presses("Keep it", extent="all of it", **boxes("agreed_on", on), **promises)

    def authority_cannot(self, family: Family, because: str) -> Page:
        coordinator = self.world.staff(Role.COORDINATOR)
        coordinator.opens(f"/cases/{family.reference}/authority/cannot")
        return coordinator.presses("Write it down", because=because)

    def wants_mediation(self, family: Family) -> Page:
        adviser = self.world.staff(Role.ADVISER)
        adviser.opens(f"/cases/{family.reference}/mediation")
        return adviser.presses("Record the wish and tell the authority")

    def closes_the_library(self, first: str, last: str) -> Page:
        """No meeting there on these days, both included."""
        coordinator = self.world.staff(Role.COORDINATOR)
        venue = next(link for link in coordinator.opens("/venues").links if re.fullmatch(r"/venues/\d+", link))
        coordinator.opens(f"{venue}/close")
        coordinator.presses(
            "See what this affects", reason="No heating", **boxes("first_day", first), **boxes("last_day", last)
        )
        return coordinator.presses("Close the venue")

    def times(self, family: Family) -> list[str]:
        """The times that the coordinator is offered, as `2026-12-18`."""
        page = self.world.staff(Role.COORDINATOR).opens(f"/cases/{family.reference}/slots")
        return sorted({_day(key) for key in _slots(page)})

    def books(self, family: Family, day: str) -> Page:
        coordinator = self.world.staff(Role.COORDINATOR)
        page = coordinator.opens(f"/cases/{family.reference}/slots")
        key = next(key for key in _slots(page) if _day(key) == day)
        coordinator.presses("Continue", slot=key)
        return coordinator.presses("Book the meeting")

    def times_by_agreement(self, family: Family) -> list[str]:
        """The times for which the family would have to agree to shorter notice."""
        page = self.world.staff(Role.COORDINATOR).opens(f"/cases/{family.reference}/short-notice")
        return sorted({_day(key) for key in _slots(page)})

    def asks_about_notice(self, family: Family, day: str, how: str, because: str = "") -> Page:
        coordinator = self.world.staff(Role.COORDINATOR)
        page = coordinator.opens(f"/cases/{family.reference}/short-notice")
        key = next(key for key in _slots(page) if _day(key) == day)
        coordinator.presses("Continue", slot=key)
        return coordinator.presses("Continue", how=how, because=because)

    def cancels_the_meeting(self, family: Family, because: str, *, caused_by: str = "the authority") -> Page:
        coordinator = self.world.staff(Role.COORDINATOR)
        links = [link for link in self.case(family, Role.COORDINATOR).links if link.endswith("/cancel")]
        for link in links:
            if "Cancel the meeting" in coordinator.opens(link).headings:
                return coordinator.presses("Cancel the meeting", because=because, caused_by=caused_by)
        raise AssertionError(links)

    def authority_answers(self, family: Family) -> Page:
        return self.world.staff(Role.COORDINATOR).opens(f"/cases/{family.reference}/authority")

    def called_off(self, authority: str) -> dict[str, int]:
        """How many of an authority's meetings each side has called off, from its page."""
        coordinator = self.world.staff(Role.COORDINATOR)
        listed = coordinator.opens("/authorities").html
        path = re.search(rf'href="(/authorities/\d+)">{authority}<', listed)
        assert path is not None
        part = coordinator.opens(path[1]).html.partition('id="called-off"')[2]
        rows = re.findall(r'<th scope="row"[^>]*>([^<]+)</th>\s*<td[^>]*>(\d+)</td>', part)
        return {side: int(number) for side, number in rows}


def _slots(page: Page) -> list[str]:
    return re.findall(r'name="slot" type="radio" value="([^"]+)"', page.html)


def _day(slot: str) -> str:
    """A slot's name in a form begins with its moment."""
    return london.london_day(datetime.fromtimestamp(int(slot.partition("-")[0]), UTC)).isoformat()
