"""What became of meetings, and what was agreed."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What became of meetings, and what was agreed."""
    op.create_table(
        "agreements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column(
            "extent",
            sa.Enum(
                "all of it",
                "part of it",
                "none of it",
                name="extent",
                native_enum=False,
                create_constraint=True,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_agreements_case_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["staff.id"], name=op.f("fk_agreements_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
    )
    op.create_index(op.f("ix_agreements_case_id"), "agreements", ["case_id"], unique=False)
    op.create_table(
        "agreed_actions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "assess the child's needs, and say so",
                "finish the plan that follows the assessment",
                "say that no plan follows the assessment",
                "make a plan: the draft",
                "make a plan: the final plan",
                "amend the plan",
                "change only the school or its type in the plan",
                "keep the plan going",
                "anything that could not have been appealed",
                "tell the authority, which was not there",
                name="action",
                native_enum=False,
                create_constraint=True,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("written_down", sa.Date(), nullable=True),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("not_done_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("length(words) > 0", name=op.f("ck_agreed_actions_says_what")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_agreed_actions_agreement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreed_actions")),
    )
    op.create_index(op.f("ix_agreed_actions_agreement_id"), "agreed_actions", ["agreement_id"], unique=False)
    op.create_table(
        "meetings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column(
            "ending",
            sa.Enum(
                "concluded",
                "adjourned",
                "not held",
                name="ending",
                native_enum=False,
                create_constraint=True,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("family_came", sa.Boolean(), nullable=False),
        sa.Column("authority_came", sa.Boolean(), nullable=False),
        sa.Column("could_decide", sa.Boolean(), nullable=False),
        sa.Column("childs_views_sought", sa.Boolean(), nullable=False),
        sa.Column("expenses", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_meetings_booking_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["staff.id"], name=op.f("fk_meetings_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_meetings_booking_id")),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("meetings")
    op.drop_index(op.f("ix_agreed_actions_agreement_id"), table_name="agreed_actions")
    op.drop_table("agreed_actions")
    op.drop_index(op.f("ix_agreements_case_id"), table_name="agreements")
    op.drop_table("agreements")
