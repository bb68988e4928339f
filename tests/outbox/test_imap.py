"""The service's mailbox, on a real IMAP server."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Engine, select

from scheduling import db
from scheduling.diary import post
from scheduling.models import InboundMail
from scheduling.outbox import imap
from scheduling.outbox.carriers import ChannelDown, TryLater
from scheduling.outbox.imap import ImapMailbox
from scheduling.outbox.mailbox import LARGEST, Arrived
from tests import builders
from tests.diary import mails
from tests.outbox import dovecot
from tests.outbox.dovecot import Server
from webapp import processes
from webapp.settings import Settings

pytestmark = pytest.mark.needs_dovecot

NOW = builders.moment("2026-11-24 11:00")


@pytest.fixture(scope="module")
def mail_server() -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as here:
        here.setenv("SSL_CERT_FILE", str(dovecot.CERTIFICATE))
        with dovecot.server() as running:
            yield running


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    """A mailbox of each test's own."""
    return f"u{abs(hash(request.node.name))}"


def letters(*said: str) -> list[bytes]:
    return [mails.letter("sam@family.example", said=words) for words in said]


def in_folder(server: Server, user: str, folder: str) -> list[str]:
    with server.opened(user) as box:
        if not box.folder.exists(folder):
            return []
        box.folder.set(folder)
        return [mail.text.strip() for mail in box.fetch(mark_seen=False)]


def read_all(box: ImapMailbox) -> list[Arrived]:
    read = []
    for mail in box.waiting():
        box.put_away(mail)
        read.append(mail)
    return read


def test_what_waits_is_read_in_order_and_moved_beside(mail_server: Server, user: str) -> None:
    mail_server.put(user, *letters("first", "second"))

    read = read_all(ImapMailbox(mail_server.url(user)))

    assert [b"first" in mail.raw for mail in read] == [True, False]
    assert all(mail.is_whole and abs(mail.arrived_at - datetime.now(UTC)) < timedelta(minutes=5) for mail in read)
    assert in_folder(mail_server, user, "INBOX") == []
    assert in_folder(mail_server, user, imap.READ) == ["first", "second"]


def test_a_mail_that_somebody_has_looked_at_is_read_all_the_same(mail_server: Server, user: str) -> None:
    mail_server.put(user, *letters("looked at"))
    with mail_server.opened(user) as box:
        assert len(list(box.fetch(mark_seen=True))) == 1

    assert len(read_all(ImapMailbox(mail_server.url(user)))) == 1


def test_what_is_not_put_away_comes_again(mail_server: Server, user: str) -> None:
    mail_server.put(user, *letters("left", "done"))
    box = ImapMailbox(mail_server.url(user))

    for mail in box.waiting():
        if b"done" in mail.raw:
            box.put_away(mail)

    assert [b"left" in mail.raw for mail in box.waiting()] == [True]


def test_looking_marks_nothing_as_seen(mail_server: Server, user: str) -> None:
    mail_server.put(user, *letters("unseen"))

    list(ImapMailbox(mail_server.url(user)).waiting())

    with mail_server.opened(user) as box:
        assert len(box.uids("UNSEEN")) == 1


def test_of_ten_megabytes_only_the_beginning_travels(mail_server: Server, user: str) -> None:
    mail_server.put(user, mails.letter("sam@family.example", said="Here it is. " + "x" * 70 + "\n" * 10_000_000))

    (mail,) = read_all(ImapMailbox(mail_server.url(user)))

    assert (len(mail.raw), mail.is_whole) == (LARGEST, False)
    assert b"Here it is." in mail.raw


def test_a_mail_that_somebody_takes_away_meanwhile_is_passed_over(mail_server: Server, user: str) -> None:
    mail_server.put(user, *letters("first", "second"))

    read = []
    for mail in ImapMailbox(mail_server.url(user)).waiting():
        read.append(mail)
        with mail_server.opened(user) as box:
            box.delete(box.uids())

    assert len(read) == 1


def test_some_are_read_at_a_time(mail_server: Server, user: str) -> None:
    mail_server.put(user, *letters(*(f"letter {n}" for n in range(imap.AT_A_TIME + 2))))
    box = ImapMailbox(mail_server.url(user))

    assert [len(read_all(box)) for _ in range(3)] == [imap.AT_A_TIME, 2, 0]


def test_a_wrong_password_is_somebodys_to_mend(mail_server: Server, user: str) -> None:
    with pytest.raises(ChannelDown):
        list(ImapMailbox(mail_server.url(user, password="wrong")).waiting())


def test_a_server_that_cannot_prove_itself_gets_no_password(
    mail_server: Server, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")

    with pytest.raises(ChannelDown):
        list(ImapMailbox(mail_server.url(user)).waiting())


def test_a_folder_that_is_not_there_may_come(mail_server: Server, user: str) -> None:
    with pytest.raises(TryLater):
        list(ImapMailbox(mail_server.url(user, folder="Elsewhere")).waiting())


def test_a_server_that_is_not_there_may_be_there_later() -> None:
    with pytest.raises(TryLater):
        list(ImapMailbox("imaps://user:password@127.0.0.1:9/INBOX").waiting())


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("imap://user:password@host/INBOX", id="in the clear"),
        pytest.param("imaps://host/INBOX", id="nobody signs in"),
        pytest.param("imaps://user:password@host:port/INBOX", id="no port"),
        pytest.param("", id="nothing"),
    ],
)
def test_an_address_that_is_no_mailbox_s_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="imaps://user:password@host/INBOX"):
        ImapMailbox(url)


def test_two_workers_read_a_mail_once(mail_server: Server, user: str, engine: Engine) -> None:
    mail_server.put(user, *letters("once", "and once"))
    workers = [Thread(target=post.receive_due, args=(ImapMailbox(mail_server.url(user)), NOW)) for _ in range(2)]

    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    with db.Reading() as session:
        assert len(session.scalars(select(InboundMail)).all()) == 2
    assert in_folder(mail_server, user, "INBOX") == []


def test_the_worker_reads_the_mailbox_of_the_settings(
    mail_server: Server, user: str, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "READING_SECONDS", 0.05)
    mail_server.put(user, *letters("Can I bring my sister?"))
    stop = Event()
    chosen = Settings(imap_url=mail_server.url(user), data_dir=tmp_path)

    reading = Thread(target=processes.read, args=(chosen, stop))
    reading.start()
    until = time.monotonic() + 30
    while time.monotonic() < until and not in_folder(mail_server, user, imap.READ):
        time.sleep(0.2)
    stop.set()
    reading.join()

    with db.Reading() as session:
        assert [mail.body for mail in session.scalars(select(InboundMail))] == ["Can I bring my sister?"]
