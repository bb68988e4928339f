"""What the operator decided where the law leaves room. Told once by whoever puts the parts together."""

from scheduling.law.certificates import Policy

_current = Policy()


def use(policy: Policy) -> None:
    """Work by this policy from now on."""
    global _current  # noqa: PLW0603 - one process works for one operator
    _current = policy


def current() -> Policy:
    """The policy that we work by; until one is told, the safe one."""
    return _current
