"""Which page of the documentation helps with which page of the service: by the beginning of its address.

The longest beginning that fits counts, so `/cases/<reference>/certificate` is found before `/cases`.
"""

from typing import Final

FAMILY = "use-your-page-as-a-family"
MEDIATOR = "do-a-mediators-work"
OFFICER = "answer-for-an-authority"
CASE = "work-on-a-case"
PLACES = "keep-venues-and-mediators"
RUN = "change-how-the-service-is-run"
ASKED = "ask-us-as-anybody"
DECIDED = "find-a-time-where-there-is-none#when-the-service-has-decided-otherwise-than-you-would"

CONTENTS: Final = ""
"""The page that lists the others: where nothing else is known to help."""

TOPICS: Final[dict[str, str]] = {
    "/account": "let-somebody-sign-in#later",
    "/acknowledge": OFFICER,
    "/action": FAMILY,
    "/authorities": RUN,
    "/authority": OFFICER,
    "/bank-holidays": RUN,
    "/calendar": "keep-venues-and-mediators#see-a-week",
    "/call-backs": "answer-what-comes-in",
    "/care-boards": RUN,
    "/cases": CASE,
    "/cases/<reference>/agreement": "keep-an-agreement",
    "/cases/<reference>/bookings": "book-at-short-notice#when-a-meeting-is-called-off",
    "/cases/<reference>/bookings/<id:booking_id>/outcome": "keep-an-agreement",
    "/cases/<reference>/certificate": "issue-a-certificate",
    "/cases/<reference>/decisions": DECIDED,
    "/cases/<reference>/leeway": "find-a-time-where-there-is-none",
    "/cases/<reference>/offers": "let-the-parties-choose",
    "/cases/<reference>/records": "keep-and-forget-records#hand-out-what-we-hold-on-somebody",
    "/cases/<reference>/short-notice": "book-at-short-notice",
    "/cases/<reference>/slots": "find-a-time-where-there-is-none",
    "/cases/<reference>/text": "answer-what-comes-in",
    "/certificate": ASKED,
    "/closed": FAMILY,
    "/code": FAMILY,
    "/confidentiality": ASKED,
    "/contact": ASKED,
    "/contacts": "answer-what-comes-in",
    "/councils": ASKED,
    "/do-i-have-to": ASKED,
    "/erasing": "keep-and-forget-records#erase-what-is-due",
    "/family": FAMILY,
    "/feedback": "answer-what-comes-in",
    "/feeds": "join-calendars",
    "/help": CONTENTS,
    "/inbox": "answer-what-comes-in",
    "/local-advice": ASKED,
    "/mails": "answer-what-comes-in",
    "/mediation": ASKED,
    "/mediator": MEDIATOR,
    "/mediators": PLACES,
    "/mediators/<id:mediator_id>/week": "keep-venues-and-mediators#see-a-week",
    "/messages": "answer-what-comes-in#a-message-did-not-arrive",
    "/my-case": FAMILY,
    "/officer": OFFICER,
    "/plan": "find-a-time-where-there-is-none",
    "/prove-it": "let-somebody-sign-in",
    "/right-of-appeal": ASKED,
    "/rota": RUN,
    "/settings": RUN,
    "/sign-in": "let-somebody-sign-in",
    "/sign-out": "let-somebody-sign-in",
    "/simulator": "play-with-the-simulator",
    "/staff": "let-somebody-sign-in",
    "/status": RUN,
    "/times": FAMILY,
    "/times-for-the-authority": OFFICER,
    "/times-for-the-care-board": OFFICER,
    "/today": "a-first-day",
    "/unplaced": "find-a-time-where-there-is-none",
    "/venues": PLACES,
    "/venues/<id:venue_id>/close": "keep-venues-and-mediators#close-a-venue-and-open-it-again",
    "/venues/<id:venue_id>/week": "keep-venues-and-mediators#see-a-week",
    "/venues/import": "keep-venues-and-mediators#import-venues-from-a-spreadsheet",
    "/who-looked": CASE,
}


def of(rule: str) -> str | None:
    """The page that helps with this route, and after a # the part of it; None where nothing is known to."""
    parts = rule.strip("/").split("/")
    beginnings = ("/" + "/".join(parts[:length]) for length in range(len(parts), 0, -1))
    if rule == "/":
        return ASKED
    return next((TOPICS[beginning] for beginning in beginnings if beginning in TOPICS), None)
