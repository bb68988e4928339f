"""PINs prove a family on the telephone, voicemails are kept for a while, and a record says more of what is safe."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MOMENT, WORDS, YES_OR_NO = sa.DateTime(), sa.Text(), sa.Boolean()
ADDED = (
    ("people", "code_word", WORDS),
    ("people", "may_say_place", YES_OR_NO),
    ("people", "texts_fail_since", MOMENT),
    ("contacts", "may_mean_danger", YES_OR_NO),
    ("calls", "keyed_reference", WORDS),
    ("calls", "proved_at", MOMENT),
    ("call_backs", "wanted_from", MOMENT),
    ("call_backs", "wanted_until", MOMENT),
)


def upgrade() -> None:
    """Make room for them."""
    for table, name, kind in ADDED:
        is_known = kind is YES_OR_NO
        default = sa.false() if is_known else None
        op.add_column(table, sa.Column(name, kind, nullable=not is_known, server_default=default))
    _create_pins()
    _create_voicemails()


def _create_pins() -> None:
    op.create_table(
        "pins",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_pins_case_id")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["staff.id"], name=op.f("fk_pins_issued_by_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_pins")),
    )
    op.create_table(
        "wrong_pins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("call_sid", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_pins")),
    )
    for column in ("reference", "call_sid"):
        op.create_index(op.f(f"ix_wrong_pins_{column}"), "wrong_pins", [column], unique=False)


def _create_voicemails() -> None:
    op.create_table(
        "voicemails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("sound", sa.LargeBinary(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("left_at", sa.DateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(), nullable=True),
        sa.Column("fetched_at", sa.DateTime(), nullable=True),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.Column("forgotten_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_voicemails_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voicemails")),
        sa.UniqueConstraint("contact_id", name=op.f("uq_voicemails_contact_id")),
        sa.UniqueConstraint("recording_id", name=op.f("uq_voicemails_recording_id")),
    )
    op.create_table(
        "listenings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("voicemail_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_listenings_staff_id")),
        sa.ForeignKeyConstraint(["voicemail_id"], ["voicemails.id"], name=op.f("fk_listenings_voicemail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listenings")),
    )
    op.create_index(op.f("ix_listenings_voicemail_id"), "listenings", ["voicemail_id"], unique=False)


def downgrade() -> None:
    """Forget them."""
    for table in ("listenings", "voicemails", "wrong_pins", "pins"):
        op.drop_table(table)
    for table, name, _ in reversed(ADDED):
        op.drop_column(table, name)
