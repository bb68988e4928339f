"""Meetings from afar, offers with their holds, busy times, languages, interpreters, policies."""

import re
from collections.abc import Callable, Iterable

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

MODES = ("in person", "by video", "by telephone")
STATES = ("held", "taken", "released")
PARTIES = ("the family", "the authority", "the school", "the health body")
ANSWERS = ("yes", "if need be", "no")
CHANNELS = ("text", "link", "mail", "call", "staff")


def _one_of(column: str, words: Iterable[str]) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"{column} IN ({listed})"


def _word(name: str, words: Iterable[str], *, table: str, kind: str, otherwise: str = "") -> str:
    """A column for one of a few words, in SQL that both databases take."""
    needed = f" NOT NULL DEFAULT '{otherwise}'" if otherwise else ""
    return f"{name} VARCHAR(60){needed} CONSTRAINT ck_{table}_{kind} CHECK ({_one_of(name, words)})"


# SQLite adds a column in place only where it needs no new table: so these are written as both databases take them.
ADDED = {
    "people": (
        ("travels_km", "travels_km INTEGER"),
        ("prefers", _word("prefers", ("morning", "afternoon"), table="people", kind="partofday")),
    ),
    "cases": (
        ("school", "school TEXT"),
        ("meets", _word("meets", MODES, table="cases", kind="mode", otherwise="in person")),
    ),
    "mediators": (
        ("meetings_a_week", "meetings_a_week INTEGER"),
        ("outcode", "outcode TEXT"),
        ("travels_km", "travels_km INTEGER"),
        ("accredited_until", "accredited_until DATE"),
        ("meets_from_afar", "meets_from_afar BOOLEAN NOT NULL DEFAULT true"),
    ),
    "conflicts": (
        ("school", "school TEXT"),
        ("person_id", "person_id INTEGER CONSTRAINT fk_conflicts_person_id REFERENCES people (id)"),
    ),
    "closures": (
        ("repeats", _word("repeats", ("every week", "every year"), table="closures", kind="repeats")),
        ("repeats_until", "repeats_until DATE"),
    ),
    "bookings": (
        ("mode", _word("mode", MODES, table="bookings", kind="mode", otherwise="in person")),
        (
            "interpreter_id",
            "interpreter_id INTEGER CONSTRAINT fk_bookings_interpreter_id REFERENCES interpreters (id)",
        ),
        ("board_id", "board_id INTEGER CONSTRAINT fk_bookings_board_id REFERENCES care_boards (id)"),
        ("joining", "joining TEXT"),
    ),
    "claims": (("offer_id", "offer_id INTEGER"),),
    "notice_consents": (("mode", _word("mode", MODES, table="notice_consents", kind="mode", otherwise="in person")),),
}

MAY_BE_EMPTY = (("claims", "booking_id"), ("conflicts", "authority_id"), ("notice_consents", "room_id"))

WHOLE = "kind <> 'mediation' OR (room_id IS NOT NULL AND mediator_id IS NOT NULL AND officer_id IS NOT NULL)"
WHOLE_FROM_AFAR = "kind <> 'mediation' OR (mediator_id IS NOT NULL AND officer_id IS NOT NULL)"
IN_A_ROOM = "(mode = 'in person') = (room_id IS NOT NULL)"

RULES = (
    ("bookings", "ck_bookings_in_a_room_or_from_afar", f"CHECK (kind <> 'mediation' OR {IN_A_ROOM})"),
    ("claims", "ck_claims_of_a_booking_or_an_offer", "CHECK ((booking_id IS NULL) <> (offer_id IS NULL))"),
    ("claims", "fk_claims_offer_id", "FOREIGN KEY(offer_id) REFERENCES offers (id) ON DELETE CASCADE"),
    ("closures", "ck_closures_until_when_it_repeats", "CHECK (repeats_until IS NULL OR repeats IS NOT NULL)"),
    (
        "conflicts",
        "ck_conflicts_with_somebody",
        "CHECK (authority_id IS NOT NULL OR school IS NOT NULL OR person_id IS NOT NULL)",
    ),
    ("notice_consents", "ck_notice_consents_in_a_room_or_from_afar", f"CHECK ({IN_A_ROOM})"),
)


