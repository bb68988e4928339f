"""Numbers and mail addresses are found by a keyed digest beside the sealed value; what was unique is unique by it.

The digests of what is there already come with its sealing, by whoever migrates.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

ADDED = {
    "people": ("number", "email", "other_number"),
    "contacts": ("number",),
    "messages": ("address",),
    "inbound_mails": ("sender",),
    "call_backs": ("number",),
    "calls": ("number", "call_back_number"),
    "text_threads": ("theirs",),
    "attendances": ("address",),
}
LOOKED_FOR = {
    "people": ("number", "email"),
    "contacts": ("number",),
    "messages": ("address",),
    "inbound_mails": ("sender",),
}
UNIQUE = {"text_threads": ("ours", "theirs"), "attendances": ("booking_id", "address")}
LOWER_CASE = "ck_attendances_address_lower_case"


def upgrade() -> None:
    """Look by digest from now on."""
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, sa.Column(f"{column}_index", sa.Text()))
    op.drop_index("ix_people_number", "people")
    for table, columns in LOOKED_FOR.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}_index"), table, [f"{column}_index"])
    _wait_once_by("number_index")
    if op.get_bind().dialect.name == "sqlite":
        for table in UNIQUE:
            _rebuild(table, with_index=True)
        return
    op.drop_constraint(op.f(LOWER_CASE), "attendances", type_="check")
    for table, (first, second) in UNIQUE.items():
        op.drop_constraint(op.f(f"uq_{table}_{first}_{second}"), table, type_="unique")
        op.create_unique_constraint(op.f(f"uq_{table}_{first}_{second}_index"), table, [first, f"{second}_index"])


def downgrade() -> None:
    """Look by the value again, which finds nothing that is sealed."""
    if op.get_bind().dialect.name == "sqlite":
        for table in UNIQUE:
            _rebuild(table, with_index=False)
    else:
        for table, (first, second) in UNIQUE.items():
            op.drop_constraint(op.f(f"uq_{table}_{first}_{second}_index"), table, type_="unique")
            op.create_unique_constraint(op.f(f"uq_{table}_{first}_{second}"), table, [first, second])
        op.create_check_constraint(op.f(LOWER_CASE), "attendances", "address = lower(address) OR address LIKE 'v1|%'")
    _wait_once_by("number")
    for table, columns in LOOKED_FOR.items():
        for column in columns:
            op.drop_index(op.f(f"ix_{table}_{column}_index"), table)
    op.create_index("ix_people_number", "people", ["number"])
    for table, columns in ADDED.items():
        for column in columns:
            op.drop_column(table, f"{column}_index")


def _wait_once_by(column: str) -> None:
    """At most one call back waits for each number."""
    waiting = sa.text("done_at IS NULL")
    name = "uq_call_backs_waiting_number"
    op.drop_index(name, "call_backs")
    op.create_index(name, "call_backs", [column], unique=True, sqlite_where=waiting, postgresql_where=waiting)


def _changed(table: str, built: str, *, with_index: bool) -> str:
    """The words of the table with the other unique columns."""
    first, second = UNIQUE[table]
    by_value = f"uq_{table}_{first}_{second} UNIQUE ({first}, {second})"
    by_index = f"uq_{table}_{first}_{second}_index UNIQUE ({first}, {second}_index)"
    if not with_index:
        return built.replace(by_index, by_value)
    return re.sub(rf",\s*CONSTRAINT {LOWER_CASE} CHECK \([^()]*\([^()]*\)[^()]*\)", "", built).replace(
        by_value, by_index
    )


def _rebuild(table: str, *, with_index: bool) -> None:
    """SQLite cannot change a rule: the table is built anew, word for word but for these."""
    connection = op.get_bind()
    if connection.scalar(sa.text("PRAGMA foreign_keys")):
        message = "switch foreign keys off before a table is built anew"
        raise RuntimeError(message)
    known = "SELECT sql FROM sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL AND type {} 'table'"
    built = str(connection.scalar(sa.text(known.format("=")), {"table": table}))
    others = list(connection.scalars(sa.text(known.format("<>")), {"table": table}))
    anew = re.sub(rf'CREATE TABLE "?{table}"?', f"CREATE TABLE {table}_anew", built, count=1)
    op.execute(sa.text(_changed(table, anew, with_index=with_index).replace(":", r"\:")))
    op.execute(f"INSERT INTO {table}_anew SELECT * FROM {table}")  # noqa: S608 - names of ours
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE {table}_anew RENAME TO {table}")
    for statement in others:
        op.execute(sa.text(statement.replace(":", r"\:")))
