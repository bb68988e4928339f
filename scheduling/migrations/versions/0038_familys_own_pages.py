"""The family's own pages: codes, visits, what was answered there, whom a link is for, and who comes along."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

COLUMNS = (
    ("links", "person_id", "INTEGER CONSTRAINT fk_links_person_id REFERENCES people (id)"),
    ("case_people", "relation", "TEXT"),
    ("case_people", "is_invited", "BOOLEAN NOT NULL DEFAULT false"),
    ("people", "needs_breaks", "BOOLEAN NOT NULL DEFAULT false"),
)
QUESTIONS = (
    "what makes the meeting easier",
    "who comes",
    "what the council may be told",
    "when they cannot come",
)


def upgrade() -> None:
    """A link that was made before is for the person whose case it is."""
    # In words that both databases take: SQLite would otherwise have to copy the tables, and lose their triggers.
    for table, column, kind in COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
    _codes_and_visits()
    op.create_table(
        "answered_questions",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "question",
            sa.Enum(*QUESTIONS, name="question", native_enum=False, create_constraint=True, length=60),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_answered_questions_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_answered_questions_person_id")),
        sa.PrimaryKeyConstraint("case_id", "person_id", "question", name=op.f("pk_answered_questions")),
    )
    _feedback()


def downgrade() -> None:
    """What families said of us is lost with its table; nobody is let in without a code that was sent."""
    for table in ("feedback", "answered_questions", "visits", "link_codes"):
        op.drop_table(table)
    for table, column, _ in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


def _codes_and_visits() -> None:
    op.create_table(
        "link_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_link_codes_tries_are_counted")),
        sa.ForeignKeyConstraint(["link_hash"], ["links.token_hash"], name=op.f("fk_link_codes_link_hash")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_link_codes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_codes")),
    )
    op.create_index(op.f("ix_link_codes_link_hash"), "link_codes", ["link_hash"])
    op.create_index(op.f("ix_link_codes_person_id"), "link_codes", ["person_id"])
    op.create_table(
        "visits",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("link_hash", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["link_hash"], ["links.token_hash"], name=op.f("fk_visits_link_hash")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_visits_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_visits_person_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_visits")),
    )
    op.create_index(op.f("ix_visits_link_hash"), "visits", ["link_hash"])


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("wants_reply", sa.Boolean(), nullable=False),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        sa.Column("dealt_with_at", sa.DateTime(), nullable=True),
        sa.Column("dealt_with_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name=op.f("ck_feedback_score_from_one_to_five")),
        sa.CheckConstraint(
            "(dealt_with_at IS NULL) = (dealt_with_by_id IS NULL)", name=op.f("ck_feedback_dealt_with_by_somebody")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_feedback_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_feedback_person_id")),
        sa.ForeignKeyConstraint(["dealt_with_by_id"], ["staff.id"], name=op.f("fk_feedback_dealt_with_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("key", name=op.f("uq_feedback_key")),
    )
    op.create_index(op.f("ix_feedback_case_id"), "feedback", ["case_id"])
