"""What is taken from mails as real programs write them, and from mails that are meant to do harm."""

import time

import pytest

from scheduling import confined
from scheduling.diary import post
from scheduling.diary.inbound import answers
from scheduling.diary.inbound.mail import Mail
from scheduling.diary.inbound.reading import opened
from tests.diary import mails
from tests.diary.mails import OFFICER, UID, crlf

TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("raw", "partstat"),
    [
        pytest.param(mails.outlook(), "ACCEPTED", id="Exchange: no organiser, folded, base64, a zone of its own"),
        pytest.param(mails.gmail(OFFICER), "DECLINED", id="Gmail: three forms in one mail"),
        pytest.param(mails.apple(OFFICER), "TENTATIVE", id="Apple: attached, in Latin-1"),
    ],
)
def test_an_answer_is_read_whatever_calendar_wrote_it(raw: bytes, partstat: str) -> None:
    mail = opened(raw)

    assert mail.sender == OFFICER
    assert mail.answer is not None
    assert (mail.answer.method, mail.answer.uid, mail.answer.sequence) == ("REPLY", UID, 0)
    assert mail.answer.answers == {OFFICER: partstat}


@pytest.mark.parametrize(
    ("starts", "moment"),
    [
        pytest.param(";TZID=GMT Standard Time:20261211T140000", "2026-12-11T14:00:00+00:00", id="Windows' London"),
        pytest.param(";TZID=GMT Standard Time:20260611T140000", "2026-06-11T13:00:00+00:00", id="in summer"),
        pytest.param(";TZID=Europe/London:20261211T140000", "2026-12-11T14:00:00+00:00", id="London"),
        pytest.param(";TZID=Customized Time Zone:20260611T140000", "2026-06-11T13:00:00+00:00", id="made up: ours"),
        pytest.param(";TZID=../../etc/passwd:20261211T140000", "2026-12-11T14:00:00+00:00", id="no zone at all"),
        pytest.param(":20261211T140000", "2026-12-11T14:00:00+00:00", id="no zone named"),
        pytest.param(":20260611T130000Z", "2026-06-11T13:00:00+00:00", id="in UTC"),
        pytest.param(";TZID=Central European Standard Time:20261211T150000", "2026-12-11T14:00:00+00:00", id="abroad"),
        pytest.param(";VALUE=DATE:20261211", None, id="a whole day is no time"),
        pytest.param(":tomorrow", None, id="words are no time"),
    ],
)
def test_a_proposed_time_is_read_by_the_zones_that_we_know_ourselves(starts: str, moment: str | None) -> None:
    answer = opened(mails.counter(starts=starts)).answer

    assert answer is not None
    assert (answer.is_counter, answer.proposes_at) == (True, moment)


def test_a_false_zone_in_one_mail_changes_nothing_in_the_next() -> None:
    for _ in range(2):
        answer = opened(mails.counter(starts=";TZID=GMT Standard Time:20261211T140000")).answer
        assert answer is not None
        assert answer.proposes_at == "2026-12-11T14:00:00+00:00"


@pytest.mark.parametrize(
    "calendar",
    [
        pytest.param("", id="nothing"),
        pytest.param(
            "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\nEND:VCALENDAR", id="asks"
        ),
        pytest.param("BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR", id="no event"),
        pytest.param("METHOD:REPLY\r\nUID:1\r\nATTENDEE;PARTSTAT=DECLINED:mailto:a@b.example", id="no calendar"),
        pytest.param("\x00\x01 not lines at all", id="noise"),
    ],
)
def test_what_answers_nothing_is_no_answer(calendar: str) -> None:
    assert answers.read(calendar) is None


def test_lines_that_cannot_be_read_do_not_hide_the_others() -> None:
    raw = mails.gmail(OFFICER).replace(b"SUMMARY:Meeting", b"this is no line\r\nX;=;:\r\nSUMMARY:Meeting")

    assert opened(raw).answer is not None


