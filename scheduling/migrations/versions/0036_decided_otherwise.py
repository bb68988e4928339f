"""A line of history may say which earlier decision somebody decides otherwise."""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

FIXED = "id, case_id, venue_id, at, what, why, by_kind, by_staff_id, about"
FIXED_WITH_OVERRIDES = f"{FIXED}, overrides_id"


def upgrade() -> None:
    """Written once, like the rest of the line."""
    # In words that both databases take: SQLite would otherwise have to copy the table, and lose what guards it.
    op.execute(
        "ALTER TABLE history ADD COLUMN overrides_id INTEGER CONSTRAINT fk_history_overrides_id REFERENCES history (id)"
    )
    _never_change(FIXED_WITH_OVERRIDES)


def downgrade() -> None:
    """What was decided otherwise stays as a line of its own."""
    _never_change(FIXED)
    op.execute("ALTER TABLE history DROP COLUMN overrides_id")


def _never_change(fixed: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER history_never_change")
        op.execute(
            f"CREATE TRIGGER history_never_change BEFORE UPDATE OF {fixed} ON history "
            "BEGIN SELECT RAISE(ABORT, 'history never change'); END"
        )
        return
    op.execute("DROP TRIGGER history_never_change ON history")
    op.execute(
        f"CREATE TRIGGER history_never_change BEFORE UPDATE OF {fixed} ON history "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
