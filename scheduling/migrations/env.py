"""Alembic's entry: it is handed a connection and the whole metadata by whoever migrates."""

from typing import Literal

from alembic import context
from sqlalchemy import DateTime
from sqlalchemy.types import TypeDecorator


def _plain_types(kind: str, item: object, _context: object) -> str | Literal[False]:
    """A migration imports nothing of ours: our moment is written as SQLAlchemy's DateTime."""
    if kind == "type" and isinstance(item, TypeDecorator) and isinstance(item.impl_instance, DateTime):
        return "sa.DateTime()"
    return False


def _migrate() -> None:
    config = context.config
    context.configure(
        connection=config.attributes["connection"],
        target_metadata=config.attributes["metadata"],
        include_name=config.attributes.get("include_name"),
        render_item=_plain_types,
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


_migrate()