def test_only_the_first_event_is_answered() -> None:
    calendar = (
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n"
        f"BEGIN:VEVENT\r\nUID:{UID}\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:{OFFICER}\r\n"
        f"BEGIN:VALARM\r\nATTENDEE;PARTSTAT=DECLINED:mailto:{OFFICER}\r\nEND:VALARM\r\nEND:VEVENT\r\n"
        f"BEGIN:VEVENT\r\nUID:other\r\nATTENDEE;PARTSTAT=DECLINED:mailto:{OFFICER}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )

    answer = answers.read(calendar)

    assert answer is not None
    assert (answer.uid, answer.answers) == (UID, {OFFICER: "ACCEPTED"})


@pytest.mark.parametrize(
    ("sender", "is_read_as"),
    [
        pytest.param("Olu <OLU@Camden.example>", OFFICER, id="a name, and capitals"),
        pytest.param('"olu@camden.example" <thief@elsewhere.example>', "thief@elsewhere.example", id="a name like one"),
        pytest.param(
            "=?utf-8?q?olu=40camden=2Eexample?= <thief@elsewhere.example>", "thief@elsewhere.example", id="coded"
        ),
        pytest.param("olu@camden.example, thief@elsewhere.example", "", id="two"),
        pytest.param("olu@camden.example <thief@elsewhere.example>", "", id="two, one of them as a name"),
        pytest.param("olu@camden.example\nFrom: thief@elsewhere.example", "", id="two headers"),
        pytest.param("nobody", "", id="none"),
    ],
)
def test_a_sender_is_one_address_or_nobody(sender: str, is_read_as: str) -> None:
    read = opened(mails.letter(sender)).sender

    assert read == is_read_as


@pytest.mark.parametrize(
    ("headers", "is_automatic"),
    [
        pytest.param("", False, id="a person"),
        pytest.param("Auto-Submitted: no\n", False, id="a program that says so"),
        pytest.param("Auto-Submitted: auto-replied\n", True, id="an absence note"),
        pytest.param("Auto-Submitted: auto-generated\n", True, id="a ticket system"),
        pytest.param("X-Autoreply: yes\n", True, id="an older way"),
    ],
)
def test_machines_say_that_they_are(headers: str, is_automatic: bool) -> None:
    assert opened(mails.letter(OFFICER, headers=headers)).is_automatic is is_automatic


@pytest.mark.parametrize(
    ("subject", "is_automatic"),
    [
        pytest.param("Automatic reply: Your meeting", True, id="Outlook"),
        pytest.param("Out of office: until Monday", True, id="others"),
        pytest.param("Re: Automatic reply: Your meeting", False, id="a person answers one"),
        pytest.param("I am out of office on that day", False, id="a person writes of one"),
    ],
)
def test_a_subject_may_say_so_at_its_beginning(subject: str, is_automatic: bool) -> None:
    assert opened(mails.letter(OFFICER, subject=subject)).is_automatic is is_automatic


@pytest.mark.parametrize(
    ("headers", "is_disowned"),
    [
        pytest.param("", False, id="nobody looked"),
        pytest.param("Authentication-Results: mx.ours.example; dmarc=pass\n", False, id="passed"),
        pytest.param("Authentication-Results: mx.ours.example; dkim=none; DMARC=fail (p=none)\n", True, id="failed"),
        pytest.param(
            "Authentication-Results: mx.ours.example; dmarc=pass\nAuthentication-Results: theirs; dmarc=fail\n",
            False,
            id="the last server's finding counts",
        ),
    ],
)
def test_the_mail_servers_finding_about_the_sender_is_heard(headers: str, is_disowned: bool) -> None:
    assert opened(mails.letter(OFFICER, headers=headers)).is_disowned is is_disowned


def test_a_mail_that_comes_back_names_the_mail_and_why() -> None:
    mail = opened(mails.bounce(TOKEN))

    assert mail.bounce is not None
    assert (mail.bounce.action, mail.bounce.code, mail.tokens) == ("failed", "5.1.1", (TOKEN,))


@pytest.mark.parametrize(
    ("said", "action", "code"),
    [
        pytest.param("<olu@camden.example>: 550 5.1.1 unknown", "failed", "5.1.1", id="for good"),
        pytest.param("still trying: 452 4.2.2 mailbox full", "delayed", "4.2.2", id="not yet"),
        pytest.param("Hi. This is the qmail-send program.", "failed", None, id="without a number"),
    ],
)
def test_some_servers_give_a_mail_back_in_words(said: str, action: str, code: str | None) -> None:
    quoted = f"{said}\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <{TOKEN}@common-ground.example>"
    mail = opened(mails.letter("MAILER-DAEMON@mx.example", subject="failure notice", said=quoted))

    assert mail.bounce is not None
    assert (mail.bounce.action, mail.bounce.code, mail.tokens) == (action, code, (TOKEN,))


def test_a_page_is_read_as_its_words() -> None:
    page = "<html><head><style>p {}</style></head><body><p>Dear&nbsp;all,</p><p>I cannot<br>come.</p></body></html>"
    raw = mails.letter(OFFICER, said=page).replace(b"text/plain", b"text/html")

    assert opened(raw).words.split("\n") == ["Dear all,", "I cannot", "come."]


def test_words_that_no_table_could_hold_are_left_out() -> None:
    assert opened(mails.letter(OFFICER, said="Hello\x00 \x1b[31mthere")).words == "Hello [31mthere"


@pytest.mark.parametrize(
    ("charset", "said"),
    [
        pytest.param("iso-8859-1", b"caf\xe9", id="Latin-1"),
        pytest.param("utf-8", b"caf\xe9", id="not what it says it is"),
        pytest.param("x-unknown", "café".encode(), id="an alphabet that nobody knows"),
    ],
)
def test_letters_come_in_any_alphabet(charset: str, said: bytes) -> None:
    raw = (
        mails.letter(OFFICER, said="@")
        .replace(b'"utf-8"', f'"{charset}"'.encode())
        .replace(b"\r\n@\r\n", b"\r\n" + said)
    )

    assert opened(raw).words == "café"


def test_what_is_attached_is_named() -> None:
    raw = crlf(
        "From: sam@family.example\nMessage-ID: <a@b>\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: text/plain\n\nHere is the letter.\n'
        '--x\nContent-Type: image/jpeg; name="letter.jpg"\nContent-Disposition: attachment; filename="letter.jpg"\n'
        "Content-Transfer-Encoding: base64\n\n/9j/\n--x--\n"
    )

    assert opened(raw).words == "Here is the letter.\n\nAttached: letter.jpg"


def test_a_mail_without_a_name_is_called_by_its_own_bytes() -> None:
    raw = mails.letter(OFFICER).replace(b"Message-ID:", b"X-Other:")

    assert opened(raw).mail_id.startswith("sha256:")
    assert opened(raw).mail_id == opened(raw).mail_id


def through_the_child(raw: bytes) -> Mail:
    return Mail.of(confined.read(post.READER, raw))


def test_the_child_gives_back_what_it_read() -> None:
    for raw in (mails.counter(), mails.bounce(TOKEN), mails.letter("sam@family.example")):
        assert through_the_child(raw) == opened(raw)


def test_repetitions_without_end_are_never_followed() -> None:
    rule = b"RRULE:FREQ=SECONDLY;BYSECOND=" + b",".join(str(n).encode() for n in range(60))
    raw = mails.gmail(OFFICER).replace(b"SUMMARY:Meeting", rule)
    began = time.monotonic()

    assert through_the_child(raw).answer is not None
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "filling",
    [
        pytest.param(b"BEGIN:VEVENT\r\nUID:x\r\nEND:VEVENT\r\n" * 2_001, id="too many events"),
        pytest.param(b"COMMENT:" + b"x" * (256 * 1024) + b"\r\n", id="too large"),
        pytest.param(b"COMMENT:a\r\n" + b" b\r\n" * 70_000, id="one line folded without end"),
    ],
)
def test_a_calendar_larger_than_an_answer_is_not_read(filling: bytes) -> None:
    raw = mails.gmail(OFFICER).replace(b"BEGIN:VEVENT", filling + b"BEGIN:VEVENT", 1)
    raw = raw.partition(b"--g1\r\nContent-Type: application/ics")[0]

    assert through_the_child(raw).answer is None


def test_a_nest_without_end_breaks_the_child_alone() -> None:
    nest = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(20_000))

    with pytest.raises(confined.TooMuch):
        through_the_child(crlf(f"From: {OFFICER}\nMIME-Version: 1.0\n{nest}"))
