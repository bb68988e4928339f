"""Mediators' own calendars are read from a real CalDAV server and from files, for busy times alone."""

import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import socket
from ssl import create_default_context

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import Engine, select

from scheduling import confined, db
from scheduling.diary import calendars
from scheduling.models import Busy, Mediator, ReadCalendar
from scheduling.outbox.calendar_addresses import NotFetched, Reader
from tests import builders
from tests.builders import moment

NOW = moment("2026-03-23 08:00")
PATIENCE_SECONDS = 30
EVERY_MINUTE = ",".join(map(str, range(60))) + ";BYHOUR=" + ",".join(map(str, range(24)))


def calendar(*events: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//A mediator//EN", *events, "END:VCALENDAR", ""])


def event(uid: str, *lines: str) -> str:
    head = ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", "SUMMARY:Dentist for Ada"]
    return "\r\n".join([*head, *lines, "END:VEVENT"])


LESSON = event(
    "lesson",
    "DTSTART;TZID=Europe/London:20260326T100000",
    "DTEND;TZID=Europe/London:20260326T110000",
    "RRULE:FREQ=WEEKLY;COUNT=2",
)
IN_WINTER_AND_SUMMER = [
    (moment("2026-03-26 10:00"), moment("2026-03-26 11:00")),
    (moment("2026-04-02 10:00"), moment("2026-04-02 11:00")),
]


@dataclass(frozen=True)
class Server:
    """A CalDAV server on this machine, over TLS, with a certificate of its own."""

    url: str
    certificate: str

    @property
    def reader(self) -> Reader:
        return Reader(hosts=("localhost",), trust=self.certificate)

    def put(self, path: str, text: str) -> None:
        self._request("PUT", path, text, "text/calendar")

    def calendar_with(self, text: str) -> str:
        """The path of a new calendar with this in it."""
        path = f"/ada/{secrets.token_hex(8)}/"
        self._request(
            "MKCOL",
            path,
            '<D:mkcol xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop><D:resourcetype>'
            "<D:collection/><C:calendar/></D:resourcetype></D:prop></D:set></D:mkcol>",
            "application/xml",
        )
        self.put(f"{path}lesson.ics", text)
        return path

    def makes_a_home(self) -> None:
        self._request("MKCOL", "/ada/", "", "application/xml")

    def _request(self, method: str, path: str, text: str, content_type: str) -> None:
        headers = {"Content-Type": content_type}
        request = urllib.request.Request(f"{self.url}{path}", text.encode(), headers, method=method)
        with urllib.request.urlopen(request, context=create_default_context(cafile=self.certificate), timeout=10):
            pass


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("radicale")
    certificate, key = _certificate(folder)
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {
        "server-hosts": f"localhost:{port}",
        "server-ssl": "True",
        "server-certificate": certificate,
        "server-key": key,
        "auth-type": "none",
        "storage-filesystem-folder": str(folder / "collections"),
    }
    command = [sys.executable, "-m", "radicale", "--config", "", *(f"--{k}={v}" for k, v in options.items())]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        served = Server(f"https://localhost:{port}", certificate)
        try:
            _wait_for(served, process)
            served.makes_a_home()
            yield served
        finally:
            process.terminate()


def _certificate(folder: Path) -> tuple[str, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / "certificate.pem", folder / "key.pem"
    pem.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(pem), str(private)


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, "the CalDAV server has ended"
        try:
            context = create_default_context(cafile=server.certificate)
            with urllib.request.urlopen(f"{server.url}/.web/", context=context, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the CalDAV server does not answer")


@pytest.fixture
def mediator(engine: Engine) -> Mediator:
    with db.Session.begin() as session:
        return builders.town(session).mediator


def read(server: Server, address: str, mediator: Mediator) -> ReadCalendar:
    """The mediator names this address, and the worker comes by."""
    with db.Session.begin() as session:
        calendars.subscribe(session, mediator, address, now=NOW)
    calendars.read_due(server.reader.fetch, NOW)
    with db.Reading() as session:
        return session.scalars(select(ReadCalendar)).one()


def busy() -> list[tuple[datetime, datetime]]:
    with db.Reading() as session:
        return [(one.starts_at, one.ends_at) for one in session.scalars(select(Busy).order_by(Busy.starts_at))]


def test_a_weekly_lesson_is_at_ten_on_either_side_of_a_clock_change(server: Server, mediator: Mediator) -> None:
    path = server.calendar_with(calendar(LESSON))

    kept = read(server, f"{server.url}{path}", mediator)

    assert (kept.trouble, kept.read_at) == (None, NOW)
    assert busy() == IN_WINTER_AND_SUMMER


def test_a_collection_that_is_not_given_out_as_one_file_is_asked_for_its_events(server: Server) -> None:
    """The CalDAV question by itself: some servers answer a GET of a collection with a page for people."""
    path = server.calendar_with(calendar(LESSON))

    content = server.reader.events_of(f"{server.url}{path}")

    assert calendars.busy_in(content, now=NOW) == IN_WINTER_AND_SUMMER


def test_what_was_moved_in_the_calendar_is_moved_here_half_an_hour_later(server: Server, mediator: Mediator) -> None:
    path = server.calendar_with(calendar(LESSON))
    read(server, f"{server.url}{path}", mediator)
    server.put(f"{path}lesson.ics", calendar(LESSON.replace("T100000", "T090000").replace("T110000", "T100000")))

    assert calendars.read_due(server.reader.fetch, NOW + timedelta(minutes=29)) == 0
    assert calendars.read_due(server.reader.fetch, NOW + timedelta(minutes=30)) == 1

    assert busy()[0] == (moment("2026-03-26 09:00"), moment("2026-03-26 10:00"))


def test_trouble_stands_beside_the_calendar_and_what_was_known_stays(server: Server, mediator: Mediator) -> None:
    path = server.calendar_with(calendar(LESSON))
    read(server, f"{server.url}{path}", mediator)
    with db.Session.begin() as session:
        session.scalars(select(ReadCalendar)).one().address = f"{server.url}/ada/nothing-here/"

    calendars.read_due(server.reader.fetch, NOW + timedelta(hours=1))

    with db.Reading() as session:
        assert session.scalars(select(ReadCalendar)).one().trouble is not None
    assert busy() == IN_WINTER_AND_SUMMER


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://localhost/ada", "must begin with https"),
        ("file:///etc/passwd", "must begin with https"),
        ("https://169.254.169.254/latest", "cannot be read"),
        ("https://localhost.example.org/ada", "cannot be read"),
        ("https://localhost@intern.example/ada", "cannot be read"),
        ("https:///ada", "must begin with https"),
    ],
)
def test_an_address_that_is_not_on_the_list_is_never_asked(address: str, sentence: str) -> None:
    with pytest.raises(NotFetched, match=sentence):
        Reader(hosts=("localhost", "*.icloud.com")).fetch(address)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(event("1", "DTSTART;VALUE=DATE:20260401"), ["2026-04-01 00:00"], id="a whole day is London's"),
        pytest.param(event("2", "DTSTART:20260401T100000", "DURATION:PT1H"), ["2026-04-01 10:00"], id="floating"),
        pytest.param(event("3", "DTSTART:20260401T090000Z", "DURATION:PT1H"), ["2026-04-01 10:00"], id="UTC"),
        pytest.param(event("4", "DTSTART:20260401T090000Z", "DURATION:PT1H", "TRANSP:TRANSPARENT"), [], id="free"),
        pytest.param(event("5", "DTSTART:20260401T090000Z", "DURATION:PT1H", "STATUS:CANCELLED"), [], id="called off"),
        pytest.param(
            event(
                "6", "DTSTART:20260401T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20260402T090000Z"
            ),
            ["2026-04-01 10:00", "2026-04-03 10:00"],
            id="one of a series is left out",
        ),
        pytest.param(
            event("b-1@common-ground.example", "DTSTART:20260401T090000Z", "DURATION:PT2H"), [], id="a meeting of ours"
        ),
        pytest.param(
            event("7", "DTSTART;TZID=GMT Standard Time:20260401T100000", "DURATION:PT1H"),
            ["2026-04-01 10:00"],
            id="Outlook's name for London",
        ),
    ],
)
def test_only_what_takes_time_is_kept_and_at_which_moment(given: str, expected: list[str]) -> None:
    found = calendars.busy_in(calendar(given).encode(), now=NOW)

    assert [starts for starts, _ in found] == [moment(text) for text in expected]


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x00\xff" * 100, id="no text"),
        pytest.param(b"<html>Sign in</html>", id="a page"),
        pytest.param(
            calendar(event("1", "DTSTART:20260401T090000Z", "RRULE:FREQ=SECONDLY")).encode(), id="every second"
        ),
        pytest.param(
            calendar(event("1", "DTSTART:20260401T090000Z", "RRULE:FREQ=DAILY;INTERVAL=0")).encode(), id="for ever"
        ),
        pytest.param(b"BEGIN:VCALENDAR\r\n" * 20_000, id="one within the other"),
        pytest.param(calendar(event("1", "DTSTART:20260401T090000Z")).encode("utf-16"), id="UTF-16"),
        pytest.param(
            calendar(event("1", f"DTSTART;TZID={'x' * 100_000}:20260401T090000")).encode(), id="a zone without end"
        ),
        pytest.param(calendar(*[event(str(n), "DTSTART:20260401T090000Z") for n in range(2_001)]).encode(), id="many"),
        pytest.param(
            calendar(
                event("1", "DTSTART:00010101T000000Z", "RRULE:FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))))
            ).encode(),
            id="every minute by another name",
        ),
    ],
)
def test_a_file_that_is_no_persons_calendar_is_refused_in_a_sentence(given: bytes) -> None:
    with pytest.raises(confined.TooMuch, match="cannot be read"):
        calendars.busy_in(given, now=NOW)


def test_a_file_replaces_the_file_before_it_and_nobodys_title_is_kept(mediator: Mediator) -> None:
    for text in (LESSON, event("other", "DTSTART:20260401T090000Z", "DURATION:PT1H")):
        with db.Session.begin() as session:
            calendars.upload(session, mediator, calendars.busy_in(calendar(text).encode(), now=NOW), now=NOW)

    assert busy() == [(moment("2026-04-01 10:00"), moment("2026-04-01 11:00"))]


def test_a_calendar_that_is_removed_takes_its_times_with_it(mediator: Mediator) -> None:
    with db.Session.begin() as session:
        kept = calendars.upload(session, mediator, calendars.busy_in(calendar(LESSON).encode(), now=NOW), now=NOW)
        calendars.forget(session, kept)

    assert busy() == []
