"""Kept free for what follows."""

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to do yet."""


def downgrade() -> None:
    """Nothing to undo yet."""
