"""How Twilio asks us: a signed form by POST, answered within ten seconds, and what it makes of the answer.

The signature is made over the public address while the request goes to this machine, as it would through a proxy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

from telephony import signature
from telephony.line import Line
from telephony.simulator.twiml import Fault

TIMEOUT_SECONDS = 10
_TWIML_TYPES = ("text/xml", "application/xml", "text/html")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back, and from which address: relative addresses in it start there."""

    url: str
    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Provider:
    """The simulated Twilio, as our webhooks see it."""

    line: Line
    target: str
    """Where the web process listens: http://127.0.0.1:8000."""

    def address(self, path: str) -> str:
        """One of our addresses as Twilio has it in its settings."""
        return f"{self.line.base_url}{path}"

    def document(self, url: str, form: Mapping[str, str]) -> Answer:
        """The document that answers this event; raises `Fault` where Twilio could not use it."""
        answer = self.post(url, form)
        if not 200 <= answer.status < 300:
            raise Fault("11200", f"The service answered {answer.status}; Twilio goes on only after a 2xx.")
        if answer.content_type not in _TWIML_TYPES:
            raise Fault("12300", f"The answer is {answer.content_type or 'of no type'}, not XML.")
        return answer

    def post(self, url: str, form: Mapping[str, str]) -> Answer:
        """Tell the service of an event; raises `Fault` when it is not there or the address is not its own."""
        url = urldefrag(urljoin(self.line.base_url, url)).url
        if not url.startswith(f"{self.line.base_url}/"):
            raise Fault("11200", "The address leads away from this service, where the simulator does not follow.")
        try:
            return self._send(url, form)
        except (OSError, HTTPException) as error:
            raise Fault("11200", f"The service did not answer: {type(error).__name__}.") from error

    def _send(self, url: str, form: Mapping[str, str]) -> Answer:
        where = urlsplit(self.target)
        connection = HTTPConnection(where.hostname or "127.0.0.1", where.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("POST", url.removeprefix(self.line.base_url), urlencode(form), self._headers(url, form))
            response = connection.getresponse()
            content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            return Answer(url=url, status=response.status, content_type=content_type, body=response.read())
        finally:
            connection.close()

    def _headers(self, url: str, form: Mapping[str, str]) -> dict[str, str]:
        return {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            signature.HEADER: signature.sign(self.line.secrets[0], url, form),
        }
