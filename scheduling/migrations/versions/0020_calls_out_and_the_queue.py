"""Calls go out through the outbox, and callers wait in a queue for a person."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None

WITHOUT_CALLS = "'sms', 'email'"
WITH_CALLS = "'sms', 'email', 'call'"


def upgrade() -> None:
    """Make room for outgoing calls, the queue and the rota."""
    _allow_channels(WITH_CALLS, instead_of=WITHOUT_CALLS)
    op.add_column("call_backs", sa.Column("in_line_since", sa.DateTime(), nullable=True))
    op.add_column("call_backs", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("call_backs", sa.Column("next_try_at", sa.DateTime(), nullable=True))
    op.create_table(
        "on_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_on_call_ends_after_start")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_on_call_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_on_call")),
    )
    op.create_index(op.f("ix_on_call_staff_id"), "on_call", ["staff_id"], unique=False)
    op.create_table(
        "queue_places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_sid", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("deadline_soon", sa.Boolean(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("said_position", sa.Integer(), nullable=True),
        sa.Column("left_at", sa.DateTime(), nullable=True),
        sa.Column(
            "result",
            sa.Enum(
                "taken",
                "call back",
                "hung up",
                "failed",
                name="leftqueue",
                native_enum=False,
                create_constraint=True,
                length=60,
            ),
            nullable=True,
        ),
        sa.CheckConstraint("(result IS NULL) = (left_at IS NULL)", name=op.f("ck_queue_places_left_has_a_result")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_queue_places_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_places")),
        sa.UniqueConstraint("call_sid", name=op.f("uq_queue_places_call_sid")),
    )
    _create_outgoing_calls()


def _create_outgoing_calls() -> None:
    op.create_table(
        "outgoing_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column(
            "rung",
            sa.Enum("adviser", "family", name="rung", native_enum=False, create_constraint=True, length=60),
            nullable=False,
        ),
        sa.Column("adviser_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("call_back_id", sa.Integer(), nullable=True),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("waits_id", sa.Integer(), nullable=True),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("taken_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "taken",
                "not taken",
                "not answered",
                "machine",
                "message left",
                "not placed",
                name="calloutcome",
                native_enum=False,
                create_constraint=True,
                length=60,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "CASE WHEN place_id IS NULL THEN 0 ELSE 1 END + CASE WHEN call_back_id IS NULL THEN 0 ELSE 1 END "
            "+ CASE WHEN booking_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_outgoing_calls_about_one_thing"),
        ),
        sa.CheckConstraint(
            "(rung = 'family') = (waits_id IS NOT NULL)", name=op.f("ck_outgoing_calls_somebody_waits_for_a_family")
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (ended_at IS NULL)", name=op.f("ck_outgoing_calls_ended_has_an_outcome")
        ),
        sa.ForeignKeyConstraint(["adviser_id"], ["staff.id"], name=op.f("fk_outgoing_calls_adviser_id")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_outgoing_calls_booking_id")),
        sa.ForeignKeyConstraint(["call_back_id"], ["call_backs.id"], name=op.f("fk_outgoing_calls_call_back_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_outgoing_calls_message_id")),
        sa.ForeignKeyConstraint(["place_id"], ["queue_places.id"], name=op.f("fk_outgoing_calls_place_id")),
        sa.ForeignKeyConstraint(["waits_id"], ["outgoing_calls.id"], name=op.f("fk_outgoing_calls_waits_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_calls")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outgoing_calls_message_id")),
        sa.UniqueConstraint("waits_id", name=op.f("uq_outgoing_calls_waits_id")),
    )
    for column in ("adviser_id", "place_id", "call_back_id", "booking_id"):
        op.create_index(op.f(f"ix_outgoing_calls_{column}"), "outgoing_calls", [column], unique=False)
    op.create_index(
        "uq_outgoing_calls_live_adviser",
        "outgoing_calls",
        ["adviser_id"],
        unique=True,
        sqlite_where=sa.text("rung = 'adviser' AND ended_at IS NULL"),
        postgresql_where=sa.text("rung = 'adviser' AND ended_at IS NULL"),
    )


def downgrade() -> None:
    """Take calls back to texts and mail; what is known of calls made is lost."""
    op.drop_table("outgoing_calls")
    op.drop_table("queue_places")
    op.drop_table("on_call")
    for column in ("next_try_at", "attempts", "in_line_since"):
        op.drop_column("call_backs", column)
    op.execute("DELETE FROM attempts WHERE message_id IN (SELECT id FROM messages WHERE channel = 'call')")
    op.execute("DELETE FROM messages WHERE channel = 'call'")
    _allow_channels(WITHOUT_CALLS, instead_of=WITH_CALLS)


def _allow_channels(channels: str, *, instead_of: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_messages(instead_of, channels)
        return
    op.drop_constraint(op.f("ck_messages_channel"), "messages", type_="check")
    op.create_check_constraint(op.f("ck_messages_channel"), "messages", f"channel IN ({channels})")


def _rebuild_messages(old: str, new: str) -> None:
    """SQLite cannot change a constraint: the table is built anew, word for word but for these.

    A batch of Alembic's would lose the other constraints. The attempts stand aside, or dropping the old table would
    break their references.
    """
    connection = op.get_bind()
    known = "SELECT sql FROM sqlite_master WHERE tbl_name = 'messages' AND sql IS NOT NULL AND type {} 'table'"
    built = str(connection.scalar(sa.text(known.format("="))))
    others = list(connection.scalars(sa.text(known.format("<>"))))
    if f"({old})" not in built:
        message = "the table of messages is not as the migration before this one left it"
        raise RuntimeError(message)
    renamed = re.sub(r'CREATE TABLE "?messages"?', "CREATE TABLE messages_anew", built, count=1)
    op.execute("CREATE TEMP TABLE attempts_aside AS SELECT * FROM attempts")
    op.execute("DELETE FROM attempts")
    op.execute(sa.text(renamed.replace(f"({old})", f"({new})").replace(":", r"\:")))
    op.execute("INSERT INTO messages_anew SELECT * FROM messages")
    op.execute("DROP TABLE messages")
    op.execute("ALTER TABLE messages_anew RENAME TO messages")
    for statement in others:
        op.execute(sa.text(statement))
    op.execute("INSERT INTO attempts SELECT * FROM attempts_aside")
    op.execute("DROP TABLE attempts_aside")
