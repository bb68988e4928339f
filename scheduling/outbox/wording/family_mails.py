"""Mails that bring a family to its own page. They name neither the child, the need nor the council."""

from scheduling import references
from scheduling.outbox import identity
from scheduling.outbox.wording.mails import Mail


def own_page(*, name: str | None, reference: str, link: str) -> Mail:
    """Where the family sees its dates and what is next."""
    we = identity.current()
    paragraphs = (
        f"Dear {name}," if name else "Hello,",
        f"Here you can see at any time which dates count and what is next:\n{link}",
        "Keep the link to yourself. The page shows no names, and earlier links to it no longer work.",
        f"{we.name}\n{we.written_phone}",
    )
    return Mail(
        subject=f"Your dates and next steps (reference {references.written(reference)})",
        body="\n\n".join(paragraphs) + "\n",
    )
