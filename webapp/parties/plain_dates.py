"""The dates that count for a family in plain sentences: what is to be done, and what happens if it is not.

The rule itself, as the law has it, stands beside each in a detail.
"""

from dataclasses import dataclass

from scheduling.law import rules


@dataclass(frozen=True)
class Plain:
    """A rule as we would say it on the telephone."""

    what: str
    if_not: str


_CERTIFICATE = Plain(
    "We send you your mediation certificate",
    "If it has not come by then, call us. You need it if you want to appeal.",
)
_APPEAL = Plain(
    "If you want to appeal, your appeal has to reach the Tribunal",
    "After it you have to ask the Tribunal to let you appeal late. It may say no.",
)

PLAIN = {
    rules.CONTACT_THE_ADVISER.key: Plain(
        "You contact us about mediation",
        "After it we may not be able to give you a certificate. You can still ask the Tribunal to let you appeal.",
    ),
    rules.APPEAL_AFTER_DECISION.key: _APPEAL,
    rules.APPEAL_AFTER_CERTIFICATE.key: _APPEAL,
    rules.MEDIATION_WITHIN_THIRTY_DAYS.key: Plain(
        "The council holds the meeting with you",
        "If it does not, you can have your certificate and appeal. You can also wait for a later meeting.",
    ),
    rules.NOTICE_IN_CLEAR_DAYS.key: Plain(
        "You are told when and where the meeting is",
        "If you are told later, the meeting is held only if you agree to it. You may say no.",
    ),
    rules.CERTIFICATE_WHEN_DECLINED.key: _CERTIFICATE,
    rules.CERTIFICATE_WHEN_MIND_CHANGED.key: _CERTIFICATE,
    rules.CERTIFICATE_WHEN_CONCLUDED.key: _CERTIFICATE,
    rules.CERTIFICATE_WHEN_NOT_ARRANGED.key: _CERTIFICATE,
}
"""By the rule's key; no other is shown to a family."""
