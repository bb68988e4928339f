"""The simulator in the browser, without any script."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import flask
import jinja2
import pytest
from flask.testing import FlaskClient
from flask_wtf.csrf import CSRFProtect
from werkzeug.test import TestResponse

from scheduling import london, numbers
from scheduling.diary.inbound import reading
from telephony import simulator
from telephony.line import Line
from telephony.simulator import answering, mailbox
from telephony.simulator.handset import Handset
from telephony.simulator.store import Store
from tests.telephony.simulator.conftest import Service

TEMPLATES = Path(__file__).parents[3] / "webapp" / "templates"
STATIC = TEMPLATES.parent / "static"

MENU = """<?xml version="1.0" encoding="UTF-8"?><Response><Gather input="dtmf speech" numDigits="1"
 action="/twilio/voice/menu/0" actionOnEmptyResult="true"><Say>For advice, press 1.</Say></Gather></Response>"""
GOODBYE = '<?xml version="1.0" encoding="UTF-8"?><Response><Say>Thank you &lt;b&gt;. Goodbye.</Say><Hangup/></Response>'
REPLY = '<?xml version="1.0" encoding="UTF-8"?><Response><Message>Reply 1 for a call back.</Message></Response>'

INVITE = """BEGIN:VCALENDAR
VERSION:2.0
METHOD:{method}
BEGIN:VEVENT
UID:meeting-7@common-ground.example
SEQUENCE:{sequence}
DTSTART:20261203T100000Z
DTEND:20261203T120000Z
SUMMARY:Meeting (reference 1234 5678)
LOCATION:Library\\, Room 2
DESCRIPTION:Access: step-free <b>\\nCall us.
ORGANIZER:mailto:meetings@common-ground.example
ATTENDEE:mailto:sam@example.org
END:VEVENT
END:VCALENDAR
"""


def a_letter(data_dir: Path, *, method: str = "REQUEST", sequence: int = 0, number: int = 0) -> str:
    """A letter in the mailbox; gives its name."""
    name = f"20261124T101500{number:06d}-0123abcd"
    folder = mailbox.folder(data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    head = (
        "Delivered-To: sam@example.org\nFrom: Common Ground <meetings@common-ground.example>\nSubject: Meeting booked\n"
    )
    parts = (
        'Content-Type: multipart/alternative; boundary="b"\nMIME-Version: 1.0\n\n--b\nContent-Type: text/plain\n\n'
        f"Please come.\n--b\nContent-Type: text/calendar; method={method}\n\n"
    )
    (folder / f"{name}.eml").write_text(head + parts + INVITE.format(method=method, sequence=sequence) + "\n--b--\n")
    return name


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> jinja2.BytecodeCache:
    """Templates are compiled once for all tests."""
    return jinja2.FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def browser(line: Line, service: Service, tmp_path: Path, compiled: jinja2.BytecodeCache) -> Iterator[FlaskClient]:
    service.answers = {"/twilio/voice": MENU, "/twilio/voice/menu/0": GOODBYE, "/twilio/sms": REPLY}
    app = flask.Flask("throw-away", template_folder=str(TEMPLATES), static_folder=str(STATIC))
    app.config |= {"SECRET_KEY": "for forms", "TESTING": True, "SERVER_NAME": "localhost"}
    macros = jinja2.PrefixLoader({"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")})
    app.jinja_env.loader = jinja2.ChoiceLoader([macros, app.jinja_env.loader or macros])
    app.jinja_env.bytecode_cache = compiled
    app.jinja_env.filters |= {
        "moment": london.written,
        "number": numbers.written,
        "hours": lambda meeting: london.written_hours(*meeting),
    }
    app.url_build_error_handlers.append(lambda *_: "/")  # the house's other pages, to which every page has links
    CSRFProtect(app)
    codes = [("Asha Rahman", "asha@common-ground.example", "123456")]
    app.register_blueprint(simulator.blueprint(line, tmp_path, target=service.target, codes=lambda: codes))
    with app.test_client() as client:
        yield client


Press = Callable[..., str]


@pytest.fixture
def press(browser: FlaskClient) -> Press:
    """Send one of the page's forms and follow to the page that it leads to."""

    def press(act: str, value: str = "", *, phone: str = "101", status: int = 200) -> str:
        page = browser.get(f"/simulator/phones/{phone}").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token
        form = {"csrf_token": token[1], "value": value}
        answer = browser.post(f"/simulator/phones/{phone}/{act}", data=form, follow_redirects=True)
        assert answer.status_code == status
        return answer.text

    return press