def upgrade() -> None:
    """Make room for everything that decides about a time."""
    _new_tables()
    for table, columns in ADDED.items():
        for _name, column in columns:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    if op.get_bind().dialect.name == "sqlite":
        for table in sorted({table for table, *_ in (*RULES, *MAY_BE_EMPTY)}):
            _rebuild(table, _loosened)
    else:
        for table, column in MAY_BE_EMPTY:
            op.alter_column(table, column, nullable=True)
        op.drop_constraint(op.f("ck_bookings_mediation_is_whole"), "bookings", type_="check")
        op.create_check_constraint(op.f("ck_bookings_mediation_is_whole"), "bookings", WHOLE_FROM_AFAR)
        for table, name, rule in RULES:
            op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule}")
    op.create_index(op.f("ix_claims_offer_id"), "claims", ["offer_id"])


def downgrade() -> None:
    """Go back to meetings in rooms; offers, busy times and what cannot be without a room are lost."""
    op.drop_index(op.f("ix_claims_offer_id"), "claims")
    op.execute("DELETE FROM claims WHERE booking_id IS NULL")
    op.execute("DELETE FROM conflicts WHERE authority_id IS NULL")
    if op.get_bind().dialect.name == "sqlite":
        for table in sorted({table for table, *_ in (*RULES, *MAY_BE_EMPTY)} | set(ADDED)):
            _rebuild(table, _tightened)
    else:
        for table, name, _rule in RULES:
            op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        op.drop_constraint(op.f("ck_bookings_mediation_is_whole"), "bookings", type_="check")
        for table, columns in ADDED.items():
            for name, _column in columns:
                op.drop_column(table, name)
        for table, column in MAY_BE_EMPTY:
            op.alter_column(table, column, nullable=False)
        op.create_check_constraint(op.f("ck_bookings_mediation_is_whole"), "bookings", WHOLE)
    for table in NEW_TABLES:
        op.drop_table(table)


NEW_TABLES = (
    "policies",
    "busy_times",
    "calendars",
    "offer_answers",
    "offers",
    "interpreter_languages",
    "interpreters",
    "mediator_languages",
)


def _new_tables() -> None:
    op.create_table(
        "mediator_languages",
        sa.Column("mediator_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["mediator_id"], ["mediators.id"], name=op.f("fk_mediator_languages_mediator_id")),
        sa.PrimaryKeyConstraint("mediator_id", "language", name=op.f("pk_mediator_languages")),
    )
    op.create_table(
        "interpreters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpreters")),
        sa.UniqueConstraint("email", name=op.f("uq_interpreters_email")),
    )
    op.create_table(
        "interpreter_languages",
        sa.Column("interpreter_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interpreter_id"], ["interpreters.id"], name=op.f("fk_interpreter_languages_interpreter_id")
        ),
        sa.PrimaryKeyConstraint("interpreter_id", "language", name=op.f("pk_interpreter_languages")),
    )
    _offers()
    op.create_table(
        "calendars",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mediator_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.Column("tried_at", sa.DateTime(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["mediator_id"], ["mediators.id"], name=op.f("fk_calendars_mediator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendars")),
    )
    op.create_index(op.f("ix_calendars_mediator_id"), "calendars", ["mediator_id"])
    op.create_table(
        "busy_times",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=True),
        sa.Column("noted_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_busy_times_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["calendars.id"], name=op.f("fk_busy_times_calendar_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_times")),
    )
    op.create_index(op.f("ix_busy_times_calendar_id"), "busy_times", ["calendar_id"])
    op.create_index("ix_busy_times_resource", "busy_times", ["kind", "resource_id", "starts_at"])
    op.create_table(
        "policies",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by_id"], ["staff.id"], name=op.f("fk_policies_changed_by_id")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_policies")),
    )


