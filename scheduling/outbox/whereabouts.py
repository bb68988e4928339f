"""Where people meet and how they get there, as it stands in invites and mails: nothing that only some may know."""

from urllib.parse import quote

from scheduling.models import Booking, BookingKind, Mode, Room
from scheduling.outbox import messages

FROM_AFAR = {Mode.VIDEO: "By video", Mode.TELEPHONE: "By telephone"}

WHO_RINGS = {
    messages.THE_FAMILY: "We ring you. There is nothing that you need to do before.",
    messages.THE_ADVISER: "You ring the family. The number is in the case.",
}
"""What an invite to a call with an adviser says to each: the number itself would be seen by whoever sees a calendar."""

JOINING_FOLLOWS = "How to join: we will tell you in good time."
MAP = "Map: "


def place(booking: Booking) -> str:
    """In one line, as a calendar shows it beside the time."""
    return at(Mode.TELEPHONE if booking.kind is BookingKind.ADVICE else booking.mode, booking.room)


def at(mode: Mode, room: Room | None) -> str:
    """The same for a time that is only held: in this room, or from afar."""
    if room is None:
        return FROM_AFAR[mode]
    return ", ".join([room.venue.name, room.name, *room.venue.address.splitlines(), room.venue.postcode])


def notes(booking: Booking, label: str) -> str | None:
    """How to get there or to join, a line each; of a call with an adviser what the one of this label does."""
    if booking.kind is BookingKind.ADVICE:
        return WHO_RINGS[label]
    if booking.room is not None:
        return "\n".join(_of(booking.room))
    return f"How to join: {booking.joining}" if booking.joining else JOINING_FOLLOWS


def directions(booking: Booking) -> list[str]:
    """How to get there or to join, for a page that shows the map as a link of its own."""
    return [line for line in (notes(booking, "") or "").splitlines() if not line.startswith(MAP)]


def map_link(postcode: str) -> str:
    """A page with a map, which is asked for only by whoever follows the link."""
    return f"https://www.openstreetmap.org/search?query={quote(postcode)}"


def _of(room: Room) -> list[str]:
    venue = room.venue
    features = {
        "step-free": venue.step_free,
        "hearing loop": venue.hearing_loop,
        "quiet room": venue.quiet_room,
        "parking": venue.parking,
    }
    there = ", ".join(feature for feature, is_there in features.items() if is_there)
    lines = [
        f"{MAP}{map_link(venue.postcode)}",
        f"Access: {there}." if there else None,
        f"How to get there: {venue.directions}" if venue.directions else None,
    ]
    return [line for line in lines if line is not None]
