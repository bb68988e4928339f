"""What changed in the diary: a line for everything on which a search for a time depends.

Searches keep the diary in memory. Triggers write down what has changed, whoever changed it, and before a search reads
the memory it reads these lines.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

VENUE, MEDIATOR, AUTHORITY, INTERPRETER, CALENDAR, POLICY, COMPANY = range(11, 18)

TOLD_BY: dict[str, tuple[str | int, str | int]] = {
    # table: what kind of thing changed, and which
    "claims": ("kind", "resource_id"),
    "busy_times": ("kind", "resource_id"),
    "venues": (VENUE, "id"),
    "venue_hours": (VENUE, "venue_id"),
    "venue_serves": (VENUE, "venue_id"),
    "closures": (VENUE, "venue_id"),
    "rooms": (VENUE, "venue_id"),
    "mediators": (MEDIATOR, "id"),
    "mediator_hours": (MEDIATOR, "mediator_id"),
    "mediator_works_with": (MEDIATOR, "mediator_id"),
    "mediator_languages": (MEDIATOR, "mediator_id"),
    "leave": (MEDIATOR, "mediator_id"),
    "conflicts": (MEDIATOR, "mediator_id"),
    "officers": (AUTHORITY, "authority_id"),
    "interpreters": (INTERPRETER, "id"),
    "interpreter_languages": (INTERPRETER, "interpreter_id"),
    "extra_bank_holidays": (CALENDAR, 0),
    "policies": (POLICY, 0),
    "case_people": (COMPANY, "case_id"),
}
ROWS = {"insert": ("NEW",), "update": ("NEW", "OLD"), "delete": ("OLD",)}

ON_SQLITE = """
CREATE TRIGGER tr_{table}_tells_the_diary_of_{event} AFTER {event} ON "{table}"
BEGIN
    {notes}
END
"""
A_HOLD_ON_SQLITE = """
CREATE TRIGGER tr_offers_tells_the_diary_of_update AFTER UPDATE OF held_until ON offers
BEGIN
    INSERT INTO diary_changes (kind, resource_id, at)
    SELECT kind, resource_id, CURRENT_TIMESTAMP FROM claims WHERE offer_id = NEW.id;
END
"""

ON_POSTGRESQL = """
CREATE FUNCTION note_change_in_the_diary() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    seen jsonb;
BEGIN
    FOREACH seen IN ARRAY ARRAY[
        CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END,
        CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END
    ] LOOP
        IF seen IS NOT NULL THEN
            INSERT INTO diary_changes (kind, resource_id, at, xact) VALUES (
                coalesce(seen ->> TG_ARGV[0], TG_ARGV[0])::smallint,
                coalesce(seen ->> TG_ARGV[1], TG_ARGV[1])::integer,
                timezone('utc', clock_timestamp()),
                pg_current_xact_id()::text::bigint
            );
        END IF;
    END LOOP;
    RETURN NULL;
END
$$
"""
A_HOLD_ON_POSTGRESQL = """
CREATE FUNCTION note_hold_in_the_diary() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO diary_changes (kind, resource_id, at, xact)
    SELECT kind, resource_id, timezone('utc', clock_timestamp()), pg_current_xact_id()::text::bigint
    FROM claims WHERE offer_id = NEW.id;
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    """Add the table, and the triggers that fill it."""
    op.create_table(
        "diary_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("xact", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diary_changes")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_diary_changes_xact"), "diary_changes", ["xact"], unique=False)
    op.create_index("ix_claims_resource", "claims", ["kind", "resource_id", "starts_at"], unique=False)
    for need in ("needs_hearing_loop", "needs_quiet_room", "needs_parking"):
        op.add_column("people", sa.Column(need, sa.Boolean(), nullable=False, server_default=sa.false()))
    if op.get_bind().dialect.name == "sqlite":
        _listen_on_sqlite()
    else:
        _listen_on_postgresql()


def downgrade() -> None:
    """Undo it."""
    on_postgresql = op.get_bind().dialect.name != "sqlite"
    for table in (*TOLD_BY, "offers"):
        for event in ROWS if table != "offers" else ("update",):
            where = f' ON "{table}"' if on_postgresql else ""
            op.execute(f"DROP TRIGGER IF EXISTS tr_{table}_tells_the_diary_of_{event}{where}")
    if on_postgresql:
        op.execute("DROP FUNCTION note_change_in_the_diary(), note_hold_in_the_diary()")
    for need in ("needs_parking", "needs_quiet_room", "needs_hearing_loop"):
        op.drop_column("people", need)
    op.drop_index("ix_claims_resource", table_name="claims")
    op.drop_index(op.f("ix_diary_changes_xact"), table_name="diary_changes")
    op.drop_table("diary_changes")


def _listen_on_sqlite() -> None:
    for table, (kind, which) in TOLD_BY.items():
        for event, rows in ROWS.items():
            notes = "\n    ".join(
                "INSERT INTO diary_changes (kind, resource_id, at) "  # noqa: S608 - names of our own
                f"VALUES ({_of(row, kind)}, {_of(row, which)}, CURRENT_TIMESTAMP);"
                for row in rows
            )
            op.execute(ON_SQLITE.format(table=table, event=event, notes=notes))
    op.execute(A_HOLD_ON_SQLITE)


def _listen_on_postgresql() -> None:
    op.execute(ON_POSTGRESQL)
    op.execute(A_HOLD_ON_POSTGRESQL)
    for table, (kind, which) in TOLD_BY.items():
        for event in ROWS:
            op.execute(
                f'CREATE TRIGGER tr_{table}_tells_the_diary_of_{event} AFTER {event} ON "{table}" '
                f"FOR EACH ROW EXECUTE FUNCTION note_change_in_the_diary('{kind}', '{which}')"
            )
    op.execute(
        "CREATE TRIGGER tr_offers_tells_the_diary_of_update AFTER UPDATE OF held_until ON offers "
        "FOR EACH ROW EXECUTE FUNCTION note_hold_in_the_diary()"
    )


def _of(row: str, column: str | int) -> str:
    return f"{row}.{column}" if isinstance(column, str) else str(column)
