"""The console: where coordinators and advisers see what needs them and do it. One file for each thing they work on."""

from flask import Flask, g, request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from werkzeug.routing import IntegerConverter

from scheduling.models import Role
from webapp import door, entra_door, own_account
from webapp.console import (
    advice,
    agreements,
    alarms,
    attendance,
    authorities,
    authority_answers,
    bank_holidays,
    bookings,
    cases,
    certificates,
    checklist,
    closing,
    contacts,
    contracts,
    decisions,
    feedback,
    feeds,
    inbox,
    looking,
    mails,
    mediators,
    meetings,
    messages,
    offers,
    people,
    places,
    plan,
    profiles,
    proof,
    reaching,
    records,
    resolution,
    rota,
    route,
    service_settings,
    shifts,
    short_notice,
    spreadsheets,
    staff,
    status,
    today,
    unplaced,
    venues,
    weeks,
    wishes,
)
from webapp.console.blueprint import KEEPS_DATA, LARGEST_ID, LOOKS_THINGS_UP, READS_CASES, console
from webapp.sessions import Visitor

PAGES = (
    *(today, cases, advice, route, checklist, certificates, meetings, agreements),
    *(authority_answers, proof, people, reaching, resolution, alarms, attendance, closing),
    *(decisions, bookings, offers, short_notice, unplaced, contacts, venues, mediators, messages, authorities),
    *(bank_holidays, feeds, weeks, wishes, feedback),
    *(places, profiles, spreadsheets),
    *(looking, staff, contracts, inbox, mails, rota, service_settings, shifts, plan, status, records),
)
"""Named so that the modules' routes are there before the blueprint is."""

MENU: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
    ("Today", "/today", READS_CASES),
    ("Cases", "/cases", READS_CASES),
    ("Calendar", "/calendar", LOOKS_THINGS_UP),
    ("Venues", "/venues", LOOKS_THINGS_UP),
    ("Mediators", "/mediators", LOOKS_THINGS_UP),
    ("Messages", "/messages", READS_CASES),
    ("Authorities", "/authorities", LOOKS_THINGS_UP),
    ("Settings", "/settings", KEEPS_DATA),
    ("Who looked", "/who-looked", (Role.MANAGER, Role.ADMINISTRATOR)),
    ("Your meetings", "/mediator", (Role.MEDIATOR,)),
    ("Your cases", "/authority", (Role.OFFICER,)),
)


REACHED_FROM = {
    "/today": ("/unplaced", "/plan", "/call-backs"),
    "/messages": ("/inbox", "/contacts", "/mails"),
    "/settings": ("/bank-holidays", "/rota", "/care-boards", "/feeds", "/staff", "/status"),
}
"""Pages that are no part of the menu by their address: which of it they are reached from."""

SIGN_OUT = Markup(
    '<li class="govuk-service-navigation__item"><form method="post" action="{action}" class="sign-out">'
    '<input type="hidden" name="csrf_token" value="{token}"><button type="submit">Sign out</button></form></li>'
)


class RowId(IntegerConverter):
    """A row's number in an address; one too large for any database is simply not found."""

    def __init__(self, url_map: object, **options: int) -> None:
        super().__init__(url_map, min=1, max=LARGEST_ID, **options)  # type: ignore[arg-type]


def register(app: Flask) -> None:
    """Hang the pages on the application, with the door."""
    app.url_map.converters["id"] = RowId
    app.register_blueprint(console)
    app.register_blueprint(door.blueprint)
    app.register_blueprint(entra_door.blueprint)
    app.register_blueprint(own_account.blueprint)
    app.context_processor(frame)
    looking.register(app)


def frame() -> dict[str, object]:
    """What the frame of a page shows to the one who has signed in."""
    visitor: Visitor | None = g.get("staff")
    if visitor is None:
        return {"navigation": [], "navigation_end": ""}
    menu = [
        {"text": text, "href": path, "current": request.path == path, "active": _is_below(path)}
        for text, path, roles in MENU
        if visitor.role in roles
    ]
    account = {"text": "Your account", "href": "/account", "current": request.path == "/account"}
    return {"navigation": [*menu, account], "navigation_end": _sign_out()}


def _is_below(path: str) -> bool:
    """Whether the page belongs to this part of the menu, by its address or as it is reached from there."""
    return any(request.path == one or request.path.startswith(f"{one}/") for one in (path, *REACHED_FROM.get(path, ())))


def _sign_out() -> Markup:
    """The button at the end of the menu; not a template, since this is called while every template is drawn."""
    return SIGN_OUT.format(action=url_for("door.sign_out"), token=generate_csrf())
