"""A certificate never changes once it is issued: the database refuses it."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Refuse to change or remove a certificate."""
    if op.get_bind().dialect.name == "sqlite":
        for when in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER certificates_never_{when.lower()} BEFORE {when} ON certificates "
                "BEGIN SELECT RAISE(ABORT, 'certificates never change'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER certificates_never_change BEFORE UPDATE OR DELETE ON certificates "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Allow it again."""
    if op.get_bind().dialect.name == "sqlite":
        for when in ("update", "delete"):
            op.execute(f"DROP TRIGGER certificates_never_{when}")
        return
    op.execute("DROP TRIGGER certificates_never_change ON certificates")
