"""Feeds that calendars read by themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

OWNERS = {"mediator_id": "mediators", "venue_id": "venues", "staff_id": "staff"}


def upgrade() -> None:
    """Make room for them."""
    op.create_table(
        "feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        *(sa.Column(column, sa.Integer(), nullable=True) for column in OWNERS),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("last_read_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            " + ".join(f"(CASE WHEN {column} IS NULL THEN 0 ELSE 1 END)" for column in OWNERS) + " = 1",
            name=op.f("ck_feeds_of_one"),
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_feeds_{column}"))
            for column, table in OWNERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_feeds_token_hash")),
    )
    for column in OWNERS:
        op.create_index(op.f(f"ix_feeds_{column}"), "feeds", [column])


def downgrade() -> None:
    """Forget them."""
    op.drop_table("feeds")
