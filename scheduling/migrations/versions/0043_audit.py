"""The audit: chains of what was done and who looked, to which the database lets nobody do anything but add."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

FOR_GOOD = {
    "audit": "chain = NEW.chain AND seq = NEW.seq",
    "audit_anchors": "number = NEW.number",
    "audit_anchored": "number = NEW.number AND chain = NEW.chain",
}
"""Each table, and how a row is known that is there already."""


def upgrade() -> None:
    """Begin the chains; what was written before is vouched for by nothing."""
    op.create_table(
        "audit",
        sa.Column("chain", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=True),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail_hash", sa.Text(), nullable=True),
        sa.Column("prev", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("seq > 0", name=op.f("ck_audit_seq_counts")),
        sa.PrimaryKeyConstraint("chain", "seq", name=op.f("pk_audit")),
    )
    op.create_table(
        "audit_heads",
        sa.Column("chain", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "audit_salts",
        sa.Column("chain", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "seq", name=op.f("pk_audit_salts")),
    )
    op.create_table(
        "audit_anchors",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("chains", sa.Integer(), nullable=False),
        sa.Column("prev", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_anchors")),
    )
    op.create_table(
        "audit_anchored",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("chain", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["audit_anchors.number"], name=op.f("fk_audit_anchored_number")),
        sa.PrimaryKeyConstraint("number", "chain", name=op.f("pk_audit_anchored")),
    )
    op.create_index("ix_audit_anchored_chain_seq", "audit_anchored", ["chain", "seq"])
    _keep()


def _keep() -> None:

    if op.get_bind().dialect.name == "sqlite":
        for table, same in FOR_GOOD.items():
            for when in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_never_{when.lower()} BEFORE {when} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'the audit never changes'); END"
                )
            # INSERT OR REPLACE tells no trigger of the row that goes, unless the connection asks for it.
            there = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - our own words
            op.execute(
                f"CREATE TRIGGER {table}_never_replaced BEFORE INSERT ON {table} WHEN {there} "
                "BEGIN SELECT RAISE(ABORT, 'the audit never changes'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit never changes' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in FOR_GOOD:
        op.execute(
            f"CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
        )


def downgrade() -> None:
    """End the chains."""
    for table in ("audit_anchored", "audit_anchors", "audit_salts", "audit_heads", "audit"):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_audit_change()")
