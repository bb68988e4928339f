"""What is kept apart from what, and which roles may open which of it at all.

A route names the innermost compartment that it opens, and within which bounds; a role that the compartment does not
admit cannot be given a route of it, not even by mistake.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from scheduling.models import Role


class Compartment(StrEnum):
    """A kind of facts that travel together, and no further."""

    SERVICE = "nothing of a family"
    """Venues, mediators, authorities, one's own account."""
    SHARED = "facts shared with the authority"
    CONTACTS = "contacts of a person"
    FAMILY = "family-confidential"
    """What the family said, what the adviser noted, and everything around it."""
    WITHOUT_PREJUDICE = "without prejudice"
    """What was offered or agreed in mediation."""
    AUDIT = "who did and who looked"


class Scope(StrEnum):
    """How far a route reaches: the bounds stand in the query, so that what lies beyond them is not found."""

    EVERYTHING = "all of it"
    OWN_ACCOUNT = "the visitor's own account"
    CASES = "lists of all cases, by reference"
    CASE = "one case: the visitor's own, or another's after a reason that is written down"
    OWN_MEETINGS = "the mediator's own meetings"
    OWN_AUTHORITY = "cases of which the officer's own authority has been told"
    LINK = "what one link was made for"


DESK = frozenset({Role.COORDINATOR, Role.ADVISER, Role.MANAGER})

ADMITS: Final[Mapping[Compartment, frozenset[Role]]] = {
    Compartment.SERVICE: frozenset(Role),
    Compartment.SHARED: DESK | {Role.MEDIATOR, Role.OFFICER},
    Compartment.CONTACTS: DESK,
    Compartment.FAMILY: DESK,
    Compartment.WITHOUT_PREJUDICE: frozenset({Role.COORDINATOR, Role.ADVISER, Role.MEDIATOR}),
    Compartment.AUDIT: frozenset({Role.MANAGER, Role.ADMINISTRATOR}),
}
"""No technical administrator and no authority's officer is ever in a compartment of the family."""
