"""A proposed place says which booked meeting would move to it, where that is now, and for which case it makes room."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0048"
branch_labels = None
depends_on = None

REFERS = {
    "booking_id": "bookings",
    "for_case_id": "cases",
    "was_room_id": "rooms",
    "was_mediator_id": "mediators",
}
MODES = "'in person', 'by video', 'by telephone'"
TOO_OLD = "Proposed before the service noted which meeting it would move. The next plan proposes anew."


def upgrade() -> None:
    """What was proposed so far said so in a sentence only, by which nothing can be found again: it is passed over."""
    # In words that both databases take: SQLite would otherwise have to copy the table.
    for name, table in REFERS.items():
        op.execute(
            f"ALTER TABLE proposed_places ADD COLUMN {name} INTEGER "
            f"CONSTRAINT fk_proposed_places_{name} REFERENCES {table} (id)"
        )
    op.add_column("proposed_places", sa.Column("was_at", sa.DateTime(), nullable=True))
    op.execute(
        "ALTER TABLE proposed_places ADD COLUMN was_mode VARCHAR(60) "
        f"CONSTRAINT ck_proposed_places_was_mode CHECK (was_mode IN ({MODES})) "
        "CONSTRAINT ck_proposed_places_moves_from_somewhere CHECK "
        "((booking_id IS NULL) = (was_at IS NULL) AND (booking_id IS NULL) = (was_mode IS NULL) "
        "AND (booking_id IS NULL) = (for_case_id IS NULL))"
    )
    places = sa.table("proposed_places", *map(sa.column, ("state", "because", "settled_at", "proposal_id")))
    proposals = sa.table("proposals", sa.column("id"), sa.column("made_at"))
    made = sa.select(proposals.c.made_at).where(proposals.c.id == places.c.proposal_id).scalar_subquery()
    op.execute(
        sa.update(places)
        .where(places.c.state == "proposed", places.c.because.is_not(None))
        .values(state="passed over", because=TOO_OLD, settled_at=made)
    )


def downgrade() -> None:
    """What would have moved stays proposed no longer."""
    op.execute("DELETE FROM proposed_places WHERE booking_id IS NOT NULL AND state = 'proposed'")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE proposed_places DROP CONSTRAINT ck_proposed_places_moves_from_somewhere")
    for name in ("was_mode", "was_at", *REFERS):
        op.execute(f"ALTER TABLE proposed_places DROP COLUMN {name}")
