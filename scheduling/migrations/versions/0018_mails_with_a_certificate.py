"""A mail may carry a certificate."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a message name the certificate that goes with it."""
    # In words that both databases take: SQLite would otherwise have to copy the table, and lose what guards it.
    op.execute(
        "ALTER TABLE messages ADD COLUMN certificate_id INTEGER "
        "CONSTRAINT fk_messages_certificate_id REFERENCES certificates (id)"
    )


def downgrade() -> None:
    """Let mails go without."""
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("messages") as messages:
            messages.drop_column("certificate_id")
        return
    op.drop_column("messages", "certificate_id")
