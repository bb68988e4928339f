"""Codes that are said in a call: to a family that cannot or would rather not be texted."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

TABLE = "outgoing_calls"
COUNTED = " + ".join(f"CASE WHEN {one}_id IS NULL THEN 0 ELSE 1 END" for one in ("place", "call_back", "booking"))
RULES = {
    "rung": ("rung IN ('adviser', 'family', 'reminder')", "rung IN ('adviser', 'family', 'reminder', 'code')"),
    "a_reminder_has_no_adviser": (
        "(rung = 'reminder') = (adviser_id IS NULL)",
        "(rung IN ('reminder', 'code')) = (adviser_id IS NULL)",
    ),
    "about_one_thing": (f"{COUNTED} = 1", f"{COUNTED} + CASE WHEN code_id IS NULL THEN 0 ELSE 1 END = 1"),
}
"""By the names of the rules, before and after."""
LEADS_TO = ", CONSTRAINT fk_outgoing_calls_code_id FOREIGN KEY(code_id) REFERENCES link_codes (id) ON DELETE CASCADE"
"""When a code is forgotten, so is that somebody was rung for it."""
LAST = ", CONSTRAINT ck_outgoing_calls_a_reminder_has_no_adviser CHECK ({})"


def upgrade() -> None:
    """A call may be about a code, and then no adviser has part in it."""
    op.execute(f"ALTER TABLE {TABLE} ADD COLUMN code_id INTEGER")
    _let_rules_be([(before, after) for before, after in RULES.values()])
    if op.get_bind().dialect.name == "sqlite":
        last = LAST.format(RULES["a_reminder_has_no_adviser"][1])
        _rebuild([(last, f"{last}{LEADS_TO}")])
    else:
        op.execute(f"ALTER TABLE {TABLE} ADD {LEADS_TO.removeprefix(', ')}")


def downgrade() -> None:
    """What is known of calls with a code is lost, but for their messages."""
    op.execute(f"DELETE FROM {TABLE} WHERE rung = 'code'")  # noqa: S608 - our own name
    if op.get_bind().dialect.name == "sqlite":
        _rebuild([(LEADS_TO, "")])
    _let_rules_be([(after, before) for before, after in RULES.values()])
    op.execute(f"ALTER TABLE {TABLE} DROP COLUMN code_id")


def _let_rules_be(changes: list[tuple[str, str]]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(changes)
        return
    for name, (_, rule) in zip(RULES, changes, strict=True):
        op.drop_constraint(op.f(f"ck_{TABLE}_{name}"), TABLE, type_="check")
        op.create_check_constraint(op.f(f"ck_{TABLE}_{name}"), TABLE, rule)


def _rebuild(changes: list[tuple[str, str]]) -> None:
    """SQLite cannot change a rule: the table is built anew, word for word but for these.

    Whoever migrates has foreign keys switched off, so that dropping the old table takes nothing else with it.
    """
    connection = op.get_bind()
    if connection.scalar(sa.text("PRAGMA foreign_keys")):
        message = "switch foreign keys off before a table is built anew"
        raise RuntimeError(message)
    known = f"SELECT sql FROM sqlite_master WHERE tbl_name = '{TABLE}' AND sql IS NOT NULL AND type {{}} 'table'"  # noqa: S608
    built = str(connection.scalar(sa.text(known.format("="))))
    others = list(connection.scalars(sa.text(known.format("<>"))))
    for before, after in changes:
        if before not in built:
            message = f"{TABLE} is not built as it was expected: there is no “{before}” in it"
            raise RuntimeError(message)
        built = built.replace(before, after)
    anew = re.sub(rf'CREATE TABLE "?{TABLE}"?', f"CREATE TABLE {TABLE}_anew", built, count=1)
    op.execute(sa.text(anew.replace(":", r"\:")))
    op.execute(f"INSERT INTO {TABLE}_anew SELECT * FROM {TABLE}")  # noqa: S608 - our own names
    op.execute(f"DROP TABLE {TABLE}")
    op.execute(f"ALTER TABLE {TABLE}_anew RENAME TO {TABLE}")
    for statement in others:
        op.execute(sa.text(statement.replace(":", r"\:")))
