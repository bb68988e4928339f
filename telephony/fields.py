"""What came in a form, cleaned once, here at the edge: the rest of the house may trust its characters.

Control characters and halves of characters would make a document that Twilio cannot parse, which drops the call, and
PostgreSQL refuses NUL.
"""

import re

from werkzeug.datastructures import MultiDict

_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def cleaned(form: MultiDict[str, str]) -> dict[str, str]:
    """The fields by name, without what no text may contain and no space around; of two equal names the first counts."""
    return {clean(name): clean(value) for name, value in form.items()}


def clean(text: str) -> str:
    """One field, or a part of an address."""
    return _UNWANTED.sub("", text).strip()
