"""Reminders by call, at the person's preference: a call to a family for which no adviser waits."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

RUNG, RUNG_TOO = "rung IN ('adviser', 'family')", "rung IN ('adviser', 'family', 'reminder')"
ALONE, RULE = "ck_outgoing_calls_a_reminder_has_no_adviser", "(rung = 'reminder') = (adviser_id IS NULL)"
PREFERRED = "reminded_by VARCHAR(60) CONSTRAINT ck_people_remindedby CHECK (reminded_by IN ('text', 'call'))"


def upgrade() -> None:
    """Nobody has been asked yet, so nobody's preference is known."""
    # In words that both databases take: SQLite would otherwise have to copy the table, and lose its triggers.
    op.execute(f"ALTER TABLE people ADD COLUMN {PREFERRED}")
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(with_reminders=True)
        return
    op.alter_column("outgoing_calls", "adviser_id", nullable=True)
    op.drop_constraint(op.f("ck_outgoing_calls_rung"), "outgoing_calls", type_="check")
    op.create_check_constraint(op.f("ck_outgoing_calls_rung"), "outgoing_calls", RUNG_TOO)
    op.create_check_constraint(op.f(ALONE), "outgoing_calls", RULE)


def downgrade() -> None:
    """Take reminders back to texts; what is known of reminders by call is lost, but for their messages."""
    op.execute("DELETE FROM outgoing_calls WHERE rung = 'reminder'")
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(with_reminders=False)
    else:
        op.drop_constraint(op.f(ALONE), "outgoing_calls", type_="check")
        op.drop_constraint(op.f("ck_outgoing_calls_rung"), "outgoing_calls", type_="check")
        op.create_check_constraint(op.f("ck_outgoing_calls_rung"), "outgoing_calls", RUNG)
        op.alter_column("outgoing_calls", "adviser_id", nullable=False)
    op.drop_column("people", "reminded_by")


def _changed(built: str, *, with_reminders: bool) -> str:
    """The words of the table with the wider rules, or with the narrower ones."""
    added = f", CONSTRAINT {ALONE} CHECK ({RULE})"
    if not with_reminders:
        narrowed = built.replace(added, "").replace(RUNG_TOO, RUNG)
        return re.sub(r"\badviser_id INTEGER\b", "adviser_id INTEGER NOT NULL", narrowed, count=1)
    widened = built.replace("adviser_id INTEGER NOT NULL", "adviser_id INTEGER").replace(RUNG, RUNG_TOO)
    return f"{widened.rstrip().removesuffix(')')}{added})"


def _rebuild(*, with_reminders: bool) -> None:
    """SQLite cannot change a rule: the table is built anew, word for word but for these.

    Whoever migrates has foreign keys switched off, so that dropping the old table takes nothing else with it.
    """
    connection = op.get_bind()
    if connection.scalar(sa.text("PRAGMA foreign_keys")):
        message = "switch foreign keys off before a table is built anew"
        raise RuntimeError(message)
    known = "SELECT sql FROM sqlite_master WHERE tbl_name = 'outgoing_calls' AND sql IS NOT NULL AND type {} 'table'"
    built = str(connection.scalar(sa.text(known.format("="))))
    others = list(connection.scalars(sa.text(known.format("<>"))))
    anew = re.sub(r'CREATE TABLE "?outgoing_calls"?', "CREATE TABLE outgoing_calls_anew", built, count=1)
    op.execute(sa.text(_changed(anew, with_reminders=with_reminders).replace(":", r"\:")))
    op.execute("INSERT INTO outgoing_calls_anew SELECT * FROM outgoing_calls")
    op.execute("DROP TABLE outgoing_calls")
    op.execute("ALTER TABLE outgoing_calls_anew RENAME TO outgoing_calls")
    for statement in others:
        op.execute(sa.text(statement.replace(":", r"\:")))
