"""Pages of words: what mediation and disagreement resolution are, and what stays confidential.

Every number in them comes from the register of rules.
"""

from flask import render_template
from flask.typing import ResponseReturnValue

from scheduling.law import rules
from webapp.auth import public
from webapp.public.blueprint import pages


@pages.get("/mediation")
@public
def mediation() -> ResponseReturnValue:
    """What the two are, and how they differ."""
    return render_template(
        "public/mediation.html",
        days=rules.MEDIATION_WITHIN_THIRTY_DAYS.number,
        notice_days=rules.NOTICE_IN_CLEAR_DAYS.number,
        certificate_days=rules.CERTIFICATE_WHEN_CONCLUDED.number,
    )


@pages.get("/confidentiality")
@public
def confidentiality() -> ResponseReturnValue:
    """What nobody else hears, and the one exception."""
    return render_template("public/confidentiality.html", rule=rules.CONFIDENTIAL)
