"""A desk with the code of any release: told line by line what to write into the record, and answering each.

Run by its path, with that release's folder on PYTHONPATH: what it imports is that release's, not what lies beside it.
`families 6` answers with the numbers of their cases, `wish 3` with `done` or with what stood in the way.
"""

import sys

from sqlalchemy.exc import DBAPIError

from scheduling import clock, db
from scheduling.cases import mediation
from scheduling.models import FAMILY, Case, ContactChannel, Role
from scheduling.reference import load
from tests import builders
from webapp import composition, settings

ADVISERS = 6


def main() -> None:
    """Answer until nobody asks any more."""
    composition.prepare(settings.load())
    for line in sys.stdin:
        what, number = line.split()
        try:
            said = families(int(number)) if what == "families" else wish(int(number))
        except DBAPIError as trouble:
            said = type(trouble).__name__
        sys.stdout.write(f"{said}\n")
        sys.stdout.flush()


def families(number: int) -> str:
    """Places and people, and so many families' cases."""
    with db.Session.begin() as session:
        load.load(session)
        for at in range(ADVISERS):
            builders.staff(session, Role.ADVISER, f"Adviser {at}")
        towns = [builders.town(session, f"Town{at}", f"99{at}") for at in range(2)]
        made = [
            builders.case(session, towns[at % 2], number=f"+447500{at:06}", email=f"family-{at}@family.example")
            for at in range(number)
        ]
        return " ".join(str(case.id) for case in made)


def wish(number: int) -> str:
    """The family of this case wants mediation."""
    now = clock.now()
    with db.Session.begin() as session:
        case = session.get_one(Case, number)
        if case.mediation_wanted_at is None:
            mediation.want(session, case, by=FAMILY, now=now, said_at=now, channel=ContactChannel.PAGE)
    return "done"


if __name__ == "__main__":
    main()
