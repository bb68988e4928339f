"""Mails that bring a family to its own page, and those that answer it. They name neither the child nor the council."""

from scheduling import references
from scheduling.outbox import identity
from scheduling.outbox.wording.mails import CODE_FIRST, Mail


def own_page(*, name: str | None, reference: str, link: str) -> Mail:
    """Where the family sees its dates and what is next."""
    we = identity.current()
    paragraphs = (
        f"Dear {name}," if name else "Hello,",
        f"Here you can see at any time where things stand, and tell us what you need:\n{link}",
        CODE_FIRST,
        "Keep the link to yourself. Earlier links no longer work.",
        f"{we.name}\n{we.written_phone}",
    )
    return Mail(
        subject=f"Your dates and next steps (reference {references.written(reference)})",
        body="\n\n".join(paragraphs) + "\n",
    )


def code(*, name: str | None, digits: str) -> Mail:
    """The code to a link, for somebody who can be reached in no other way."""
    return Mail(
        subject="Your code",
        body=_letter(
            f"Dear {name}," if name else "Hello,",
            f"Your code is {digits}. It works for 10 minutes.",
            f"We will never ask you to tell it to us. If you did not ask for it, call us: "
            f"{identity.current().written_phone}.",
        ),
    )


def instead_of_a_text(*, name: str | None, reference: str | None, words: str) -> Mail:
    """A text did not arrive: its words go by mail."""
    return Mail(
        subject=_subject("A message for you", reference),
        body=_letter(
            f"Dear {name}," if name else "Hello,",
            "We tried to text you, and the text did not arrive. This is what it said:",
            words,
            f"Has your number changed? Please tell us: {identity.current().written_phone}.",
        ),
    )


def our_answer(*, reference: str | None, words: str) -> Mail:
    """What a member of staff answers to a mail; the subject of theirs is not repeated, for it may name somebody."""
    return Mail(subject=_subject("Our answer to your mail", reference), body=_letter(words))


def _subject(what: str, reference: str | None) -> str:
    return what if reference is None else f"{what} (reference {references.written(reference)})"


def _letter(*paragraphs: str) -> str:
    we = identity.current()
    return "\n\n".join([*paragraphs, f"{we.name}\n{we.written_phone}"]) + "\n"
