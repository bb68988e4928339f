"""Bookings that moved, and which side caused it."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

SIDES = "'the family', 'the authority', 'the integrated care board', 'the mediator', 'the venue', 'the service'"


def upgrade() -> None:
    """Make room for them."""
    op.create_table(
        "moved_bookings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("moved_at", sa.DateTime(), nullable=False),
        sa.Column("caused_by", sa.String(60), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("was_at", sa.DateTime(), nullable=False),
        sa.Column("is_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(f"caused_by IN ({SIDES})", name=op.f("ck_moved_bookings_side")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_moved_bookings_booking_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moved_bookings")),
    )
    op.create_index(op.f("ix_moved_bookings_booking_id"), "moved_bookings", ["booking_id"])
    op.create_index(op.f("ix_messages_booking_id"), "messages", ["booking_id"])


def downgrade() -> None:
    """Forget them."""
    op.drop_index(op.f("ix_messages_booking_id"), "messages")
    op.drop_table("moved_bookings")
