"""Pages for anybody, without signing in: what mediation is, the right of appeal, whom we serve, how to reach us.

They keep nothing about whoever reads them. What somebody types is answered in the same breath and stands in no address,
so it is in no log and no browser's history either.
"""

from flask import Flask, g, request, url_for

from webapp.public import consider, contact, councils, start, words
from webapp.public.blueprint import pages

PAGES = (start, words, consider, contact, councils)
"""Named so that the modules' routes are there before the blueprint is."""

MENU = (
    ("Mediation", "public.mediation"),
    ("Do I have to?", "public.consider"),
    ("Right of appeal", "public.appeal"),
    ("Confidentiality", "public.confidentiality"),
    ("Councils", "public.councils"),
    ("Local advice", "public.local_advice"),
    ("Contact us", "public.contact"),
)


def register(app: Flask) -> None:
    """Hang the pages on the application, with their menu."""
    app.register_blueprint(pages)
    app.context_processor(menu)


def menu() -> dict[str, object]:
    """The way around these pages, for whoever has not signed in: those who have keep their own."""
    if request.blueprint != pages.name or g.get("staff") is not None:
        return {}
    here = request.path
    items = [{"text": text, "href": url_for(name), "current": here == url_for(name)} for text, name in MENU]
    return {"navigation": items, "navigation_end": ""}
