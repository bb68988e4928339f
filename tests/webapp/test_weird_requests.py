"""Whatever comes over the wire, signed as Twilio or by nobody: an answer below 500, and the process goes on."""

from collections.abc import Iterator
from http.client import HTTPConnection, RemoteDisconnected
from urllib.parse import quote, urlencode

import pytest
from flask import Flask

from telephony import signature
from tests.webapp.test_slow_and_large import Served, serve
from webapp import serving
from webapp.settings import Settings

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FORM = "application/x-www-form-urlencoded"
TEXT = {"MessageSid": "SM1", "From": "+447400123456", "To": "+447700900000", "Body": "Hello"}
ODD_WORDS = {
    "nothing": "",
    "NUL": "\x00",
    "NUL within": "a\x00b",
    "control characters": "".join(map(chr, range(1, 32))),
    "C1": "\x80\x85\x9f",
    "not characters": "\ufffe\uffff\ufdd0",
    "right to left": "\u202eolleh\u202c",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "combining": "e" + "\u0301" * 500,
    "ten thousand": "x" * 10_000,
    "lines": "\r\nBcc: a@b.example\r\n",
    "markup": "<Response><Dial>+447400123456</Dial></Response>",
    "CDATA": "]]><![CDATA[",
    "template": "{{ 7*7 }}{% raw %}",
    "SQL": "'; DROP TABLE messages; --",
    "digits of others": "٣٤٥",
    "blanks": "\u00a0\u2003\u3000\t",
}
ODD_BYTES = {
    "bad UTF-8": b"\xff\xfe\x80",
    "surrogate": b"\xed\xa0\x80",
    "overlong": b"\xc0\xaf",
    "half a character": b"\xf0\x9f",
    "beyond Unicode": b"\xf4\x90\x80\x80",
}
ODD_BODIES = {
    "nothing": b"",
    "only an and": b"&",
    "only an equals": b"=",
    "a thousand ands": b"&" * 1000,
    "a percent": b"%",
    "bad percent": b"Body=%zz%",
    "semicolons": b"a=1;b=2",
    "plus": b"Body=+++",
    "brackets": b"Body[]=1&Body[a][b]=2",
    "JSON": b'{"Body": "Hello"}',
    "XML": b"<?xml version='1.0'?><a/>",
    "billion laughs": b"<!DOCTYPE a [<!ENTITY b 'bbbb'><!ENTITY c '&b;&b;'>]><a>&c;</a>",
    "PDF": b"%PDF-1.7\n",
    "zip": b"PK\x03\x04",
    "twice the same": b"Body=1&Body=2&From=%2B447400123456&From=%2B447400123457",
    "a thousand fields": b"&".join(b"f%d=1" % at for at in range(1000)),
    "fifty thousand fields": b"&".join(b"f%d=" % at for at in range(50_000)),
    "a megabyte": b"Body=" + b"x" * (serving.LARGEST_BODY - 10),
    "more than a megabyte": b"Body=" + b"x" * (serving.LARGEST_BODY + 10),
}
TYPES = (FORM, f"{FORM}; charset=utf-7", "multipart/form-data", "multipart/form-data; boundary=x", "text/plain", "")


@pytest.fixture
def served(app: Flask) -> Iterator[Served]:
    running = serve(app)
    yield running
    running.ends()


def answer(served: Served, path: str, body: bytes, kind: str = FORM, signed: str = "") -> int:
    """The status; 413 where the door was shut in the middle of a body that is too large."""
    connection = HTTPConnection("127.0.0.1", served.port, timeout=15)
    headers = {"Content-Type": kind} if kind else {}
    try:
        connection.request("POST", path, body, headers | ({signature.HEADER: signed} if signed else {}))
        return connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError, RemoteDisconnected):
        assert len(body) > serving.LARGEST_BODY
        return 413
    finally:
        connection.close()


@pytest.mark.parametrize("added", ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"])
def test_through_a_proxy_on_this_machine_nobody_reads_the_figures(served: Served, added: str) -> None:
    connection = HTTPConnection("127.0.0.1", served.port, timeout=15)

    connection.request("GET", "/metrics", headers={added: "for=192.0.2.7"})

    assert connection.getresponse().status == 404
    connection.close()


def test_seventy_seven_weird_bodies_and_more_are_answered(served: Served) -> None:
    paths = ("/twilio/sms", "/twilio/voice", "/twilio/status/x", "/sign-in")
    bodies = [*ODD_BODIES.values(), *ODD_BYTES.values(), *(b"Body=" + odd for odd in ODD_BYTES.values())]
    bodies += [word.encode("utf-8", "surrogatepass") for word in ODD_WORDS.values()]
    bodies += [b"Body=" + quote(word, errors="surrogatepass").encode() for word in [*ODD_WORDS.values(), "\ud800"]]
    asked = [(paths[at % len(paths)], body, FORM) for at, body in enumerate(bodies)]
    asked += [("/twilio/sms", b"Body=Hello", kind) for kind in TYPES]

    statuses = {answer(served, path, body, kind) for path, body, kind in asked}

    assert len(asked) >= 70
    assert max(statuses) < 500, statuses
    assert served.get("/livez") == 200


def test_signed_texts_of_any_words_are_answered(served: Served, settings: Settings) -> None:
    url = f"{settings.base_url}/twilio/sms"
    statuses = {}
    for at, (name, word) in enumerate(ODD_WORDS.items()):
        form = TEXT | {"MessageSid": f"SM{at}", "Body": word}
        signed = signature.sign(settings.webhook_secrets[0], url, form)
        statuses[name] = answer(served, "/twilio/sms", urlencode(form).encode(), signed=signed)

    assert set(statuses.values()) == {200}, statuses


def test_a_webhook_reads_64_kib_and_no_more(served: Served) -> None:
    asked = {size: answer(served, "/twilio/sms", b"Body=" + b"x" * size * 1024) for size in (60, 64)}

    assert asked == {60: 403, 64: 413}  # nobody has signed the smaller one


ODD_ADDRESSES = {
    "five thousand parameters": "/sign-in?" + "&".join(f"p{at}=1" for at in range(5000)),
    "the same parameter two thousand times": "/sign-in?" + "&".join(["next=/today"] * 2000),
    "NUL": "/sign-in?next=%00",
    "a surrogate": "/sign-in?next=%ED%A0%80",
    "bad UTF-8": "/sign-in?%ff=%fe",
    "a deep path": "/" + "a/" * 5000,
    "upwards": "/%2e%2e/%2e%2e/etc/passwd",
    "upwards from the static files": "/static/%2e%2e/app.py",
}


def test_odd_addresses_are_answered(served: Served) -> None:
    statuses = {name: served.get(path) for name, path in ODD_ADDRESSES.items()}

    assert max(statuses.values()) < 500, statuses
    assert {statuses["upwards"], statuses["upwards from the static files"]} == {404}
