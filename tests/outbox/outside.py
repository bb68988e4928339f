"""The outside world as the outbox meets it: a carrier that answers as it is told and remembers what it was handed."""

from collections.abc import Callable
from dataclasses import dataclass, field

from scheduling.models import MessageState
from scheduling.outbox.carriers import InDoubt, Parcel, Receipt, Trouble

Answer = Trouble | Exception | MessageState


@dataclass
class World:
    """Carries everything, unless told what to answer next; `arrived` is what really reached somebody."""

    answers: list[Answer] = field(default_factory=list)
    arrived: list[Parcel] = field(default_factory=list)
    asked: list[Parcel] = field(default_factory=list)
    looked_for: list[Parcel] = field(default_factory=list)
    lists_what_arrived: bool = True
    list_trouble: Trouble | None = None
    loses_the_answer: bool = False
    """Takes the message and then leaves us without an answer."""
    meanwhile: Callable[[Parcel], None] | None = None
    """What happens elsewhere during the call."""

    def carry(self, parcel: Parcel) -> Receipt:
        self.asked.append(parcel)
        if self.meanwhile is not None:
            self.meanwhile(parcel)
        answer = self.answers.pop(0) if self.answers else MessageState.SENT
        if isinstance(answer, Exception):
            raise answer
        self.arrived.append(parcel)
        if self.loses_the_answer:
            self.loses_the_answer = False
            raise InDoubt("ReadTimeout")
        return Receipt(provider_id=self._id(len(self.arrived)), state=answer)

    def find(self, parcel: Parcel) -> Receipt | None:
        self.looked_for.append(parcel)
        if self.list_trouble is not None:
            raise self.list_trouble
        if not self.lists_what_arrived:
            return None
        there = (at for at, other in enumerate(self.arrived, 1) if other.token == parcel.token)
        return next((Receipt(provider_id=self._id(at)) for at in there), None)

    @property
    def words(self) -> list[str]:
        """What arrived, in order."""
        return [parcel.body for parcel in self.arrived]

    def _id(self, at: int) -> str:
        return f"SM{at}"
