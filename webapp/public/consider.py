"""Whether somebody has to consider mediation before an appeal: four questions, and the route that the law gives.

The right of appeal beside it: from when to when, with the examples that the law itself computes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from scheduling import clock, db, london
from scheduling.law import deadlines, routes, rules
from scheduling.law.deadlines import Deadline
from scheduling.law.routes import Way
from scheduling.law.working_days import Calendar
from scheduling.reference import calendar
from webapp.auth import public
from webapp.public.blueprint import pages
from webapp.public.forms import Dates, FourQuestions

A_YEAR = 366
AUGUST = 8
SOON, LATE = timedelta(days=14), timedelta(days=7)
"""When the certificates of the examples come: a fortnight after the letter, a week before the two months end."""

IN_SHORT = {
    Way.CERTIFICATE: "Yes: hear about mediation before you appeal",
    Way.MIXED: "Yes: hear about mediation before you appeal",
    Way.EXEMPT: "No: you can appeal without it",
    Way.HEALTH: "No: but you can ask for mediation",
    Way.SOCIAL_CARE: "No: but you can ask for mediation",
    Way.NO_APPEAL: "No: there is no appeal about this",
    Way.DISAGREEMENT_RESOLUTION: "No: but there is another way to talk",
    Way.DISCRIMINATION: "No: this goes straight to the Tribunal",
}


@dataclass(frozen=True, kw_only=True)
class Example:
    """A letter, perhaps a certificate, and what the law makes of them."""

    letter: date
    certificate: date | None
    contact: Deadline
    appeal: Deadline

    @property
    def is_from_the_certificate(self) -> bool:
        """Whether the month from the certificate is the later of the two."""
        return self.appeal.rule.key == rules.APPEAL_AFTER_CERTIFICATE.key


@pages.get("/do-i-have-to")
@public
def consider() -> ResponseReturnValue:
    """The four questions."""
    return render_template("public/consider.html", form=FourQuestions(), route=None)


@pages.post("/do-i-have-to")
@public
def considered() -> ResponseReturnValue:
    """The answer, of which nothing is kept."""
    form = FourQuestions(request.form)
    if not form.validate():
        return render_template("public/consider.html", form=form, route=None), 422
    route = routes.of(form.answers)
    return render_template("public/consider.html", form=form, route=route, in_short=IN_SHORT[route.way])


@pages.get("/right-of-appeal")
@public
def appeal() -> ResponseReturnValue:
    """Two months or one, whichever ends later, with examples."""
    return _appeal_page(Dates(), None)


@pages.post("/right-of-appeal")
@public
def work_out() -> ResponseReturnValue:
    """The same for somebody's own dates."""
    form = Dates(request.form)
    if not form.are_possible(london.london_day(clock.now())):
        return _appeal_page(form, None), 422
    return _appeal_page(form, _example(_calendar(), form.letter.data, form.certificate.data))


def _appeal_page(form: Dates, yours: Example | None) -> str:
    return render_template(
        "public/appeal.html",
        form=form,
        yours=yours,
        examples=list(_examples(_calendar(), london.london_day(clock.now()))),
        after_letter=rules.APPEAL_AFTER_DECISION.number,
        after_certificate=rules.APPEAL_AFTER_CERTIFICATE.number,
        contact_months=rules.CONTACT_THE_ADVISER.number,
    )


def _calendar() -> Calendar:
    with db.Reading() as session:
        return calendar.working_days(session)


def _examples(days: Calendar, today: date) -> Iterator[Example]:
    """A letter of today with an early and with a late certificate, and one whose two months end in August."""
    yield _example(days, today, today + SOON)
    yield _example(days, today, deadlines.contact_adviser_by(today, days).day - LATE)
    following = (today + timedelta(days=ahead) for ahead in range(A_YEAR))
    yield _example(days, next(day for day in following if deadlines.appeal_by(day, days).day.month == AUGUST), None)


def _example(days: Calendar, letter: date, certificate: date | None) -> Example:
    return Example(
        letter=letter,
        certificate=certificate,
        contact=deadlines.contact_adviser_by(letter, days),
        appeal=deadlines.appeal_by(letter, days, certificate_issued=certificate),
    )
