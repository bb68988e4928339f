"""What a family tells us by its own pages, one question each: its needs, who comes, consent, and when it cannot come.

Opening a page changes nothing. What is sent twice is written down once.
"""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import Form

from scheduling import clock, db, london
from scheduling.cases import access, company, people, sharing, short_notice, visits, wishes
from scheduling.cases.access import Needs
from scheduling.diary import bookings, consents
from scheduling.models import FAMILY, BookingKind, PersonRole, Question
from webapp import visiting
from webapp.auth import by_code
from webapp.compartments import Compartment
from webapp.console.blueprint import found
from webapp.console.case_forms import YES, clock_time, said_beside
from webapp.parties.blueprint import parties, phone
from webapp.parties.forms import CannotComeThen, CompanionForm, ConsentForm, NeedsForm, ShortNoticeForm
from webapp.visiting import Mine

BY_PAGE = "by its own page"


@parties.get("/my-case/needs")
@by_code(Compartment.FAMILY)
def needs() -> ResponseReturnValue:
    """What would make the meeting easier for this person."""
    with db.Reading() as session:
        mine = visiting.mine(session)
        known = access.of(mine.person)
        is_answered = Question.NEEDS in visits.answered(session, mine.case, mine.person)
        form = NeedsForm(data={**vars(known), "none": is_answered and known == Needs()})
        return _needs_page(session, mine, form)


@parties.post("/my-case/needs")
@by_code(Compartment.FAMILY)
def say_needs() -> ResponseReturnValue:
    """Keep it; where the place that is booked does not have it, a coordinator sees that."""
    form, now = NeedsForm(request.form), clock.now()
    with db.Session.begin() as session:
        mine = visiting.must_be_open(visiting.mine(session))
        if not form.validate():
            return _needs_page(session, mine, form), 422
        said = Needs(
            step_free=form.step_free.data,
            hearing_loop=form.hearing_loop.data,
            quiet_room=form.quiet_room.data,
            parking=form.parking.data,
            breaks=form.breaks.data,
            interpreter=form.interpreter.data or None,
            words=form.words.data or None,
        )
        access.record(session, mine.case, mine.person, said, by=FAMILY, now=now)
        visits.note_answered(session, mine.case, mine.person, Question.NEEDS, now=now)
    flash("Thank you. We have written down what you need.")
    return redirect(url_for("parties.status"), 303)


@parties.get("/my-case/people")
@by_code(Compartment.FAMILY)
def people_coming() -> ResponseReturnValue:
    """Who comes with the family."""
    with db.Reading() as session:
        mine = visiting.deciding(session)
        return render_template("parties/people.html", known=company.of(mine.case), most=company.MOST, phone=phone())


@parties.post("/my-case/people/nobody")
@by_code(Compartment.FAMILY)
def say_who_comes() -> ResponseReturnValue:
    """That is everybody, or nobody comes."""
    with db.Session.begin() as session:
        mine = visiting.must_be_open(visiting.deciding(session))
        visits.note_answered(session, mine.case, mine.person, Question.COMPANY, now=clock.now())
    return redirect(url_for("parties.status"), 303)


@parties.get("/my-case/people/new")
@by_code(Compartment.FAMILY)
def companion_form() -> ResponseReturnValue:
    """Somebody who comes with the family."""
    with db.Reading() as session:
        visiting.must_be_open(visiting.deciding(session))
    return _form("parties/companion.html", CompanionForm(data={"comes": YES}))


@parties.post("/my-case/people/new")
@by_code(Compartment.FAMILY)
def add_companion() -> ResponseReturnValue:
    """Write them down; they get an invite only where an address was given."""
    form, now = CompanionForm(request.form), clock.now()
    with db.Session.begin() as session:
        mine = visiting.must_be_open(visiting.deciding(session))
        if form.validate():
            with said_beside(form, session):
                company.add(
                    session,
                    mine.case,
                    role=PersonRole(form.kind.data),
                    name=str(form.name.data),
                    relation=str(form.relation.data),
                    comes=form.comes.data == YES,
                    email=form.email.data or None,
                    by=FAMILY,
                    now=now,
                )
                visits.note_answered(session, mine.case, mine.person, Question.COMPANY, now=now)
    if form.errors:
        return _form("parties/companion.html", form), 422
    return redirect(url_for("parties.people_coming"), 303)


@parties.post("/my-case/people/<id:person_id>/remove")
@by_code(Compartment.FAMILY)
def remove_companion(person_id: int) -> ResponseReturnValue:
    """They do not come any more; whoever has gone already is gone."""
    with db.Session.begin() as session:
        case = visiting.must_be_open(visiting.deciding(session)).case
        for beside in company.of(case):
            if beside.person_id == person_id:
                people.remove(session, case, beside.person, by=FAMILY, now=clock.now())
    return redirect(url_for("parties.people_coming"), 303)


@parties.get("/my-case/consent")
@by_code(Compartment.FAMILY)
def consent() -> ResponseReturnValue:
    """What the council may be told, and a time with short notice where one is asked about."""
    with db.Reading() as session:
        mine = visiting.deciding(session)
        is_known = mine.case.consent_to_share_at is not None
        return _consent_page(session, mine, ConsentForm(data={"agrees": YES if is_known else None}))


