"""Who may read what in a case, beyond what a role may open: what was agreed is without prejudice."""

from scheduling.models import Case, Role
from webapp.sessions import Visitor


def may_read_agreement(case: Case, visitor: Visitor) -> bool:
    """Whether they belong to the case: its own adviser, or a coordinator, who follows up what was promised."""
    if visitor.role is Role.ADVISER:
        return case.adviser_id in {None, visitor.id}
    return visitor.role is Role.COORDINATOR
