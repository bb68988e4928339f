"""What a webhook answers, and the fields that it was asked with."""

from http import HTTPStatus

from flask import Response, g


def field(name: str) -> str:
    """One field of the request, cleaned; empty where it did not come."""
    return str(g.fields.get(name, ""))


def xml(document: str) -> Response:
    """A document that Twilio plays."""
    return Response(document, content_type="text/xml; charset=utf-8")


def sentence(words: str, code: HTTPStatus) -> Response:
    """What is wrong with the request, for whoever reads Twilio's log."""
    return Response(f"{words}\n", code, content_type="text/plain; charset=utf-8")