def _offers() -> None:
    needed = {"case_id": "cases", "mediator_id": "mediators", "officer_id": "officers"}
    wanted = {"room_id": "rooms", "interpreter_id": "interpreters", "board_id": "care_boards"}
    op.create_table(
        "offers",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=name in wanted) for name in (*needed, *wanted)),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("mode", sa.String(60), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("state", sa.String(60), nullable=False),
        sa.Column("offered_at", sa.DateTime(), nullable=False),
        sa.Column("held_until", sa.DateTime(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_offers_ends_after_start")),
        sa.CheckConstraint("number BETWEEN 1 AND 3", name=op.f("ck_offers_three_at_most")),
        sa.CheckConstraint(IN_A_ROOM, name=op.f("ck_offers_in_a_room_or_from_afar")),
        sa.CheckConstraint("(state = 'held') = (settled_at IS NULL)", name=op.f("ck_offers_settled_has_a_moment")),
        sa.CheckConstraint(
            "offered_at <= held_until AND held_until < starts_at", name=op.f("ck_offers_held_for_a_while")
        ),
        sa.CheckConstraint(_one_of("mode", MODES), name=op.f("ck_offers_mode")),
        sa.CheckConstraint(_one_of("state", STATES), name=op.f("ck_offers_offerstate")),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_offers_{name}"))
            for name, table in (needed | wanted).items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        sa.UniqueConstraint("case_id", "round", "number", name=op.f("uq_offers_case_id_round_number")),
    )
    op.create_index(op.f("ix_offers_case_id"), "offers", ["case_id"])
    op.create_index(op.f("ix_offers_held_until"), "offers", ["held_until"])
    op.create_table(
        "offer_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(60), nullable=False),
        sa.Column("answer", sa.String(60), nullable=False),
        sa.Column("channel", sa.String(60), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(_one_of("party", PARTIES), name=op.f("ck_offer_answers_party")),
        sa.CheckConstraint(_one_of("answer", ANSWERS), name=op.f("ck_offer_answers_answer")),
        sa.CheckConstraint(_one_of("channel", CHANNELS), name=op.f("ck_offer_answers_answeredby")),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_offer_answers_offer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_answers")),
    )
    op.create_index(op.f("ix_offer_answers_offer_id"), "offer_answers", ["offer_id"])


def _loosened(table: str, built: str) -> str:
    """The words of a table with the new rules."""
    built = built.replace(WHOLE, WHOLE_FROM_AFAR)
    for _table, column in (pair for pair in MAY_BE_EMPTY if pair[0] == table):
        built = re.sub(rf"\b{column} INTEGER NOT NULL", f"{column} INTEGER", built, count=1)
    rules = [f"CONSTRAINT {name} {rule}" for where, name, rule in RULES if where == table]
    return ", ".join([built[: built.rindex(")")].rstrip(), *rules]) + "\n)"


def _tightened(table: str, built: str) -> str:
    """The words of a table with the old rules and without the new columns."""
    built = built.replace(WHOLE_FROM_AFAR, WHOLE)
    for where, name, rule in RULES:
        if where == table:
            built = built.replace(f", CONSTRAINT {name} {rule}", "")
    for _name, column in ADDED.get(table, ()):
        built = built.replace(f", {column}", "")
    for _table, column in (pair for pair in MAY_BE_EMPTY if pair[0] == table):
        built = re.sub(rf"\b{column} INTEGER\b", f"{column} INTEGER NOT NULL", built, count=1)
    return built


def _rebuild(table: str, change: Callable[[str, str], str]) -> None:
    """SQLite cannot change a rule: the table is built anew, word for word but for these.

    Whoever migrates has foreign keys switched off, so that dropping the old table takes nothing else with it.
    """
    connection = op.get_bind()
    if connection.scalar(sa.text("PRAGMA foreign_keys")):
        message = "switch foreign keys off before a table is built anew"
        raise RuntimeError(message)
    known = f"SELECT sql FROM sqlite_master WHERE tbl_name = '{table}' AND sql IS NOT NULL AND type {{}} 'table'"  # noqa: S608
    built = str(connection.scalar(sa.text(known.format("="))))
    others = list(connection.scalars(sa.text(known.format("<>"))))
    changed = change(table, re.sub(rf'CREATE TABLE "?{table}"?', f"CREATE TABLE {table}_anew", built, count=1))
    op.execute(sa.text(changed.replace(":", r"\:")))
    columns = ", ".join(name for _, name, *_ in connection.execute(sa.text(f"PRAGMA table_info({table}_anew)")))
    op.execute(f"INSERT INTO {table}_anew ({columns}) SELECT {columns} FROM {table}")  # noqa: S608 - our own names
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE {table}_anew RENAME TO {table}")
    for statement in others:
        op.execute(sa.text(statement.replace(":", r"\:")))
