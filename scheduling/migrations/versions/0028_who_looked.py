"""Who looked at a family's case, and for which authorities a coordinator works."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ROLES = ("coordinator", "adviser", "mediator", "authority officer", "manager", "administrator")


def upgrade() -> None:
    """Write down each look, for good; remember whose authorities are whose."""
    op.create_table(
        "coordinator_works_for",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_coordinator_works_for_staff_id")),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authorities.id"], name=op.f("fk_coordinator_works_for_authority_id")
        ),
        sa.PrimaryKeyConstraint("staff_id", "authority_id", name=op.f("pk_coordinator_works_for")),
    )
    op.create_table(
        "looks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(*ROLES, name="role", native_enum=False, create_constraint=True, length=60),
            nullable=False,
        ),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("reason IS NULL OR length(reason) > 0", name=op.f("ck_looks_reason_says_something")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_looks_staff_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_looks_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looks")),
    )
    op.create_index("ix_looks_case_id_staff_id_at", "looks", ["case_id", "staff_id", "at"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER looks_never_change BEFORE UPDATE ON looks "
            "BEGIN SELECT RAISE(ABORT, 'looks never change'); END"
        )
        op.execute(
            "CREATE TRIGGER looks_never_go BEFORE DELETE ON looks "
            "BEGIN SELECT RAISE(ABORT, 'looks are never removed'); END"
        )
        return
    for trigger, event in (("looks_never_change", "UPDATE"), ("looks_never_go", "DELETE")):
        op.execute(f"CREATE TRIGGER {trigger} BEFORE {event} ON looks FOR EACH ROW EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    """Undo it."""
    op.drop_index("ix_looks_case_id_staff_id_at", table_name="looks")
    op.drop_table("looks")
    op.drop_table("coordinator_works_for")
