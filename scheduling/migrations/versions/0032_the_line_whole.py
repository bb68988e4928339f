"""The language that a caller has chosen, and when the provider was last asked for its own time of a contact."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for both."""
    op.add_column("calls", sa.Column("language", sa.Text(), nullable=True))
    op.create_index("ix_contacts_received_at", "contacts", ["received_at"])
    op.add_column("contacts", sa.Column("provider_asked_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    """Forget both."""
    op.drop_column("contacts", "provider_asked_at")
    op.drop_index("ix_contacts_received_at", "contacts")
    op.drop_column("calls", "language")
