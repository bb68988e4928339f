"""Who answers what came in, where families find local advice, and a history of how the service is run."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

ADDED = {
    "contacts": (
        "assigned_to_id INTEGER CONSTRAINT fk_contacts_assigned_to_id REFERENCES staff (id)",
        "is_not_ours BOOLEAN NOT NULL DEFAULT false",
    ),
    "inbound_mails": (
        "assigned_to_id INTEGER CONSTRAINT fk_inbound_mails_assigned_to_id REFERENCES staff (id)",
        "is_not_ours BOOLEAN NOT NULL DEFAULT false",
    ),
    "authorities": ("local_offer TEXT", "advice_service TEXT", "advice_page TEXT", "advice_number TEXT"),
}

ABOUT_A_CASE = "case_id IS NOT NULL OR venue_id IS NOT NULL"
ABOUT_ANYTHING = f"{ABOUT_A_CASE} OR about IS NOT NULL"
FIXED = "id, case_id, venue_id, at, what, why, by_kind, by_staff_id"
FIXED_WITH_ABOUT = f"{FIXED}, about"


def upgrade() -> None:
    """Make room for them; history stays as it was written."""
    for table, columns in ADDED.items():
        for column in columns:
            # In words that both databases take: SQLite would otherwise have to copy the table, and lose what guards it.
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    op.execute("ALTER TABLE history ADD COLUMN about TEXT")
    _let_history_be(ABOUT_A_CASE, ABOUT_ANYTHING, FIXED, FIXED_WITH_ABOUT)
    op.create_index(op.f("ix_history_about"), "history", ["about"], unique=False)


def downgrade() -> None:
    """Forget them, and what history says of neither case nor venue."""
    op.drop_index(op.f("ix_history_about"), "history")
    _forget_what_is_about_neither()
    _let_history_be(ABOUT_ANYTHING, ABOUT_A_CASE, FIXED_WITH_ABOUT, FIXED)
    if op.get_bind().dialect.name == "sqlite":
        for table, columns in {**ADDED, "history": ("about TEXT",)}.items():
            _rebuild(table, [(f", {column}", "") for column in columns])
        return
    for table, columns in {**ADDED, "history": ("about",)}.items():
        for column in columns:
            op.drop_column(table, column.split()[0])


def _let_history_be(before: str, after: str, fixed_before: str, fixed_after: str) -> None:
    """Other rules about what a line may be of, and about which of its columns never change."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(
            "history", [(f"CHECK ({before})", f"CHECK ({after})"), (f"OF {fixed_before} ON", f"OF {fixed_after} ON")]
        )
        return
    op.drop_constraint(op.f("ck_history_about_something"), "history", type_="check")
    op.create_check_constraint(op.f("ck_history_about_something"), "history", after)
    op.execute("DROP TRIGGER history_never_change ON history")
    op.execute(
        f"CREATE TRIGGER history_never_change BEFORE UPDATE OF {fixed_after} ON history "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def _forget_what_is_about_neither() -> None:
    """Lines that the older form cannot hold: the guard stands aside for this alone."""
    gone = f"DELETE FROM history WHERE NOT ({ABOUT_A_CASE})"  # noqa: S608 - our own words
    if op.get_bind().dialect.name != "sqlite":
        op.execute("ALTER TABLE history DISABLE TRIGGER history_never_go")
        op.execute(gone)
        op.execute("ALTER TABLE history ENABLE TRIGGER history_never_go")
        return
    guard = op.get_bind().scalar(sa.text("SELECT sql FROM sqlite_master WHERE name = 'history_never_go'"))
    op.execute("DROP TRIGGER history_never_go")
    op.execute(gone)
    op.execute(str(guard))


def _rebuild(table: str, changes: list[tuple[str, str]]) -> None:
    """SQLite cannot change a rule: the table is built anew, word for word but for these, with all that guards it.

    Whoever migrates has foreign keys switched off, so that dropping the old table takes nothing else with it.
    """
    connection = op.get_bind()
    known = f"SELECT sql FROM sqlite_master WHERE tbl_name = '{table}' AND sql IS NOT NULL AND type {{}} 'table'"  # noqa: S608
    built = str(connection.scalar(sa.text(known.format("="))))
    others = list(connection.scalars(sa.text(known.format("<>"))))
    built, *others = (_with(statement, changes) for statement in (built, *others))
    anew = re.sub(rf'CREATE TABLE "?{table}"?', f"CREATE TABLE {table}_anew", built, count=1)
    op.execute(sa.text(anew.replace(":", r"\:")))
    columns = ", ".join(name for _, name, *_ in connection.execute(sa.text(f"PRAGMA table_info({table}_anew)")))
    op.execute(f"INSERT INTO {table}_anew ({columns}) SELECT {columns} FROM {table}")  # noqa: S608 - our own names
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE {table}_anew RENAME TO {table}")
    for statement in others:
        op.execute(sa.text(statement.replace(":", r"\:")))


def _with(statement: str, changes: list[tuple[str, str]]) -> str:
    for before, after in changes:
        statement = statement.replace(before, after)
    return statement
