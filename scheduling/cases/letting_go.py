"""Letting an authority go: it was told of a family's wish, and need not arrange anything any more."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.cases import authority_view
from scheduling.models import Case
from scheduling.outbox import messages
from scheduling.outbox.wording.mails import Mail


def tell(session: Session, case: Case, words: Callable[..., Mail], *, purpose: str, key: str, now: datetime) -> None:
    """Write the officer these words, which get a name and the reference; who was never told hears nothing now."""
    for telling in case.tellings[:1]:
        shared = authority_view.of(session, telling)
        mail = words(officer=shared.officer, reference=shared.reference)
        messages.email(
            session,
            address=telling.officer.email,
            recipient=messages.THE_AUTHORITY,
            purpose=purpose,
            subject=mail.subject,
            body=mail.body,
            key=key,
            now=now,
            case=case,
        )
