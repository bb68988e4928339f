"""Proposals of a whole plan, for a coordinator to accept or pass over."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

MODES = ("in person", "by video", "by telephone")
STATES = ("proposed", "booked", "passed over")


def upgrade() -> None:
    """Make room for them."""
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("night", sa.Date(), nullable=True),
        sa.Column("one_by_one", sa.Integer(), nullable=False),
        sa.Column("at_most", sa.Integer(), nullable=False),
        sa.CheckConstraint("one_by_one <= at_most", name=op.f("ck_proposals_no_more_than_at_most")),
        sa.ForeignKeyConstraint(["made_by_id"], ["staff.id"], name=op.f("fk_proposals_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("night", name=op.f("uq_proposals_night")),
    )
    op.create_table(
        "proposed_places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column(
            "mode", sa.Enum(*MODES, name="mode", native_enum=False, create_constraint=True, length=60), nullable=False
        ),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("mediator_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="proposedstate", native_enum=False, create_constraint=True, length=60),
            nullable=False,
        ),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "(mode = 'in person') = (room_id IS NOT NULL)", name=op.f("ck_proposed_places_in_a_room_or_from_afar")
        ),
        sa.CheckConstraint(
            "(state = 'proposed') = (settled_at IS NULL)", name=op.f("ck_proposed_places_settled_has_a_moment")
        ),
        sa.CheckConstraint(
            "state <> 'passed over' OR because IS NOT NULL", name=op.f("ck_proposed_places_passed_over_has_a_reason")
        ),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name=op.f("fk_proposed_places_proposal_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_proposed_places_case_id")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_proposed_places_room_id")),
        sa.ForeignKeyConstraint(["mediator_id"], ["mediators.id"], name=op.f("fk_proposed_places_mediator_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_proposed_places_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposed_places")),
        sa.UniqueConstraint("proposal_id", "case_id", name=op.f("uq_proposed_places_proposal_id_case_id")),
    )
    op.create_index(op.f("ix_proposed_places_case_id"), "proposed_places", ["case_id"])
    op.create_table(
        "left_out",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name=op.f("fk_left_out_proposal_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_left_out_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_left_out")),
    )
    op.create_index(op.f("ix_left_out_proposal_id"), "left_out", ["proposal_id"])


def downgrade() -> None:
    """Forget them."""
    op.drop_index(op.f("ix_left_out_proposal_id"), table_name="left_out")
    op.drop_table("left_out")
    op.drop_index(op.f("ix_proposed_places_case_id"), table_name="proposed_places")
    op.drop_table("proposed_places")
    op.drop_table("proposals")
