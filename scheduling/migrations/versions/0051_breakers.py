"""How many tries in a row no carrier answered, for each channel."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

CHANNELS = ("sms", "email", "call")


def upgrade() -> None:
    """Each channel begins as one that works."""
    breakers = op.create_table(
        "breakers",
        sa.Column("channel", sa.String(60), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.CheckConstraint("channel IN ('sms', 'email', 'call')", name=op.f("ck_breakers_channel")),
        sa.CheckConstraint("(faults = 0) = (since IS NULL)", name=op.f("ck_breakers_since_the_first_fault")),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_breakers")),
    )
    op.bulk_insert(breakers, [{"channel": channel, "faults": 0} for channel in CHANNELS])


def downgrade() -> None:
    """Forget it."""
    op.drop_table("breakers")
