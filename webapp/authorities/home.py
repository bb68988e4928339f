"""An officer's cases: what each needs of the authority and by when; one of them, and what is pressed on its page."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduling import clock, db, london
from scheduling.cases import authority, authority_view, links, officer_desk, owed
from scheduling.models import Case, Purpose
from scheduling.reference import calendar
from webapp.authorities.forms import DoneOn
from webapp.authorities.ways import Way, officers_page
from webapp.console.blueprint import found
from webapp.console.case_forms import said_beside

PAGES = {
    officer_desk.Asks.ACKNOWLEDGE: "case",
    officer_desk.Asks.CHOOSE: "case",
    officer_desk.Asks.WHEN: "when",
    officer_desk.Asks.WHO: "attendees",
    officer_desk.Asks.PROMISE: "case",
}
"""Where each thing that is asked for is done."""

CHOOSES_FOR = 40
"""Days for which a link to the offered times opens, as the one in our mail."""


@officers_page("")
def home(way: Way) -> ResponseReturnValue:
    """The authority's cases: those that need it, the nearest day first, then the others."""
    now = clock.now()
    with db.Reading() as session:
        officer = way.officer(session)
        desk, council = officer_desk.of(session, officer, now=now), officer.authority.name
    return render_template(
        "authorities/home.html",
        way=way,
        authority=council,
        needing=[one for one in desk if one.needs],
        others=[one for one in desk if not one.needs],
        pages=PAGES,
        now=now,
        today=london.london_day(now),
    )


@officers_page("/cases/<reference>")
def case(way: Way, reference: str) -> ResponseReturnValue:
    """One of them, as we told it, and what can be done in it."""
    with db.Reading() as session:
        return _page(session, way, way.case(session, reference)[1])


@officers_page("/cases/<reference>/acknowledge", method="POST")
def acknowledge(way: Way, reference: str) -> ResponseReturnValue:
    """The authority knows; pressing twice changes nothing."""
    with db.Session.begin() as session:
        telling = way.case(session, reference)[1].tellings[0]
        authority.acknowledge(session, telling, by=way.actor(), now=clock.now())
    flash("Thank you. It is written down that you have read our notice.")
    return redirect(way.href("case", reference=reference))


@officers_page("/cases/<reference>/choose", method="POST")
def choose(way: Way, reference: str) -> ResponseReturnValue:
    """Go to the times that are offered: the page that our mail about them opens as well."""
    with db.Session.begin() as session:
        theirs, now = way.case(session, reference)[1], clock.now()
        token = links.make(session, Purpose.AUTHORITY_CHOOSES, theirs, now=now, days=CHOOSES_FOR)
    return redirect(links.address(Purpose.AUTHORITY_CHOOSES, token), 303)


@officers_page("/cases/<reference>/promises/<id:action_id>/done", method="POST")
def promise_done(way: Way, reference: str, action_id: int) -> ResponseReturnValue:
    """What the authority has promised is done, on the day that it says."""
    form = DoneOn(request.form, prefix=f"promise-{action_id}-")
    with db.Session.begin() as session:
        theirs = way.case(session, reference)[1]
        found(owed.is_theirs(session, theirs, action_id) or None)
        if form.validate():
            with said_beside(form, session):
                owed.done(session, action_id, on=form.done_on.data, by=way.actor(), now=clock.now())
        if form.errors or form.form_errors:
            return _page(session, way, theirs, refused=form, about=action_id), 422
    flash("Thank you. It is written down as done.")
    return redirect(way.href("case", reference=reference))


def _page(session: Session, way: Way, theirs: Case, *, refused: DoneOn | None = None, about: int | None = None) -> str:
    now = clock.now()
    shared = authority_view.of(session, theirs.tellings[0])
    desk = officer_desk.on_the_desk(shared, calendar.working_days(session), now=now)
    forms = {one.action_id: DoneOn(prefix=f"promise-{one.action_id}-") for one in shared.owes}
    if refused is not None and about is not None:
        forms[about] = refused
    return render_template(
        "authorities/case.html",
        way=way,
        shared=shared,
        needs=desk.needs,
        asks=officer_desk.Asks,
        forms=forms,
        refused=refused,
        now=now,
    )
