"""Bookings, claims and quarter-hour cells."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bookings, claims and quarter-hour cells."""
    op.create_table(
        "bookings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("advice", "mediation", name="bookingkind", native_enum=False, create_constraint=True, length=60),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "confirmed", "cancelled", name="bookingstatus", native_enum=False, create_constraint=True, length=60
            ),
            nullable=False,
        ),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("mediator_id", sa.Integer(), nullable=True),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("adviser_id", sa.Integer(), nullable=True),
        sa.Column("booked_at", sa.DateTime(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(), nullable=True),
        sa.Column("cancelled_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(status = 'cancelled') = (cancelled_at IS NOT NULL)", name=op.f("ck_bookings_cancelled_has_a_moment")
        ),
        sa.CheckConstraint("kind <> 'advice' OR adviser_id IS NOT NULL", name=op.f("ck_bookings_advice_is_whole")),
        sa.CheckConstraint(
            "kind <> 'mediation' OR (room_id IS NOT NULL AND mediator_id IS NOT NULL AND officer_id IS NOT NULL)",
            name=op.f("ck_bookings_mediation_is_whole"),
        ),
        sa.CheckConstraint("sequence >= 0", name=op.f("ck_bookings_sequence_rises")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_bookings_ends_after_start")),
        sa.ForeignKeyConstraint(["adviser_id"], ["staff.id"], name=op.f("fk_bookings_adviser_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_bookings_case_id")),
        sa.ForeignKeyConstraint(["mediator_id"], ["mediators.id"], name=op.f("fk_bookings_mediator_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_bookings_officer_id")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_bookings_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
        sa.UniqueConstraint("uid", name=op.f("uq_bookings_uid")),
    )
    op.create_index(op.f("ix_bookings_case_id"), "bookings", ["case_id"], unique=False)
    op.create_index(op.f("ix_bookings_starts_at"), "bookings", ["starts_at"], unique=False)
    op.create_index(
        "uq_bookings_live_case_kind",
        "bookings",
        ["case_id", "kind"],
        unique=True,
        sqlite_where=sa.text("status <> 'cancelled'"),
        postgresql_where=sa.text("status <> 'cancelled'"),
    )
    op.create_table(
        "claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_claims_ends_after_start")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_claims_booking_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
    )
    op.create_index(op.f("ix_claims_booking_id"), "claims", ["booking_id"], unique=False)
    op.create_table(
        "cells",
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.BigInteger(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_cells_claim_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("kind", "resource_id", "quarter", name=op.f("pk_cells")),
    )
    op.create_index(op.f("ix_cells_claim_id"), "cells", ["claim_id"], unique=False)


def downgrade() -> None:
    """Undo it."""
    op.drop_index(op.f("ix_cells_claim_id"), table_name="cells")
    op.drop_table("cells")
    op.drop_index(op.f("ix_claims_booking_id"), table_name="claims")
    op.drop_table("claims")
    op.drop_index(
        "uq_bookings_live_case_kind",
        table_name="bookings",
        sqlite_where=sa.text("status <> 'cancelled'"),
        postgresql_where=sa.text("status <> 'cancelled'"),
    )
    op.drop_index(op.f("ix_bookings_starts_at"), table_name="bookings")
    op.drop_index(op.f("ix_bookings_case_id"), table_name="bookings")
    op.drop_table("bookings")
