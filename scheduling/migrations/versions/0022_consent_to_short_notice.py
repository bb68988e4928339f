"""A family may agree to shorter notice, and a cancelled booking says which side called it off."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SIDES = "'the family', 'the authority', 'the integrated care board', 'the mediator', 'the venue', 'the service'"
FOREIGN = {
    "case_id": "cases.id",
    "room_id": "rooms.id",
    "mediator_id": "mediators.id",
    "officer_id": "officers.id",
    "booking_id": "bookings.id",
    "message_id": "messages.id",
    "asked_by_id": "staff.id",
}
STAYS = "an answer about notice stays as it was given"


def upgrade() -> None:
    """Make room for both; an answer, once written down, never changes."""
    # In words that both databases take: SQLite would otherwise have to copy the table, and lose what guards it.
    op.execute(
        "ALTER TABLE bookings ADD COLUMN cancelled_by_side VARCHAR(60) "
        f"CONSTRAINT ck_bookings_side CHECK (cancelled_by_side IN ({SIDES}))"
    )
    op.create_table(
        "notice_consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("mediator_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("booking_sequence", sa.Integer(), nullable=True),
        sa.Column("channel", sa.Enum("text", "call", name="askedby", native_enum=False, length=60), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("answer", sa.Boolean(), nullable=True),
        sa.Column("answer_in_words", sa.Text(), nullable=True),
        sa.CheckConstraint("channel IN ('text', 'call')", name=op.f("ck_notice_consents_askedby")),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer IS NULL)", name=op.f("ck_notice_consents_answer_has_a_moment")
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer_in_words IS NULL)", name=op.f("ck_notice_consents_answer_has_words")
        ),
        sa.CheckConstraint(
            "(booking_id IS NULL) = (booking_sequence IS NULL)", name=op.f("ck_notice_consents_meeting_as_it_was")
        ),
        *(
            sa.ForeignKeyConstraint([column], [there], name=op.f(f"fk_notice_consents_{column}"))
            for column, there in FOREIGN.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_consents")),
    )
    op.create_index(op.f("ix_notice_consents_case_id"), "notice_consents", ["case_id"], unique=False)
    _keep_answers()


def _keep_answers() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER notice_consents_never_update BEFORE UPDATE ON notice_consents "
            f"WHEN OLD.answered_at IS NOT NULL BEGIN SELECT RAISE(ABORT, '{STAYS}'); END"
        )
        op.execute(
            "CREATE TRIGGER notice_consents_never_delete BEFORE DELETE ON notice_consents "
            f"BEGIN SELECT RAISE(ABORT, '{STAYS}'); END"
        )
        return
    op.execute(
        "CREATE TRIGGER notice_consents_never_update BEFORE UPDATE ON notice_consents "
        "FOR EACH ROW WHEN (OLD.answered_at IS NOT NULL) EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER notice_consents_never_delete BEFORE DELETE ON notice_consents "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("notice_consents")
    op.drop_column("bookings", "cancelled_by_side")
