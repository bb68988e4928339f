"""Links by which both parties choose a time, and the moment at which a round of offers ends."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

BEFORE = ("the family's page", "the authority acknowledges", "an agreed action")
ADDED = ("the family chooses a time", "the authority chooses a time")


def upgrade() -> None:
    """A round that was offered before ends with its holds."""
    _let_links_be(BEFORE, (*BEFORE, *ADDED))
    op.add_column("offers", sa.Column("closes_at", sa.DateTime(), nullable=True))
    op.execute("UPDATE offers SET closes_at = held_until")
    if op.get_bind().dialect.name == "sqlite":
        _rebuild("offers", "closes_at DATETIME", "closes_at DATETIME NOT NULL")
    else:
        op.alter_column("offers", "closes_at", nullable=False)


def downgrade() -> None:
    """Links for choosing open nothing in the older form, so they go."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild("offers", ", closes_at DATETIME NOT NULL", "")
    else:
        op.drop_column("offers", "closes_at")
    op.execute(f"DELETE FROM links WHERE purpose IN ({_listed(ADDED)})")  # noqa: S608 - our own words
    _let_links_be((*BEFORE, *ADDED), BEFORE)


def _let_links_be(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Other purposes that a link may have."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild("links", f"purpose IN ({_listed(before)})", f"purpose IN ({_listed(after)})")
        return
    op.drop_constraint(op.f("ck_links_purpose"), "links", type_="check")
    op.create_check_constraint(op.f("ck_links_purpose"), "links", f"purpose IN ({_listed(after)})")


def _listed(purposes: tuple[str, ...]) -> str:
    return ", ".join("'" + purpose.replace("'", "''") + "'" for purpose in purposes)


def _rebuild(table: str, before: str, after: str) -> None:
    """SQLite cannot change a rule: the table is built anew, word for word but for this, with its indexes.

    Whoever migrates has foreign keys switched off, so that dropping the old table takes nothing else with it.
    """
    connection = op.get_bind()
    known = f"SELECT sql FROM sqlite_master WHERE tbl_name = '{table}' AND sql IS NOT NULL AND type {{}} 'table'"  # noqa: S608
    built = str(connection.scalar(sa.text(known.format("="))))
    others = list(connection.scalars(sa.text(known.format("<>"))))
    if before not in built:
        message = f"{table} is not built as it was expected: there is no “{before}” in it"
        raise RuntimeError(message)
    anew = re.sub(rf'CREATE TABLE "?{table}"?', f"CREATE TABLE {table}_anew", built.replace(before, after), count=1)
    op.execute(sa.text(anew.replace(":", r"\:")))
    columns = ", ".join(name for _, name, *_ in connection.execute(sa.text(f"PRAGMA table_info({table}_anew)")))
    op.execute(f"INSERT INTO {table}_anew ({columns}) SELECT {columns} FROM {table}")  # noqa: S608 - our own names
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE {table}_anew RENAME TO {table}")
    for statement in others:
        op.execute(sa.text(statement.replace(":", r"\:")))
