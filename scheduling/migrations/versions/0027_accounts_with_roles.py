"""Authority officers sign in; recovery codes, sign-in with Entra, and sessions that can be named and ended."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

BEFORE = ("coordinator", "adviser", "mediator", "manager", "administrator")
NOW = ("coordinator", "adviser", "mediator", "authority officer", "manager", "administrator")


def upgrade() -> None:
    """Let officers sign in, and everybody in safer ways. Who has signed in signs in once more."""
    _roles(NOW)
    with _keeping_triggers("officers"), op.batch_alter_table("officers") as officers:
        officers.add_column(sa.Column("staff_id", sa.Integer(), nullable=True))
        officers.create_foreign_key(op.f("fk_officers_staff_id"), "staff", ["staff_id"], ["id"])
        officers.create_unique_constraint(op.f("uq_officers_staff_id"), ["staff_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_recovery_codes_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_codes_code_hash")),
    )
    op.create_index(op.f("ix_recovery_codes_staff_id"), "recovery_codes", ["staff_id"])
    op.create_table(
        "entra_identities",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_entra_identities_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_entra_identities")),
        sa.UniqueConstraint("tenant_id", "object_id", name=op.f("uq_entra_identities_tenant_id_object_id")),
    )
    _drop_sessions()
    op.create_table(
        "signed_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("proved_at", sa.DateTime(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_signed_in_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_signed_in_token_hash")),
    )
    op.create_index(op.f("ix_signed_in_staff_id"), "signed_in", ["staff_id"])


def downgrade() -> None:
    """Undo it. An officer's account has no role to go back to, so it becomes one that opens least."""
    _drop_sessions()
    op.create_table(
        "signed_in",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_signed_in_staff_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_signed_in")),
    )
    op.create_index(op.f("ix_signed_in_staff_id"), "signed_in", ["staff_id"])
    op.drop_table("entra_identities")
    op.drop_index(op.f("ix_recovery_codes_staff_id"), table_name="recovery_codes")
    op.drop_table("recovery_codes")
    with _keeping_triggers("officers"), op.batch_alter_table("officers") as officers:
        officers.drop_constraint(op.f("uq_officers_staff_id"), type_="unique")
        officers.drop_constraint(op.f("fk_officers_staff_id"), type_="foreignkey")
        officers.drop_column("staff_id")
    op.execute("UPDATE staff SET role = 'mediator', is_active = false WHERE role = 'authority officer'")
    _roles(BEFORE)


def _roles(roles: tuple[str, ...]) -> None:
    """Let the database know these roles and no others."""
    listed = ", ".join(f"'{role}'" for role in roles)
    with op.batch_alter_table("staff") as staff:
        staff.drop_constraint(op.f("ck_staff_role"), type_="check")
        staff.create_check_constraint(op.f("ck_staff_role"), sa.text(f"role IN ({listed})"))


def _drop_sessions() -> None:
    op.drop_index(op.f("ix_signed_in_staff_id"), table_name="signed_in")
    op.drop_table("signed_in")


@contextmanager
def _keeping_triggers(table: str) -> Iterator[None]:
    """On SQLite a table is changed by building it anew, which loses what listens to it."""
    connection = op.get_bind()
    listening = []
    if connection.dialect.name == "sqlite":
        written = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
        listening = list(connection.scalars(written, {"table": table}))
    yield
    for trigger in listening:
        connection.exec_driver_sql(trigger)
