"""Links by which an integrated care board chooses a time."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

CHOOSES = "'the care board chooses a time'"
BEFORE = "'the authority chooses a time')"
AFTER = f"'the authority chooses a time', {CHOOSES})"


def upgrade() -> None:
    """One purpose more."""
    _let_links_be(BEFORE, AFTER)


def downgrade() -> None:
    """Links for choosing open nothing in the older form, so they go."""
    op.execute(f"DELETE FROM links WHERE purpose = {CHOOSES}")  # noqa: S608 - our own words
    _let_links_be(AFTER, BEFORE)


def _let_links_be(before: str, after: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(before, after)
        return
    known = "'the family''s page', 'the authority acknowledges', 'an agreed action', 'the family chooses a time', "
    op.drop_constraint(op.f("ck_links_purpose"), "links", type_="check")
    op.create_check_constraint(op.f("ck_links_purpose"), "links", f"purpose IN ({known}{after}")


def _rebuild(before: str, after: str) -> None:
    """SQLite cannot change a rule: the table is built anew, word for word but for this, with its indexes.

    Whoever migrates has foreign keys switched off, so that dropping the old table takes nothing else with it.
    """
    connection = op.get_bind()
    if connection.scalar(sa.text("PRAGMA foreign_keys")):
        message = "switch foreign keys off before a table is built anew"
        raise RuntimeError(message)
    known = "SELECT sql FROM sqlite_master WHERE tbl_name = 'links' AND sql IS NOT NULL AND type {} 'table'"
    built = str(connection.scalar(sa.text(known.format("="))))
    others = list(connection.scalars(sa.text(known.format("<>"))))
    if before not in built:
        message = f"links is not built as it was expected: there is no “{before}” in it"
        raise RuntimeError(message)
    anew = re.sub(r'CREATE TABLE "?links"?', "CREATE TABLE links_anew", built.replace(before, after), count=1)
    op.execute(sa.text(anew.replace(":", r"\:")))
    op.execute("INSERT INTO links_anew SELECT * FROM links")
    op.execute("DROP TABLE links")
    op.execute("ALTER TABLE links_anew RENAME TO links")
    for statement in others:
        op.execute(sa.text(statement.replace(":", r"\:")))
