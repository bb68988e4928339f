"""What leaves the service in a file or a feed, with a note in the audit of what it was and who took it."""

from flask import Response
from sqlalchemy.orm import Session

from scheduling import audit
from scheduling.audit import Action, Fact
from scheduling.models import Actor, Case


def note(session: Session, what: str, *, by: Actor, case: Case | None = None) -> None:
    """Write it into the chain of the case, or of the service."""
    audit.record(
        session,
        Fact(
            action=Action.EXPORTED,
            case_id=None if case is None else case.id,
            actor_kind=by.kind.value,
            actor_id=by.staff_id,
            reason=what,
        ),
    )


def spreadsheet(table: str, *, name: str) -> Response:
    """A table as a file."""
    response = Response(table, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
