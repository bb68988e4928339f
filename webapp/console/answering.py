"""Who answers what came in: the list of colleagues, and the one who was chosen."""

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from scheduling.models import Role, Staff
from webapp.console.case_forms import ToAnswer

ANSWERS = (Role.COORDINATOR, Role.ADVISER, Role.MANAGER)
NOBODY = ""


def form(session: Session, assigned_to: Staff | None) -> ToAnswer:
    """The form, with the colleague who has it now."""
    return _with_choices(session, ToAnswer(data={"staff": NOBODY if assigned_to is None else str(assigned_to.id)}))


def chosen(session: Session) -> Staff | None:
    """The colleague who was chosen; nobody for nobody, and for anything that was not offered."""
    asked = _with_choices(session, ToAnswer(request.form))
    return session.get_one(Staff, int(asked.staff.data)) if asked.validate() and asked.staff.data else None


def _with_choices(session: Session, asked: ToAnswer) -> ToAnswer:
    colleagues = select(Staff).where(Staff.role.in_(ANSWERS), Staff.is_active).order_by(Staff.name)
    named = [SelectChoice(str(one.id), one.name) for one in session.scalars(colleagues)]
    asked.staff.choices = [SelectChoice(NOBODY, "Nobody yet"), *named]
    return asked
