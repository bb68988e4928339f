"""The record, one subject a file. Models never send, never import operations and never look at the clock."""

from scheduling.models.authority import Authority, AuthorityAlias, AuthoritySuccession, Contract, Officer
from scheduling.models.booking import Booking, BookingKind, BookingStatus, Cell, Claim, ResourceKind
from scheduling.models.case import Case, Contact, ContactChannel, Said, Telling
from scheduling.models.conversation import Call, Event, EventKind, TextThread
from scheduling.models.family import CallBack, Person, PersonRole
from scheduling.models.history import FAMILY, SERVICE, Actor, ActorKind, Entry
from scheduling.models.mediator import Conflict, Leave, Mediator, MediatorHours
from scheduling.models.message import Attempt, Channel, Message, MessageState, OptOut
from scheduling.models.policy import ExtraBankHoliday, Heartbeat
from scheduling.models.staff import Role, Shift, Staff
from scheduling.models.venue import Closure, Room, Venue, VenueHours

__all__ = [
    "FAMILY",
    "SERVICE",
    "Actor",
    "ActorKind",
    "Attempt",
    "Authority",
    "AuthorityAlias",
    "AuthoritySuccession",
    "Booking",
    "BookingKind",
    "BookingStatus",
    "Call",
    "CallBack",
    "Case",
    "Cell",
    "Channel",
    "Claim",
    "Closure",
    "Conflict",
    "Contact",
    "ContactChannel",
    "Contract",
    "Entry",
    "Event",
    "EventKind",
    "ExtraBankHoliday",
    "Heartbeat",
    "Leave",
    "Mediator",
    "MediatorHours",
    "Message",
    "MessageState",
    "Officer",
    "OptOut",
    "Person",
    "PersonRole",
    "ResourceKind",
    "Role",
    "Room",
    "Said",
    "Shift",
    "Staff",
    "Telling",
    "TextThread",
    "Venue",
    "VenueHours",
]
