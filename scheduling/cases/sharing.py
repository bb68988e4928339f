"""Whether the council may be told what the disagreement is about: the family says so, and may take it back."""

from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.models import Actor, Case


def decide(session: Session, case: Case, *, agrees: bool, by: Actor, now: datetime) -> None:
    """Keep the family's word from now on; what the council has been told already it knows."""
    if agrees == (case.consent_to_share_at is not None):
        return
    case.consent_to_share_at = now if agrees else None
    what = "agrees that the council is told what it is about" if agrees else "takes back its consent to share"
    why = None if agrees or case.told_at is None else "The authority has been told already. Speak with the family."
    case.record(f"The family {what}", why=why, by=by, now=now)
    session.flush()
