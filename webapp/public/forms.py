"""What somebody may ask on a public page. Nothing of it is kept."""

from datetime import date

from wtforms import BooleanField, Form
from wtforms.fields.choices import SelectChoice

from scheduling.law import rules
from scheduling.law.routes import Answers, Care, Decision, Part
from webapp.console.forms import OneOf
from webapp.forms import Day, Given, Line

YES, NO = "yes", "no"

IN_PLAIN_WORDS = {
    Decision.NOT_TO_ASSESS: "It will not assess my child's needs",
    Decision.NOT_TO_MAKE_A_PLAN: "It has assessed, but will not make a plan",
    Decision.PLAN: "It has made, changed or replaced a plan",
    Decision.NOT_TO_AMEND: "It will not change the plan",
    Decision.NOT_TO_REASSESS: "It will not assess my child's needs again",
    Decision.TO_END_THE_PLAN: "It will end the plan",
    Decision.ANOTHER: "It decided something else",
    Decision.NONE: "It has not written to us about a decision",
}


class FourQuestions(Form):
    """What was decided; about which part of the plan; is care in it; is it a claim of discrimination."""

    decision = OneOf(
        "1. What does the letter from the council say?",
        "Choose what the letter from the council says",
        choices=[SelectChoice(decision.value, said) for decision, said in IN_PLAIN_WORDS.items()],
    )
    about_education = BooleanField("My child's needs, or the help they get (Sections B and F)")
    about_school = BooleanField("The school or college, its type, or that none is named (Section I)")
    health = BooleanField("Health care")
    social_care = BooleanField("Social care")
    discrimination = OneOf(
        "4. Do you say that your child was treated unfairly because of a disability?",
        "Choose yes if your child was treated unfairly because of a disability",
        choices=[SelectChoice(YES, "Yes"), SelectChoice(NO, "No")],
    )

    @property
    def answers(self) -> Answers:
        """As the law asks for them."""
        about = {Part.SPECIAL_EDUCATION: self.about_education, Part.SCHOOL: self.about_school}
        care = {Care.HEALTH: self.health, Care.SOCIAL_CARE: self.social_care}
        return Answers(
            decision=Decision(self.decision.data),
            about=frozenset(part for part, field in about.items() if field.data),
            care=frozenset(kind for kind, field in care.items() if field.data),
            discrimination=self.discrimination.data == YES,
        )


class Dates(Form):
    """The two dates from which the time for an appeal is counted."""

    letter = Day("Date on the letter from the council", called="the date on the letter", required=True)
    certificate = Day("Date on the mediation certificate, if you have one", called="the date on the certificate")

    def are_possible(self, today: date) -> bool:
        """No letter is older than this law, no certificate older than its letter, and neither is of tomorrow."""
        if not self.validate():
            return False
        letter, certificate = self.letter.data, self.certificate.data
        if not rules.APPEAL_AFTER_DECISION.applies_from <= letter <= today:
            self.letter.errors = ["The date on the letter must be today or in the past"]
        elif certificate is not None and not letter <= certificate <= today:
            self.certificate.errors = ["The date on the certificate must be between the date on the letter and today"]
        return not self.errors


class CouncilName(Form):
    """The name at the top of the letter."""

    name = Line("Name of the council on your letter", (Given("Enter the name of the council on your letter"),))
