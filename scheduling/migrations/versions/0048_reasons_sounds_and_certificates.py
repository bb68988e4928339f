"""Reasons, the sound of voicemails, certificates and what the line answered are sealed too.

What is there already is sealed afterwards, by whoever migrates. Of what never changes the sealed columns may be sealed
once, and nothing else of the row with them. Going back leaves what is sealed as it is: the way back is a backup.
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

SEALED = (
    "certificates",
    "closures",
    "conflicts",
    "erasure_batches",
    "events",
    "history",
    "legal_holds",
    "looks",
    "moved_bookings",
    "voicemails",
)
FIXED = {
    "history": "id, case_id, venue_id, at, what, by_kind, by_staff_id, about, overrides_id",
    "looks": "id, staff_id, role, case_id, at",
    "certificates": "id, case_id, kind, number, code, issued_at, issued_on, issued_by_id, appeal_by,"
    " appeal_last_lawful, digest",
}
SEALED_ONCE = {"history": ("why",), "looks": ("reason",), "certificates": ("document", "reason")}
BEFORE = {
    "history": "UPDATE OF id, case_id, venue_id, at, what, why, by_kind, by_staff_id, about, overrides_id",
    "looks": "UPDATE",
    "certificates": "UPDATE",
}
OF_ITS_CASE = (
    "NOT EXISTS (SELECT 1 FROM erasures JOIN erasure_batches ON erasure_batches.id = erasures.batch_id "
    "WHERE erasure_batches.confirmed_at IS NOT NULL AND erasures.kind = 'case' AND erasures.object_id = OLD.case_id)"
)


def upgrade() -> None:
    """Make room for seals."""
    for table in SEALED:
        op.add_column(table, sa.Column("seal", sa.Text()))
    for table, fixed in FIXED.items():
        _guard(table, f"UPDATE OF {fixed}")
        _create(f"{table}_sealed_once", table, _once(table), unless=_is_sealing(table))


def downgrade() -> None:
    """Take them away."""
    for table in FIXED:
        op.execute(f"DROP TRIGGER {table}_sealed_once{_on(table)}")
        _guard(table, BEFORE[table])
    for table in SEALED:
        op.drop_column(table, "seal")


def _once(table: str) -> str:
    return f"UPDATE OF {', '.join(SEALED_ONCE[table])}, seal"


def _is_sealing(table: str) -> str:
    """Nothing comes where nothing was, and what was in the open is sealed."""
    begins = "NEW.{0} LIKE 'v1|%'"
    if op.get_bind().dialect.name == "sqlite":  # not every SQLite looks into bytes with LIKE
        begins = "CAST(substr(NEW.{0}, 1, 3) AS TEXT) = 'v1|'"
    same = f"(OLD.{{0}} IS NULL AND NEW.{{0}} IS NULL OR OLD.{{0}} IS NOT NULL AND {begins})"
    return " AND ".join(["OLD.seal IS NULL AND NEW.seal IS NOT NULL", *map(same.format, SEALED_ONCE[table])])


def _guard(table: str, moment: str) -> None:
    name = f"{table}_never_change"
    if table == "certificates" and op.get_bind().dialect.name == "sqlite":
        name = "certificates_never_update"
    elif table == "certificates":  # one guard against both, there
        moment = f"DELETE OR {moment}"
    op.execute(f"DROP TRIGGER {name}{_on(table)}")
    _create(name, table, moment)


def _create(name: str, table: str, moment: str, *, unless: str = "") -> None:
    if op.get_bind().dialect.name == "sqlite":
        when = f"NOT ({unless}) AND {OF_ITS_CASE}" if unless else OF_ITS_CASE
        does = f"BEGIN SELECT RAISE(ABORT, '{table} never change'); END"
        op.execute(f"CREATE TRIGGER {name} BEFORE {moment} ON {table} WHEN {when} {does}")
        return
    when = f" WHEN (NOT ({unless}))" if unless else ""
    op.execute(f"CREATE TRIGGER {name} BEFORE {moment} ON {table} FOR EACH ROW{when} EXECUTE FUNCTION refuse_change()")


def _on(table: str) -> str:
    return "" if op.get_bind().dialect.name == "sqlite" else f" ON {table}"
