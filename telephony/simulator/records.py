"""The provider's record of calls and texts in the demo: when each was made on the simulator's table."""

from datetime import datetime
from pathlib import Path

from scheduling.models import ContactChannel
from scheduling.outbox.carriers import NotCarried
from telephony.simulator.store import Store


class SimulatorCopies:
    """The table shows what was said on it until it is cleared, and keeps nothing beside."""

    def remove(self, provider_id: str) -> None:
        """There is nothing to delete."""


class SimulatorRecords:
    """Knows when each call and text of the simulator began."""

    def __init__(self, data_dir: Path) -> None:
        self._store = Store(data_dir)

    def made_at(self, channel: ContactChannel, provider_id: str) -> datetime:
        """When somebody rang, or pressed the button that sends."""
        is_call = channel is ContactChannel.CALL
        made_at = self._store.call_made_at(provider_id) if is_call else self._store.text_made_at(provider_id)
        if made_at is None:
            raise NotCarried("not of this table")
        return made_at
