"""How and when to meet: the family's wishes, when it or somebody else cannot come, and how to join from afar."""

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from scheduling import clock, db, london
from scheduling.cases import wishes
from scheduling.cases.wishes import Other, Wishes
from scheduling.diary import bookings
from scheduling.models import BookingKind, Busy, Case, Mode, PartOfDay
from webapp import auth
from webapp.auth import staff_only
from webapp.compartments import Compartment, Scope
from webapp.console.blueprint import WORKS_ON_CASES, console, found
from webapp.console.case_forms import clock_time, said_beside
from webapp.console.cases import for_action, with_reference
from webapp.console.wish_forms import FAMILY, NO_PREFERENCE, CannotCome, Joining, WishesForm


@console.get("/cases/<reference>/wishes")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def wishes_page(reference: str) -> ResponseReturnValue:
    """Everything that guides the search for a time."""
    with db.Reading() as session:
        case = with_reference(session, reference)
        return _page(session, case)


@console.post("/cases/<reference>/wishes")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def record_wishes(reference: str) -> ResponseReturnValue:
    """Keep what the family wants; the next search heeds it."""
    form = WishesForm(request.form)
    with db.Session.begin() as session:
        case = for_action(session, reference)
        if not form.validate():
            return _page(session, case, wanted=form), 422
        wishes.record(session, case, _wishes(form), by=auth.actor(), now=clock.now())
    flash("The wishes are written down. Every search from now on heeds them.")
    return redirect(url_for("console.wishes_page", reference=reference))


@console.post("/cases/<reference>/wishes/cannot-come")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def note_absence(reference: str) -> ResponseReturnValue:
    """Write down when the family, an officer or the care board cannot come."""
    form = CannotCome(request.form)
    with db.Session.begin() as session:
        case = for_action(session, reference)
        form.who.choices = _who(session, case)
        if form.validate():
            with said_beside(form, session):
                begins, ends = _moment(form, form.starts.data), _moment(form, form.ends.data)
                wishes.cannot_come(
                    session, case, _others(session, case).get(form.who.data), begins, ends, now=clock.now()
                )
        if form.errors:
            return _page(session, case, absence=form), 422
    flash("It is written down. No search finds that time any more.")
    return redirect(url_for("console.wishes_page", reference=reference))


@console.post("/cases/<reference>/wishes/cannot-come/<id:busy_id>/remove")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def remove_absence(reference: str, busy_id: int) -> ResponseReturnValue:
    """They can come after all."""
    with db.Session.begin() as session:
        case = for_action(session, reference)
        known = [one for _, told in _absences(session, case) for one in told]
        session.delete(found(next((one for one in known if one.id == busy_id), None)))
    return redirect(url_for("console.wishes_page", reference=reference))


@console.post("/cases/<reference>/wishes/joining")
@staff_only(*WORKS_ON_CASES, compartment=Compartment.FAMILY, scope=Scope.CASE)
def tell_how_to_join(reference: str) -> ResponseReturnValue:
    """Change everybody's invite: it says how to join."""
    form = Joining(request.form)
    with db.Session.begin() as session:
        case = for_action(session, reference)
        booking = found(bookings.of(session, case, BookingKind.MEDIATION))
        if not form.validate():
            return _page(session, case, joining=form), 422
        wishes.tell_how_to_join(session, booking, str(form.words.data), by=auth.actor(), now=clock.now())
    flash("The invites say how to join. They go out within a minute.")
    return redirect(url_for("console.case", reference=reference))


def _page(
    session: Session,
    case: Case,
    *,
    wanted: WishesForm | None = None,
    absence: CannotCome | None = None,
    joining: Joining | None = None,
) -> str:
    booking = bookings.of(session, case, BookingKind.MEDIATION)
    absence = absence or CannotCome()
    absence.who.choices = _who(session, case)
    refused = next((form for form in (wanted, absence, joining) if form is not None and form.errors), None)
    return render_template(
        "console/cases/wishes.html",
        case=case,
        refused=refused,
        wanted=wanted or WishesForm(data=_as_typed(case)),
        absence=absence,
        absences=_absences(session, case),
        joining=joining or Joining(data={"words": booking.joining if booking else ""}),
        meets_from_afar=booking is not None and booking.mode is not Mode.IN_PERSON,
    )


def _as_typed(case: Case) -> dict[str, object]:
    known = wishes.of(case)
    typed = {name: getattr(known, name) for name in ("step_free", "hearing_loop", "quiet_room", "parking", "school")}
    return {
        **typed,
        "mode": known.mode.value,
        "prefers": known.prefers.value if known.prefers else NO_PREFERENCE,
        "travels_km": "" if known.travels_km is None else str(known.travels_km),
    }


def _wishes(form: WishesForm) -> Wishes:
    return Wishes(
        mode=Mode(form.mode.data),
        prefers=None if form.prefers.data == NO_PREFERENCE else PartOfDay(form.prefers.data),
        travels_km=int(form.travels_km.data) if form.travels_km.data else None,
        school=form.school.data or None,
        step_free=form.step_free.data,
        hearing_loop=form.hearing_loop.data,
        quiet_room=form.quiet_room.data,
        parking=form.parking.data,
    )


def _others(session: Session, case: Case) -> dict[str, Other]:
    """Who may have told us beside the family, by what the form calls them."""
    return {f"{type(one).__name__}-{one.id}".lower(): one for one in wishes.others(session, case)}


def _who(session: Session, case: Case) -> list[SelectChoice]:
    others = [SelectChoice(key, one.name) for key, one in _others(session, case).items()]
    return [SelectChoice(FAMILY, "The family"), *others]


def _absences(session: Session, case: Case) -> list[tuple[str, list[Busy]]]:
    """Each who has told us of a time, by name, with those times."""
    now = clock.now()
    others = [(one.name, one) for one in wishes.others(session, case)]
    everybody: list[tuple[str, Other | None]] = [("The family", None), *others]
    told = ((name, wishes.absences(session, case, who, now=now)) for name, who in everybody)
    return [(name, times) for name, times in told if times]


def _moment(form: CannotCome, typed: str) -> datetime:
    shown = clock_time(typed)
    if shown is None:
        raise AssertionError
    return london.at(form.day.data, shown)
