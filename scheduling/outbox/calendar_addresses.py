"""Fetching a mediator's own calendar from the address they gave us: only from places that the operator has named.

An address is a stranger's wish to make our machine ask somebody: so https, a host of the list, the same again for every
redirection, little patience and little room. A file of calendars is asked for as such (GET); a server that keeps each
event apart is asked for all of them at once (CalDAV, RFC 4791, 7.8).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import requests
from defusedxml import DefusedXmlException, ElementTree

from scheduling.refusals import Refused

LARGEST: Final = 1024 * 1024
CONNECT_SECONDS: Final = 5
SILENT_SECONDS: Final = 10
ALL_SECONDS: Final = 30
REDIRECTIONS: Final = 3

ALL_EVENTS: Final = """<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
<D:prop><C:calendar-data/></D:prop>
<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"/></C:comp-filter></C:filter>
</C:calendar-query>"""
CALENDAR_DATA: Final = "{urn:ietf:params:xml:ns:caldav}calendar-data"


@dataclass(eq=False)
class NotFetched(Refused):
    """Nothing came of it, and why, as a sentence for whoever gave the address."""

    because: str

    def __str__(self) -> str:
        return self.because


NOT_A_CALENDAR = NotFetched("There is no calendar at this address. Copy it again from the calendar's settings.")
TOO_LARGE = NotFetched("The calendar is larger than 1 MB. Publish a shorter time, for example the next six months.")


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What an address gave: a calendar or several after one another, or None where nothing has changed."""

    content: bytes | None
    etag: str | None


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Fetches calendars from the hosts that may be asked."""

    hosts: tuple[str, ...]
    """Names, or patterns such as `*.example.org`."""
    trust: str | bool = True
    """Whose certificates are believed: everybody's whom the machine believes, or those of a file."""

    def must_be_allowed(self, address: str) -> None:
        """Refuse an address that must not be asked."""
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
        if parts.scheme != "https" or not host:
            raise NotFetched("The address must begin with https://.")
        if not any(fnmatchcase(host, allowed.lower()) for allowed in self.hosts):
            raise NotFetched(f"Calendars at {host} cannot be read. Ask the administrator to add it to the list.")

    def fetch(self, address: str, *, etag: str | None = None) -> Fetched:
        """What stands at the address now; raises NotFetched."""
        until = time.monotonic() + ALL_SECONDS
        known = {"If-None-Match": etag} if etag else {}
        answer, found_at = self._follow("GET", address, until, headers={"Accept": "text/calendar", **known})
        with _heard(answer):
            if answer.status_code == requests.codes.not_modified:
                return Fetched(content=None, etag=etag)
            _must_be_let_in(answer)
            if answer.ok:
                content = _body(answer, until)
                if content.lstrip().upper().startswith(b"BEGIN:VCALENDAR"):
                    return Fetched(content=content, etag=answer.headers.get("ETag"))
        return Fetched(content=self.events_of(found_at), etag=None)

    def events_of(self, address: str) -> bytes:
        """Every event of a CalDAV collection, one calendar after the other; raises NotFetched."""
        until = time.monotonic() + ALL_SECONDS
        headers = {"Depth": "1", "Content-Type": "application/xml; charset=utf-8"}
        answer, _ = self._follow("REPORT", address, until, headers=headers, data=ALL_EVENTS)
        with _heard(answer):
            _must_be_let_in(answer)
            if answer.status_code != requests.codes.multi_status:
                raise NOT_A_CALENDAR
            return _joined(_body(answer, until))

    def _follow(
        self, method: str, address: str, until: float, *, headers: dict[str, str], data: str | None = None
    ) -> tuple[requests.Response, str]:
        """The answer, and where it was found at last."""
        for _ in range(REDIRECTIONS + 1):
            self.must_be_allowed(address)
            with _troubles():
                answer = requests.request(
                    method,
                    address,
                    headers=headers,
                    data=data,
                    timeout=(CONNECT_SECONDS, min(SILENT_SECONDS, max(until - time.monotonic(), 1))),
                    verify=self.trust,
                    allow_redirects=False,
                    stream=True,
                )
            if not answer.is_redirect:
                return answer, address
            address = urljoin(address, answer.headers["Location"])
            answer.close()
        raise NotFetched("The address leads from one place to the next without end.")


@contextmanager
def _troubles() -> Iterator[None]:
    """Whatever goes wrong on the way, as a sentence."""
    try:
        yield
    except (requests.RequestException, UnicodeError) as trouble:
        raise NotFetched("The calendar's server did not answer. We try again in half an hour.") from trouble


@contextmanager
def _heard(answer: requests.Response) -> Iterator[None]:
    """Listen to an answer, and hang up."""
    with answer, _troubles():
        yield


def _must_be_let_in(answer: requests.Response) -> None:
    if answer.status_code in {requests.codes.unauthorized, requests.codes.forbidden}:
        raise NotFetched("The calendar's server asks for a name and a password. Publish the calendar, or correct them.")


def _body(answer: requests.Response, until: float) -> bytes:
    """The whole answer, as long as it is neither too long nor too slow."""
    body = bytearray()
    for piece in answer.iter_content(64 * 1024):
        body += piece
        if len(body) > LARGEST:
            raise TOO_LARGE
        if time.monotonic() > until:
            raise requests.Timeout
    return bytes(body)


def _joined(answer: bytes) -> bytes:
    try:
        root: Element = ElementTree.fromstring(answer, forbid_dtd=True)
    except (DefusedXmlException, ElementTree.ParseError) as trouble:
        raise NOT_A_CALENDAR from trouble
    return "\r\n".join(_calendars(root)).encode()


def _calendars(root: Element) -> Iterator[str]:
    for found in root.iter(CALENDAR_DATA):
        yield (found.text or "").strip()
