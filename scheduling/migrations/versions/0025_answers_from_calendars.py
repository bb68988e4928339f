"""Who comes to a booked time, and the mails that come to us."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ANSWERS = ("comes", "may come", "cannot come")
CHANNELS = ("text", "link", "mail", "call", "staff")
KINDS = ("letter", "calendar answer", "bounce", "automatic reply")


def upgrade() -> None:
    """Make room for them."""
    _create_attendances()
    _create_inbound_mails()


def _create_attendances() -> None:
    op.create_table(
        "attendances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        _one_of("answer", ANSWERS, name="attends"),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("proposes_at", sa.DateTime(), nullable=True),
        sa.Column("proposes", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=False),
        _one_of("channel", CHANNELS, name="answeredby"),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.Column("seen_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("address = lower(address)", name=op.f("ck_attendances_address_lower_case")),
        sa.CheckConstraint("(seen_at IS NULL) = (seen_by_id IS NULL)", name=op.f("ck_attendances_seen_by_somebody")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_attendances_booking_id")),
        sa.ForeignKeyConstraint(["seen_by_id"], ["staff.id"], name=op.f("fk_attendances_seen_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendances")),
        sa.UniqueConstraint("booking_id", "address", name=op.f("uq_attendances_booking_id_address")),
    )
    op.create_index(op.f("ix_attendances_booking_id"), "attendances", ["booking_id"])


def _create_inbound_mails() -> None:
    references = {
        "case_id": "cases",
        "suggested_case_id": "cases",
        "booking_id": "bookings",
        "message_id": "messages",
        "handled_by_id": "staff",
    }
    op.create_table(
        "inbound_mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mail_id", sa.Text(), nullable=False),
        _one_of("kind", KINDS, name="mailkind"),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        *(sa.Column(column, sa.Integer(), nullable=True) for column in references),
        sa.Column("handled_at", sa.DateTime(), nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_inbound_mails_{column}"))
            for column, table in references.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_mails")),
        sa.UniqueConstraint("mail_id", name=op.f("uq_inbound_mails_mail_id")),
    )
    for column in ("case_id", "booking_id", "message_id"):
        op.create_index(op.f(f"ix_inbound_mails_{column}"), "inbound_mails", [column])


def _one_of(column: str, words: tuple[str, ...], *, name: str) -> sa.Column[str]:
    return sa.Column(
        column,
        sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=60),
        nullable=False,
    )


def downgrade() -> None:
    """Forget them."""
    for table in ("inbound_mails", "attendances"):
        op.drop_table(table)
