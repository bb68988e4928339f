"""A browser window that notices what its visitor would not: errors, refused scripts, calls to other hosts."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Request, Response

FAILED_TO_LOAD = "Failed to load resource"
"""The console repeats the status of an answer; answers are watched themselves, as a refused form is no error."""


@dataclass
class Watched:
    """What went wrong in the windows of one visitor."""

    context: BrowserContext
    ours: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self._note(error.error))
        self.context.on("request", self._see_where)
        self.context.on("response", self._see_how)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(FAILED_TO_LOAD):
            self._note(f"{message.text} ({message.location['url']})")

    def _see_where(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.netloc != urlsplit(self.ours).netloc:
            self._note(f"asked another host: {request.url}")

    def _see_how(self, response: Response) -> None:
        is_what_was_asked_for = response.request.resource_type in {"document", "fetch"}
        if response.status >= 500 or (response.status >= 400 and not is_what_was_asked_for):
            self._note(f"{response.status} for {response.url}")

    def _note(self, what: Error | str) -> None:
        self.complaints.append(str(what))
