"""What a venue costs, whom to ask there, and for what each of its rooms is used."""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

USES = "'meetings', 'talks apart', 'nothing'"
USED_FOR = f"used_for VARCHAR(60) DEFAULT 'meetings' NOT NULL CONSTRAINT ck_rooms_roomuse CHECK (used_for IN ({USES}))"
ADDED = {"venues": ("cost TEXT", "contact TEXT"), "rooms": (USED_FOR,)}


def upgrade() -> None:
    """Make room for them: every room that there is was for meetings."""
    for table, columns in ADDED.items():
        for column in columns:
            # In words that both databases take: SQLite would otherwise have to copy the table, and lose its triggers.
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def downgrade() -> None:
    """Forget them."""
    for table, columns in ADDED.items():
        for column in columns:
            op.drop_column(table, column.split()[0])