@parties.post("/my-case/consent")
@by_code(Compartment.FAMILY)
def say_consent() -> ResponseReturnValue:
    """Keep the family's word, or take its consent back."""
    form, now = ConsentForm(request.form), clock.now()
    with db.Session.begin() as session:
        mine = visiting.must_be_open(visiting.deciding(session))
        if not form.validate():
            return _consent_page(session, mine, form), 422
        sharing.decide(session, mine.case, agrees=form.agrees.data == YES, by=FAMILY, now=now)
        visits.note_answered(session, mine.case, mine.person, Question.CONSENT, now=now)
    flash("Thank you. We have written down what you said.")
    return redirect(url_for("parties.status"), 303)


@parties.post("/my-case/consent/short-notice")
@by_code(Compartment.FAMILY)
def answer_short_notice() -> ResponseReturnValue:
    """A yes books the time in the same moment if it is still free; a no changes nothing."""
    form, now = ShortNoticeForm(request.form), clock.now()
    with db.Session.begin() as session:
        mine = visiting.must_be_open(visiting.deciding(session))
        asked = consents.waiting(session, mine.case, now=now)
        if asked is None or str(asked.id) != request.form.get("asked", ""):
            flash("This question has been answered or taken back. Nothing was changed.")
            return redirect(url_for("parties.status"), 303)
        if not form.validate():
            return _consent_page(session, mine, ConsentForm(), about_notice=form), 422
        words = f"{form.agrees.data} ({BY_PAGE})"
        agrees = form.agrees.data == YES
        outcome = short_notice.answer_by_text(session, asked, agrees=agrees, words=words, received_at=now, now=now)
    flash(outcome.why_not or "Thank you. We have your answer.")
    return redirect(url_for("parties.status"), 303)


@parties.get("/my-case/not-then")
@by_code(Compartment.FAMILY)
def not_then() -> ResponseReturnValue:
    """When the family cannot come."""
    with db.Reading() as session:
        return _not_then_page(session, visiting.deciding(session), CannotComeThen())


@parties.post("/my-case/not-then")
@by_code(Compartment.FAMILY)
def say_not_then() -> ResponseReturnValue:
    """No search finds that time any more, and a meeting at it is moved by the clock."""
    form, now = CannotComeThen(request.form), clock.now()
    with db.Session.begin() as session:
        mine = visiting.must_be_open(visiting.deciding(session))
        if form.validate():
            with said_beside(form, session):
                starts, ends = clock_time(form.starts.data), clock_time(form.ends.data)
                if starts is None or ends is None:
                    raise AssertionError
                begins_at, ends_at = london.at(form.day.data, starts), london.at(form.day.data, ends)
                known = wishes.absences(session, mine.case, None, now=now)
                if (begins_at, ends_at) not in {(one.starts_at, one.ends_at) for one in known}:
                    wishes.cannot_come(session, mine.case, None, begins_at, ends_at, now=now)
                    mine.case.record("The family told us of a time when it cannot come", by=FAMILY, now=now)
                visits.note_answered(session, mine.case, mine.person, Question.TIMES, now=now)
        if form.errors:
            return _not_then_page(session, mine, form), 422
    return redirect(url_for("parties.not_then"), 303)


@parties.post("/my-case/not-then/none")
@by_code(Compartment.FAMILY)
def say_always_free() -> ResponseReturnValue:
    """There is no such time, or no further one."""
    with db.Session.begin() as session:
        mine = visiting.must_be_open(visiting.deciding(session))
        visits.note_answered(session, mine.case, mine.person, Question.TIMES, now=clock.now())
    return redirect(url_for("parties.status"), 303)


@parties.post("/my-case/not-then/<id:busy_id>/remove")
@by_code(Compartment.FAMILY)
def remove_not_then(busy_id: int) -> ResponseReturnValue:
    """The family can come after all."""
    now = clock.now()
    with db.Session.begin() as session:
        case = visiting.must_be_open(visiting.deciding(session)).case
        for busy in wishes.absences(session, case, None, now=now):
            if busy.id == busy_id:
                session.delete(busy)
                case.record("The family can come at a time of which it had told us", by=FAMILY, now=now)
    return redirect(url_for("parties.not_then"), 303)


def _needs_page(session: Session, mine: Mine, form: NeedsForm) -> str:
    booking = bookings.of(session, mine.case, BookingKind.MEDIATION)
    is_to_come = booking is not None and booking.starts_at > clock.now()
    unmet = access.unmet(found(booking)) if is_to_come else []
    return render_template("parties/needs.html", form=form, unmet=unmet, phone=phone())


def _consent_page(
    session: Session, mine: Mine, form: ConsentForm, *, about_notice: ShortNoticeForm | None = None
) -> str:
    asked = consents.waiting(session, mine.case, now=clock.now())
    about_notice = about_notice or ShortNoticeForm()
    refused = next((one for one in (form, about_notice) if one.errors), None)
    return render_template(
        "parties/consent.html",
        case=mine.case,
        form=form,
        about_notice=about_notice,
        refused=refused,
        asked=asked,
        phone=phone(),
    )


def _not_then_page(session: Session, mine: Mine, form: CannotComeThen) -> str:
    now = clock.now()
    booking = bookings.of(session, mine.case, BookingKind.MEDIATION)
    has_meeting = booking is not None and booking.starts_at > now
    told = wishes.absences(session, mine.case, None, now=now)
    return render_template("parties/not_then.html", form=form, told=told, has_meeting=has_meeting, phone=phone())


def _form(template: str, form: Form) -> str:
    return render_template(template, form=form, phone=phone())
