"""How many tries in a row no carrier answered, for each channel."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No row, no failure."""
    op.create_table(
        "breakers",
        sa.Column("channel", sa.String(60), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.CheckConstraint("channel IN ('sms', 'email', 'call')", name=op.f("ck_breakers_channel")),
        sa.CheckConstraint("faults > 0", name=op.f("ck_breakers_failed_at_least_once")),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_breakers")),
    )


def downgrade() -> None:
    """Forget it."""
    op.drop_table("breakers")
