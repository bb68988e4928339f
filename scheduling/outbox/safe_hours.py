"""The hours at which it is safe to reach somebody: a telephone may lie beside another person at every other hour."""

from datetime import datetime, timedelta

from scheduling import london
from scheduling.models import Person


def at_earliest(person: Person, moment: datetime) -> datetime:
    """The moment itself, or the next at which it is safe; at any hour where none was named."""
    if person.safe_from is None or person.safe_until is None:
        return moment
    local = london.london(moment)
    if local.time() < person.safe_from:
        return london.at(local.date(), person.safe_from)
    if local.time() < person.safe_until:
        return moment
    return london.at(local.date() + timedelta(days=1), person.safe_from)