@pytest.mark.parametrize(
    "address",
    ["/simulator", "/simulator/", "/simulator/phones/101", "/simulator/phones/landline", "/simulator/phones/withheld"],
)
def test_the_telephones_are_on_the_table(browser: FlaskClient, address: str) -> None:
    page = browser.get(address)

    assert page.status_code == 200
    assert "07700 900101" in page.text
    assert "number withheld" in page.text
    assert "Ring the advice line" in page.text
    assert page.text.count("<h1") == 1


def test_a_call_is_made_by_plain_forms(press: Press) -> None:
    page = press("dial")
    assert "For advice, press 1." in page
    assert "The line waits for a key or your voice." in page

    page = press("press", "1")
    assert "Keyed 1" in page
    assert "Thank you &lt;b&gt;. Goodbye." in page
    assert "Not in a call." in page


def test_words_are_typed_instead_of_spoken(press: Press, service: Service) -> None:
    press("dial")

    press("say", " advice please ")

    assert service.last_form["SpeechResult"] == "advice please"


def test_silence_and_hanging_up_are_buttons(press: Press, service: Service) -> None:
    press("dial")
    press("wait")
    assert service.last_form["Digits"] == ""

    press("dial")
    assert "Hangs up" in press("hang-up")


@pytest.mark.parametrize(
    ("act", "value", "sentence"),
    [
        pytest.param("press", "1", "Ring the advice line first", id="a key without a call"),
        pytest.param("press", "12", "Choose a key of the keypad", id="no such key"),
        pytest.param("say", " ", "Type what you want to say", id="nothing said"),
        pytest.param("text", "", "Write the text that you want to send", id="nothing written"),
    ],
)
def test_what_cannot_be_done_is_explained(press: Press, act: str, value: str, sentence: str) -> None:
    page = press(act, value, status=422)

    assert sentence in page
    assert "<title>Error: " in " ".join(page.split()).replace("<title >", "<title>")


def test_texts_are_a_thread(press: Press, mobile: Handset) -> None:
    page = press("text", "I want mediation")

    assert "I want mediation" in page
    assert "Reply 1 for a call back." in page
    assert len(mobile.inbox()) == 1


def test_the_families_of_the_demo_have_phones_too(browser: FlaskClient, press: Press) -> None:
    press("text", "Hello", phone="555")

    assert "07700 900555" in browser.get("/simulator").text


@pytest.mark.parametrize("phone", ["landline", "withheld"])
def test_a_phone_that_cannot_text_says_so(browser: FlaskClient, phone: str) -> None:
    page = browser.get(f"/simulator/phones/{phone}").text

    assert "cannot send or get texts" in page
    assert "Send text" not in page


def test_a_form_from_elsewhere_is_refused(browser: FlaskClient, service: Service) -> None:
    answer = browser.post("/simulator/phones/101/dial")

    assert answer.status_code == 400
    assert service.asked == []


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("/simulator/phones/nobody", id="no such phone"),
        pytest.param("/simulator/mailbox/20261124T101500000000-ffffffff", id="no such letter"),
        pytest.param("/simulator/mailbox/..%2f..%2fsecret", id="a way out of the folder"),
    ],
)
def test_what_is_not_there_is_not_found(browser: FlaskClient, address: str) -> None:
    assert browser.get(address).status_code == 404


def test_an_empty_mailbox_says_what_will_come(browser: FlaskClient) -> None:
    assert "Invites appear here" in browser.get("/simulator/mailbox").text


@pytest.mark.parametrize(
    ("method", "sequence", "tag"),
    [
        pytest.param("REQUEST", 0, "Invite", id="the first time"),
        pytest.param("REQUEST", 1, "Changed invite", id="after a move"),
        pytest.param("CANCEL", 2, "Cancellation", id="called off"),
    ],
)
def test_the_mailbox_says_what_a_letter_does(
    browser: FlaskClient, tmp_path: Path, method: str, sequence: int, tag: str
) -> None:
    a_letter(tmp_path, method=method, sequence=sequence)

    page = browser.get("/simulator/mailbox").text

    assert "Meeting booked" in page
    assert re.search(rf"govuk-tag[^>]*>\s*{tag}\s*<", page)


def test_a_full_mailbox_shows_the_newest(browser: FlaskClient, tmp_path: Path) -> None:
    for number in range(102):
        a_letter(tmp_path, number=number)

    page = browser.get("/simulator/mailbox").text

    assert page.count("sam@example.org") == 100
    assert "2 older mails are in the folder" in page


