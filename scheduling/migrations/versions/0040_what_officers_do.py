"""What officers do themselves: who comes and when, links of their own; and alarms about many looks."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has said anything yet."""
    op.add_column("tellings", sa.Column("said_when_at", sa.DateTime(), nullable=True))
    op.create_table(
        "attendees",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("may_agree", sa.Boolean(), nullable=False),
        sa.Column("named_at", sa.DateTime(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_attendees_email_lower_case")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_attendees_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendees")),
        sa.UniqueConstraint("case_id", "email", name=op.f("uq_attendees_case_id_email")),
    )
    op.create_table(
        "officer_links",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_officer_links_officer_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_officer_links")),
    )
    op.create_index(op.f("ix_officer_links_officer_id"), "officer_links", ["officer_id"])
    op.create_table(
        "look_alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.Column("seen_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(seen_at IS NULL) = (seen_by_id IS NULL)", name=op.f("ck_look_alarms_seen_by_somebody")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_look_alarms_staff_id")),
        sa.ForeignKeyConstraint(["seen_by_id"], ["staff.id"], name=op.f("fk_look_alarms_seen_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_alarms")),
    )
    op.create_index(op.f("ix_look_alarms_staff_id"), "look_alarms", ["staff_id"])


def downgrade() -> None:
    """What officers have said stands in the history of the cases; here it is forgotten."""
    op.drop_table("look_alarms")
    op.drop_table("officer_links")
    op.drop_table("attendees")
    op.drop_column("tellings", "said_when_at")
