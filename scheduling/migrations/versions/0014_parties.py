"""Care boards, willingness and breaches."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Care boards, willingness and breaches."""
    op.create_table(
        "care_boards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_boards")),
        sa.UniqueConstraint("name", name=op.f("uq_care_boards_name")),
    )
    op.create_table(
        "breaches",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column(
            "caused_by",
            sa.Enum(
                "the family",
                "the authority",
                "the integrated care board",
                "the mediator",
                "the venue",
                "the service",
                name="side",
                native_enum=False,
                create_constraint=True,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_breaches_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_breaches")),
    )
    op.create_table(
        "care_tellings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("board_id", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["care_boards.id"], name=op.f("fk_care_tellings_board_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_care_tellings_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_tellings")),
        sa.UniqueConstraint("case_id", "board_id", name=op.f("uq_care_tellings_case_id_board_id")),
    )
    op.create_table(
        "willing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column(
            "party",
            sa.Enum(
                "the family",
                "the authority",
                "the school",
                "the health body",
                name="party",
                native_enum=False,
                create_constraint=True,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("is_willing", sa.Boolean(), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_willing_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_willing")),
        sa.UniqueConstraint("case_id", "party", name=op.f("uq_willing_case_id_party")),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("willing")
    op.drop_table("care_tellings")
    op.drop_table("breaches")
    op.drop_table("care_boards")
