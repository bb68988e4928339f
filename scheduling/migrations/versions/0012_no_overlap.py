"""A second lock on PostgreSQL: no two claims on one resource overlap, whatever the cells say."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Exclude overlapping claims, in a form that needs no extension to be installed."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        "ALTER TABLE claims ADD CONSTRAINT ex_claims_no_overlap EXCLUDE USING gist ("
        "int4range(kind, kind, '[]') WITH &&, "
        "int4range(resource_id, resource_id, '[]') WITH &&, "
        "tsrange(starts_at, ends_at) WITH &&)"
    )


def downgrade() -> None:
    """Leave the cells as the only lock."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE claims DROP CONSTRAINT ex_claims_no_overlap")
