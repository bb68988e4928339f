"""The vault: a key for each case and person, and in each row what its sealed values are bound to.

What is there already is sealed afterwards, batch by batch, by whoever migrates: a migration knows no keys. So rows
that never change may be sealed once. Going back leaves what is sealed as it is, for good: the way back is a backup.
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

HOLDERS = ("cases", "people")
SEALED = (
    *HOLDERS,
    "accounts",
    "agreed_actions",
    "attendances",
    "bookings",
    "breaches",
    "calendars",
    "call_backs",
    "calls",
    "case_people",
    "contacts",
    "feedback",
    "inbound_mails",
    "meetings",
    "messages",
    "notice_consents",
    "tellings",
    "text_threads",
)
FIXED = {
    "contacts": "channel, number, provider_id, said, words, received_at",
    "tellings": "id, case_id, officer_id, issues, told_at",
}
STAYS = "an answer about notice stays as it was given"
SEALED_ALREADY = "NOT (OLD.seal IS NULL AND NEW.seal IS NOT NULL)"


def upgrade() -> None:
    """Make room for keys and seals."""
    op.create_table(
        "data_keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("master_id", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_keys")),
    )
    op.create_index(op.f("ix_data_keys_master_id"), "data_keys", ["master_id"])
    for table in HOLDERS:
        op.add_column(table, sa.Column("data_key_id", sa.Text()))
    for table in SEALED:
        op.add_column(table, sa.Column("seal", sa.Text()))
    _guard(f" WHEN {SEALED_ALREADY}", f"OLD.answered_at IS NOT NULL AND {SEALED_ALREADY}")


def downgrade() -> None:
    """Take them away."""
    _guard("", "OLD.answered_at IS NOT NULL")
    for table in SEALED:
        op.drop_column(table, "seal")
    for table in HOLDERS:
        op.drop_column(table, "data_key_id")
    op.drop_index(op.f("ix_data_keys_master_id"), "data_keys")
    op.drop_table("data_keys")


def _guard(when: str, answered: str) -> None:
    """What never changes: contacts and tellings where this is so, and consents that are answered."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, columns in FIXED.items():
        name, moment = f"{table}_never_change", f"BEFORE UPDATE OF {columns}{', seal' if when else ''}"
        if on_sqlite:
            does = f"BEGIN SELECT RAISE(ABORT, '{table} never change'); END"
            _replace(name, table, f"{moment} ON {table}{when} {does}")
        else:
            when_ = when.replace("WHEN ", "WHEN (") + ")" if when else ""
            _replace(name, table, f"{moment} ON {table} FOR EACH ROW{when_} EXECUTE FUNCTION refuse_change()")
    name, table = "notice_consents_never_update", "notice_consents"
    if on_sqlite:
        does = f"BEGIN SELECT RAISE(ABORT, '{STAYS}'); END"
        _replace(name, table, f"BEFORE UPDATE ON {table} WHEN {answered} {does}")
    else:
        _replace(
            name, table, f"BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({answered}) EXECUTE FUNCTION refuse_change()"
        )


def _replace(name: str, table: str, trigger: str) -> None:
    on_table = "" if op.get_bind().dialect.name == "sqlite" else f" ON {table}"
    op.execute(f"DROP TRIGGER {name}{on_table}")
    op.execute(f"CREATE TRIGGER {name} {trigger}")
