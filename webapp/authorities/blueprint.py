"""What the authorities' pages share: the blueprint, and a case within the visitor's own authority's.

    @authorities.get("/authority/cases/<reference>")
    @staff_only(Role.OFFICER, compartment=Compartment.SHARED, scope=Scope.OWN_AUTHORITY)
    def case(reference): ... authority_view.of(session, own_case(session, reference).tellings[0])

A template gets a `SharedWithAuthority`, never the case.
"""

from flask import Blueprint, abort
from sqlalchemy.orm import Session

from scheduling import references
from scheduling.cases import whose
from scheduling.models import Case
from webapp import auth

authorities = Blueprint("authorities", __name__)


def own_case(session: Session, reference: str) -> Case:
    """The case, if the visitor's authority was told of it; another's answers like one that does not exist."""
    digits = references.parse(reference)
    case = whose.case_of_authority(session, digits, auth.current_staff().id) if digits else None
    if case is None:
        abort(404)
    return case
