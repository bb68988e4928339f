"""Where the meetings were that a closure moved, so that it can be undone while nobody has heard of it."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

PLACE = {
    "room_id": "rooms",
    "mediator_id": "mediators",
    "officer_id": "officers",
    "interpreter_id": "interpreters",
    "board_id": "care_boards",
}


def upgrade() -> None:
    """Closures of before cannot be undone: everybody has been told of them."""
    op.create_table(
        "moved_by_closures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("closure_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("mode", sa.String(60), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in PLACE),
        sa.ForeignKeyConstraint(
            ["closure_id"], ["closures.id"], name=op.f("fk_moved_by_closures_closure_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_moved_by_closures_booking_id"), ondelete="CASCADE"
        ),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_moved_by_closures_{name}"))
            for name, table in PLACE.items()
        ),
        sa.CheckConstraint("mode IN ('in person', 'by video', 'by telephone')", name=op.f("ck_moved_by_closures_mode")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moved_by_closures")),
    )
    op.create_index(op.f("ix_moved_by_closures_closure_id"), "moved_by_closures", ["closure_id"])
    op.create_index(op.f("ix_moved_by_closures_booking_id"), "moved_by_closures", ["booking_id"])


def downgrade() -> None:
    """The meetings stay where they are."""
    op.drop_table("moved_by_closures")
