"""Kept free for what follows."""

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to do yet."""


def downgrade() -> None:
    """Nothing to undo yet."""
