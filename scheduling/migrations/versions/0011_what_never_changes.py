"""Contacts, tellings and history never change once written: the database refuses it."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# What a contact said and when it came is fixed; whose case it is and who dealt with it are found out later.
FIXED = {
    "contacts": "channel, number, provider_id, said, words, received_at",
    "tellings": "id, case_id, officer_id, issues, told_at",
    "history": "id, case_id, venue_id, at, what, why, by_kind, by_staff_id",
}


def upgrade() -> None:
    """Refuse to change or remove what was written."""
    if op.get_bind().dialect.name == "sqlite":
        for table, columns in FIXED.items():
            op.execute(
                f"CREATE TRIGGER {table}_never_change BEFORE UPDATE OF {columns} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} never change'); END"
            )
            op.execute(
                f"CREATE TRIGGER {table}_never_go BEFORE DELETE ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} are never removed'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% never change', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$"
    )
    for table, columns in FIXED.items():
        op.execute(
            f"CREATE TRIGGER {table}_never_change BEFORE UPDATE OF {columns} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_never_go BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Allow it again."""
    on_table = op.get_bind().dialect.name != "sqlite"
    for table in FIXED:
        for trigger in (f"{table}_never_change", f"{table}_never_go"):
            op.execute(f"DROP TRIGGER {trigger}" + (f" ON {table}" if on_table else ""))
    if on_table:
        op.execute("DROP FUNCTION refuse_change()")
