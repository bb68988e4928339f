"""The telephones on the simulator's table: demo numbers that nobody has.

Ofcom keeps 07700 900000 to 900999 and 020 7946 0000 to 0999 for films and examples.
"""

import re
from dataclasses import dataclass

from scheduling import numbers

_EXAMPLE_MOBILE = "+447700900"

ADVISER = "+442079460301"
"""On the demo's first adviser, who takes calls from the queue with it."""

WITHHELD = "anonymous"
"""What Twilio says of a caller who hides the number."""


@dataclass(frozen=True)
class Phone:
    """One telephone; its name stands in addresses, so that no number does."""

    name: str
    owner: str
    number: str | None
    """None when it withholds its number."""

    @property
    def shown(self) -> str:
        """Its number as a person writes it."""
        return numbers.written(self.number) if self.number else "number withheld"

    @property
    def caller(self) -> str:
        """What Twilio says of who is calling."""
        return self.number or WITHHELD

    @property
    def can_text(self) -> bool:
        """Only a mobile that shows its number sends and gets texts."""
        return self.number is not None and numbers.is_uk_mobile(self.number)


def mobile(ending: str, owner: str) -> Phone:
    """The demo mobile whose number ends with these three digits."""
    return Phone(ending, owner, _EXAMPLE_MOBILE + ending)


PHONES = (
    mobile("101", "A mother's mobile"),
    mobile("102", "A father's mobile"),
    mobile("103", "A young person's mobile"),
    Phone("101-other", "The same mobile in somebody else's hand", _EXAMPLE_MOBILE + "101"),
    Phone("adviser", "An adviser's telephone", ADVISER),
    Phone("landline", "A landline", "+442079460101"),
    Phone("withheld", "A phone that hides its number", None),
)


def named(name: str) -> Phone | None:
    """The phone of this name: one on the table, or any other demo mobile by its last three digits."""
    for phone in PHONES:
        if phone.name == name:
            return phone
    return mobile(name, "A family's mobile") if re.fullmatch(r"[0-9]{3}", name) else None


def other_mobiles(texted: list[str]) -> list[Phone]:
    """The demo mobiles among these numbers that are not on the table: those of the families in the demo's story."""
    on_the_table = {phone.number for phone in PHONES}
    endings = [n.removeprefix(_EXAMPLE_MOBILE) for n in texted if n not in on_the_table]
    return [phone for ending in endings if len(ending) == 3 and (phone := named(ending)) is not None]
