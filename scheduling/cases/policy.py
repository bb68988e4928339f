"""What the provider has decided where the law of certificates leaves room, as the law asks for it."""

from sqlalchemy.orm import Session

from scheduling.law.certificates import Policy
from scheduling.reference import policies


def certificates(session: Session) -> Policy:
    """What holds now; a coordinator chooses it in the console, with a reason."""
    return Policy(silence_is_an_answer=policies.value(session, policies.SILENCE_IS_AN_ANSWER) == 1)
