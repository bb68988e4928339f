"""The record, one subject a file. Models never send, never import operations and never look at the clock."""

from scheduling.models.agreement import AgreedAction, Agreement, Extent
from scheduling.models.alarm import Alarm
from scheduling.models.attendance import Attendance, Attends
from scheduling.models.authority import Authority, AuthorityAlias, AuthoritySuccession, Contract, Officer
from scheduling.models.booking import (
    Booking,
    BookingKind,
    BookingStatus,
    Cell,
    Claim,
    MovedBooking,
    MovedByClosure,
    ResourceKind,
)
from scheduling.models.busy import Busy, ReadCalendar
from scheduling.models.calling import CallOutcome, LeftQueue, OutgoingCall, QueuePlace, Rung
from scheduling.models.case import Attendee, Case, CasePerson, Contact, ContactChannel, Mode, Said, Telling
from scheduling.models.certificate import Certificate, Informed
from scheduling.models.consent import AskedBy, NoticeConsent
from scheduling.models.conversation import Call, Event, EventKind, TextThread
from scheduling.models.desk import OfficerLink
from scheduling.models.diary_change import Changed, DiaryChange
from scheduling.models.family import CallBack, PartOfDay, Person, PersonRole, RemindedBy
from scheduling.models.feed import Feed
from scheduling.models.history import FAMILY, SERVICE, Actor, ActorKind, Entry
from scheduling.models.inbound import InboundMail, MailKind
from scheduling.models.link import Link, Purpose
from scheduling.models.look import Look, LookAlarm
from scheduling.models.mediator import (
    Conflict,
    Interpreter,
    InterpreterLanguage,
    Leave,
    Mediator,
    MediatorHours,
    MediatorLanguage,
)
from scheduling.models.meeting import Ending, Meeting
from scheduling.models.message import Attempt, Channel, Message, MessageState, OptOut
from scheduling.models.offer import Answer, AnsweredBy, Offer, OfferAnswer, OfferState
from scheduling.models.operation import Backup, Breaker, Drill, Incident, Sweep
from scheduling.models.parties import Breach, CareBoard, CareTelling, Party, Side, Willing
from scheduling.models.pin import Pin, WrongPin
from scheduling.models.plan import LeftOut, Proposal, ProposedPlace, ProposedState
from scheduling.models.policy import ExtraBankHoliday, Heartbeat, PolicyValue
from scheduling.models.retention import (
    AccessRequest,
    Erasure,
    ErasureBatch,
    LegalHold,
    ProviderCopy,
    RecordClass,
)
from scheduling.models.staff import OnCall, Role, Shift, Staff
from scheduling.models.venue import Closure, Repeats, Room, RoomUse, Venue, VenueHours
from scheduling.models.visit import Answered, Feedback, LinkCode, Question, Visit
from scheduling.models.voicemail import Listening, Voicemail

__all__ = [
    "FAMILY",
    "SERVICE",
    "AccessRequest",
    "Actor",
    "ActorKind",
    "AgreedAction",
    "Agreement",
    "Alarm",
    "Answer",
    "Answered",
    "AnsweredBy",
    "AskedBy",
    "Attempt",
    "Attendance",
    "Attendee",
    "Attends",
    "Authority",
    "AuthorityAlias",
    "AuthoritySuccession",
    "Backup",
    "Booking",
    "BookingKind",
    "BookingStatus",
    "Breach",
    "Breaker",
    "Busy",
    "Call",
    "CallBack",
    "CallOutcome",
    "CareBoard",
    "CareTelling",
    "Case",
    "CasePerson",
    "Cell",
    "Certificate",
    "Changed",
    "Channel",
    "Claim",
    "Closure",
    "Conflict",
    "Contact",
    "ContactChannel",
    "Contract",
    "DiaryChange",
    "Drill",
    "Ending",
    "Entry",
    "Erasure",
    "ErasureBatch",
    "Event",
    "EventKind",
    "Extent",
    "ExtraBankHoliday",
    "Feed",
    "Feedback",
    "Heartbeat",
    "InboundMail",
    "Incident",
    "Informed",
    "Interpreter",
    "InterpreterLanguage",
    "Leave",
    "LeftOut",
    "LeftQueue",
    "LegalHold",
    "Link",
    "LinkCode",
    "Listening",
    "Look",
    "LookAlarm",
    "MailKind",
    "Mediator",
    "MediatorHours",
    "MediatorLanguage",
    "Meeting",
    "Message",
    "MessageState",
    "Mode",
    "MovedBooking",
    "MovedByClosure",
    "NoticeConsent",
    "Offer",
    "OfferAnswer",
    "OfferState",
    "Officer",
    "OfficerLink",
    "OnCall",
    "OptOut",
    "OutgoingCall",
    "PartOfDay",
    "Party",
    "Person",
    "PersonRole",
    "Pin",
    "PolicyValue",
    "Proposal",
    "ProposedPlace",
    "ProposedState",
    "ProviderCopy",
    "Purpose",
    "Question",
    "QueuePlace",
    "ReadCalendar",
    "RecordClass",
    "RemindedBy",
    "Repeats",
    "ResourceKind",
    "Role",
    "Room",
    "RoomUse",
    "Rung",
    "Said",
    "Shift",
    "Side",
    "Staff",
    "Sweep",
    "Telling",
    "TextThread",
    "Venue",
    "VenueHours",
    "Visit",
    "Voicemail",
    "Willing",
    "WrongPin",
]
