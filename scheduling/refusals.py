"""What the service declines to do, and the sentence in which it says so to a person.

A refusal is an answer, not a fault: pages show it, telephony reads it out. Bugs are other exceptions and never caught.
"""


class Refused(Exception):  # noqa: N818 - a coordinator says "refused", and every refusal is named after what was wrong
    """The family of all refusals: each says in ``str()`` what is in the way and what can be done about it."""
