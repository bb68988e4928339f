"""Authorities: names, contracts, officers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Authorities: names, contracts, officers."""
    op.create_table(
        "authorities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("official_name", sa.Text(), nullable=False),
        sa.Column("ons_code", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorities")),
        sa.UniqueConstraint("code", name=op.f("uq_authorities_code")),
        sa.UniqueConstraint("name", name=op.f("uq_authorities_name")),
    )
    op.create_table(
        "authority_aliases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("must_ask", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["authority_id"], ["authorities.id"], name=op.f("fk_authority_aliases_authority_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_aliases")),
        sa.UniqueConstraint("authority_id", "words", name=op.f("uq_authority_aliases_authority_id_words")),
    )
    op.create_table(
        "authority_successions",
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authorities.id"], name=op.f("fk_authority_successions_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["authorities.id"], name=op.f("fk_authority_successions_successor_id")
        ),
        sa.PrimaryKeyConstraint("authority_id", "successor_id", name=op.f("pk_authority_successions")),
    )
    op.create_table(
        "contracts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_contracts_ends_after_start")),
        sa.ForeignKeyConstraint(["authority_id"], ["authorities.id"], name=op.f("fk_contracts_authority_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contracts")),
    )
    op.create_table(
        "officers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("may_decide", sa.Boolean(), nullable=False),
        sa.Column("is_manager", sa.Boolean(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["authority_id"], ["authorities.id"], name=op.f("fk_officers_authority_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officers")),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("officers")
    op.drop_table("contracts")
    op.drop_table("authority_successions")
    op.drop_table("authority_aliases")
    op.drop_table("authorities")
