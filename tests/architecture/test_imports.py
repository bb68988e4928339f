"""What the import contracts in pyproject.toml cannot say: modules of other packages, and single files of ours."""

import sys

import pytest

from tests.architecture.sources import Reserved, imports, ours

RESERVED = [
    Reserved(module="twilio", places=("telephony/",), because="the rest of us has never heard of a vendor"),
    Reserved(
        module="twilio.rest",
        places=("telephony/carrier.py",),
        because="it costs a fifth of a second and 15 MB, and whoever imports it may send",
    ),
    Reserved(
        module="apscheduler",
        places=("scheduling/jobs/", "webapp/processes.py"),
        because="it is the clock only: what is due is asked of the tables",
    ),
    Reserved(
        module="icalendar",
        places=("scheduling/outbox/", "scheduling/diary/"),
        because="invites are written in one room and others' calendars read in another",
    ),
    Reserved(
        module="scheduling.clock",
        places=("scheduling/jobs/", "telephony/webhooks", "telephony/simulator/", "webapp/"),
        because="now is an argument: only where work starts is the clock looked at",
    ),
    Reserved(
        module="typst",
        places=("scheduling/outbox/certificate.py",),
        because="one room writes documents, in one set of fonts",
    ),
    Reserved(
        module="smtplib",
        places=("scheduling/outbox/smtp.py",),
        because="whoever imports it may send, and only the worker sends",
    ),
]
KNOWS_WHAT_WAS_AGREED = (
    "scheduling/models/",
    "scheduling/cases/agreements.py",
    "scheduling/cases/owed.py",
    "scheduling/cases/promises.py",
    "scheduling/cases/deadlines.py",
    "scheduling/cases/alarms.py",
    "scheduling/cases/links.py",
    "scheduling/cases/item.py",
    "scheduling/cases/needs/agreements.py",
    "scheduling/cases/worklist.py",
    "scheduling/jobs/timetable.py",
    "telephony/conversations/texts.py",
    "webapp/console/agreements.py",
    "webapp/demo/",
    "webapp/parties/agreed.py",
    "webapp/parties/status.py",
)
RESERVED += [
    Reserved(
        module=module,
        places=KNOWS_WHAT_WAS_AGREED,
        because="what was agreed is without prejudice: no certificate, figure or page of the authority may know it",
    )
    for module in (
        "scheduling.models.agreement",
        "scheduling.models.Agreement",
        "scheduling.models.AgreedAction",
        "scheduling.cases.agreements",
        "scheduling.cases.promises",
        "scheduling.cases.needs.agreements",
    )
]
OF_A_MIGRATION = {"alembic", "sqlalchemy"}


@pytest.mark.parametrize("reserved", RESERVED, ids=lambda reserved: reserved.module)
def test_a_reserved_module_is_imported_only_where_it_may_be(reserved: Reserved) -> None:
    assert reserved.trespassers(ours()) == [], reserved.because


@pytest.mark.parametrize("reserved", RESERVED, ids=lambda reserved: reserved.module)
@pytest.mark.parametrize(
    "line",
    [
        pytest.param("import {module}", id="import"),
        pytest.param("from {module} import something", id="from"),
        pytest.param("def late():\n    import {module}.deeper", id="hidden in a function"),
    ],
)
def test_a_trespasser_is_caught(reserved: Reserved, line: str) -> None:
    source = line.format(module=reserved.module)

    assert reserved.trespassers({"scheduling/cases/intake.py": source}) == ["scheduling/cases/intake.py"]
    assert reserved.trespassers({f"{reserved.places[0]}x.py": source}) == []


def test_the_usual_way_to_import_the_clock_is_caught_too() -> None:
    clock = next(reserved for reserved in RESERVED if reserved.module == "scheduling.clock")

    assert clock.trespassers({"scheduling/law/window.py": "from scheduling import clock"}) == [
        "scheduling/law/window.py"
    ]


def strangers_to_the_law(source: str) -> set[str]:
    """Names that are neither the standard library's nor the law's own; `from scheduling import x` counts as its x."""
    names = {name for name in imports(source) if name != "scheduling"}
    foreign = {name for name in names if name.partition(".")[0] not in sys.stdlib_module_names}
    return {name for name in foreign if not f"{name}.".startswith("scheduling.law.")}


def test_the_law_imports_only_the_standard_library_and_itself() -> None:
    found = {path: strangers_to_the_law(text) for path, text in ours().items() if path.startswith("scheduling/law/")}

    assert found
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("line", "stranger"),
    [
        ("import holidays", "holidays"),
        ("from sqlalchemy import orm", "sqlalchemy"),
        ("from scheduling import db", "scheduling.db"),
        ("from scheduling.models import case", "scheduling.models"),
    ],
)
def test_a_stranger_in_the_law_is_caught(line: str, stranger: str) -> None:
    assert stranger in strangers_to_the_law(line)


def test_a_migration_imports_nothing_of_ours() -> None:
    """What it did must stay what it did, whatever becomes of our code."""
    found = {
        path: {name.partition(".")[0] for name in imports(text)} - sys.stdlib_module_names - OF_A_MIGRATION
        for path, text in ours().items()
        if path.startswith("scheduling/migrations/versions/")
    }

    assert found
    assert {path: names for path, names in found.items() if names} == {}
