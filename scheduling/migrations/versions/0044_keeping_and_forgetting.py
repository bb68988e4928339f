"""What is due to be erased, what must stay, what the provider still holds, and who has asked for their own records."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

CONFIRMED = (
    "SELECT 1 FROM erasures JOIN erasure_batches ON erasure_batches.id = erasures.batch_id "
    "WHERE erasure_batches.confirmed_at IS NOT NULL AND erasures.kind = '{kind}' AND erasures.object_id = {of}"
)
OF_ITS_CASE = f"NOT EXISTS ({CONFIRMED.format(kind='case', of='OLD.case_id')})"
OF_ITSELF = f"NOT EXISTS ({CONFIRMED.format(kind='enquiry', of='OLD.id')})"

CASE_OF_THE_ROW = "(row_of ->> 'case_id')::int"
ID_OF_THE_ROW = "(row_of ->> 'id')::int AND TG_TABLE_NAME = 'contacts'"
STANDS_ASIDE = f"""
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE row_of jsonb := to_jsonb(OLD);
BEGIN
  IF EXISTS ({CONFIRMED.format(kind="case", of=CASE_OF_THE_ROW)})
    OR EXISTS ({CONFIRMED.format(kind="enquiry", of=ID_OF_THE_ROW)})
  THEN
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% never change', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
STANDS_FIRM = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '% never change', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; "
    "END $$"
)


def upgrade() -> None:
    """Keep what there is; nothing is due before somebody has looked."""
    _erasures()
    _holds_copies_and_requests()
    if op.get_bind().dialect.name == "sqlite":
        _change_guards(stand_aside=True)
    else:
        op.execute(STANDS_ASIDE)


def _erasures() -> None:
    op.create_table(
        "erasure_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (because IS NULL)", name=op.f("ck_erasure_batches_confirmed_for_a_reason")
        ),
        sa.CheckConstraint(
            "finished_at IS NULL OR confirmed_at IS NOT NULL", name=op.f("ck_erasure_batches_nothing_unconfirmed")
        ),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["staff.id"], name=op.f("fk_erasure_batches_confirmed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_batches")),
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "case", "enquiry", "mail", name="recordclass", native_enum=False, create_constraint=True, length=60
            ),
            nullable=False,
        ),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["erasure_batches.id"], name=op.f("fk_erasures_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("kind", "object_id", name=op.f("uq_erasures_kind_object_id")),
    )
    op.create_index(op.f("ix_erasures_batch_id"), "erasures", ["batch_id"])


def _holds_copies_and_requests() -> None:
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(), nullable=True),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_because", sa.Text(), nullable=True),
        sa.CheckConstraint("length(because) > 0", name=op.f("ck_legal_holds_says_why")),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_because IS NULL)", name=op.f("ck_legal_holds_lifted_for_a_reason")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_legal_holds_case_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["staff.id"], name=op.f("fk_legal_holds_set_by_id")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["staff.id"], name=op.f("fk_legal_holds_lifted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_holds")),
    )
    standing = sa.text("lifted_at IS NULL")
    op.create_index(
        "uq_legal_holds_standing",
        "legal_holds",
        ["case_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_table(
        "provider_copies",
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(), nullable=True),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("provider_id", name=op.f("pk_provider_copies")),
    )
    op.create_index("ix_provider_copies_next_try_at", "provider_copies", ["next_try_at"])
    op.create_table(
        "access_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_access_requests_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_access_requests_person_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["staff.id"], name=op.f("fk_access_requests_recorded_by_id")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["staff.id"], name=op.f("fk_access_requests_answered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_requests")),
    )
    op.create_index(op.f("ix_access_requests_case_id"), "access_requests", ["case_id"])


def _change_guards(*, stand_aside: bool) -> None:
    """SQLite: every guard of a table that knows its case stands aside for a case that may be erased, and no other."""
    connection = op.get_bind()
    wanted = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE(ABORT%'"
    for name, table, sql in connection.execute(sa.text(wanted)).all():
        columns = {column[1] for column in connection.execute(sa.text(f"PRAGMA table_info({table})"))}
        if "case_id" not in columns:
            continue
        guard = f"{OF_ITS_CASE} AND {OF_ITSELF}" if table == "contacts" else OF_ITS_CASE
        changed = _guarded(sql, guard) if stand_aside else _unguarded(sql, guard)
        op.execute(sa.text(f"DROP TRIGGER {name}"))
        op.execute(sa.text(changed.replace(":", r"\:")))


def _guarded(sql: str, guard: str) -> str:
    head, body = sql.split(" BEGIN ", 1)
    return f"{head} AND {guard} BEGIN {body}" if " WHEN " in head else f"{head} WHEN {guard} BEGIN {body}"


def _unguarded(sql: str, guard: str) -> str:
    return sql.replace(f" AND {guard} BEGIN ", " BEGIN ").replace(f" WHEN {guard} BEGIN ", " BEGIN ")


def downgrade() -> None:
    """Let nothing stand aside any more, and forget what was due."""
    if op.get_bind().dialect.name == "sqlite":
        _change_guards(stand_aside=False)
    else:
        op.execute(STANDS_FIRM)
    for table in ("access_requests", "provider_copies", "legal_holds", "erasures", "erasure_batches"):
        op.drop_table(table)