def test_an_invite_can_be_read_and_taken_along(browser: FlaskClient, tmp_path: Path) -> None:
    name = a_letter(tmp_path)

    page = browser.get(f"/simulator/mailbox/{name}").text
    assert "Please come." in page
    assert "put the meeting into the calendar (REQUEST)" in page
    assert "10am to midday" in page
    assert "Library, Room 2" in page
    assert "Access: step-free &lt;b&gt;<br>Call us." in page
    assert "meeting-7@common-ground.example" in page

    invite = browser.get(f"/simulator/mailbox/{name}/invite.ics")
    assert invite.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert invite.data.startswith(b"BEGIN:VCALENDAR")
    raw = browser.get(f"/simulator/mailbox/{name}/letter.eml")
    assert raw.data.startswith(b"Delivered-To: sam@example.org")


def answer(browser: FlaskClient, name: str, way: str) -> TestResponse:
    """Press a button of the reader's calendar."""
    page = browser.get(f"/simulator/mailbox/{name}").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    fields = {"way": way, "csrf_token": token[1] if token else ""}
    return browser.post(f"/simulator/mailbox/{name}/answer", data=fields, follow_redirects=True)


@pytest.mark.parametrize(
    ("way", "mailed"),
    [
        pytest.param("accept", ("REPLY", "ACCEPTED", None), id="accept"),
        pytest.param("perhaps", ("REPLY", "TENTATIVE", None), id="may come"),
        pytest.param("decline", ("REPLY", "DECLINED", None), id="decline"),
        pytest.param("propose", ("COUNTER", "TENTATIVE", "2026-12-04T10:00:00+00:00"), id="another day"),
    ],
)
def test_a_button_of_the_calendar_mails_an_answer(
    browser: FlaskClient, tmp_path: Path, way: str, mailed: tuple[str, str, str | None]
) -> None:
    page = answer(browser, a_letter(tmp_path, sequence=3), way).text

    assert "The answer is on its way by mail." in page
    incoming = answering.Incoming(tmp_path)
    (arrived,) = incoming.waiting()
    mail = reading.opened(arrived.raw)
    assert (mail.sender, mail.bounce, mail.is_automatic) == ("sam@example.org", None, False)
    assert mail.answer is not None
    assert (mail.answer.uid, mail.answer.sequence) == ("meeting-7@common-ground.example", 3)
    assert (mail.answer.method, mail.answer.answers["sam@example.org"], mail.answer.proposes_at) == mailed
    incoming.put_away(arrived)
    assert list(incoming.waiting()) == []


def test_there_are_no_other_answers(browser: FlaskClient, tmp_path: Path) -> None:
    assert answer(browser, a_letter(tmp_path), "shout").status_code == 404


def test_a_cancellation_has_no_buttons(browser: FlaskClient, tmp_path: Path) -> None:
    assert "Accept" not in browser.get(f"/simulator/mailbox/{a_letter(tmp_path, method='CANCEL')}").text


def test_the_codes_of_the_staff_are_shown(browser: FlaskClient) -> None:
    page = browser.get("/simulator/codes").text

    assert "Asha Rahman" in page
    assert "123456" in page


@pytest.mark.parametrize("address", ["/simulator", "/simulator/mailbox", "/simulator/codes"])
def test_no_page_styles_or_scripts_in_line(browser: FlaskClient, store: Store, address: str) -> None:
    page = browser.get(address).text

    assert " style=" not in page
    assert "<style" not in page
    assert not re.search(r" on[a-z]+=", page)
    assert page.count("<script") - page.count('<script type="module" src=') == 1


def test_a_phone_that_rings_can_be_answered_and_its_habits_changed(
    browser: FlaskClient, press: Press, service: Service, store: Store
) -> None:
    service.answers |= {
        "/twilio/call/t1": GOODBYE,
        "/twilio/call/t1/machine": 204,
        "/twilio/status/t1": 204,
    }
    store.ring("+447700900101", "t1", now=datetime(2026, 11, 24, 10, tzinfo=UTC))
    assert "The phone is ringing." in browser.get("/simulator/phones/101").text

    page = press("pick-up")
    assert "Thank you &lt;b&gt;. Goodbye." in page
    assert [form["CallStatus"] for path, form in service.asked if "status" in path] == ["in-progress", "completed"]

    press("behave", "machine")
    assert "A machine answers its calls." in press("behave", "off")
    assert store.setting("+447700900101").texts_fail_with == "30003"
