"""The register of rules: what binds whom, where it is written, since when, and how sure we are of our reading.

Every date and every refusal that this service gives hangs on a rule of this register, and says so. When the law
changes, add an entry with the same key and its own ``applies_from``: cases that began under the old one keep it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Owed(StrEnum):
    """Who has to act."""

    FAMILY = "the family"
    ADVISER = "the mediation adviser"
    AUTHORITY = "the authority"
    HEALTH = "the integrated care board"
    ARRANGER = "whoever arranges the mediation"
    MEDIATOR = "the mediator"
    SERVICE = "the service"
    EVERYBODY = "everybody"
    NOBODY = "nobody"


class Source(StrEnum):
    """How the wording behind a rule is known to us. Whatever was not read is to be compared before a release."""

    READ = "the text itself was read"
    QUOTED = "read where others quote it"
    KNOWN = "known; the wording is still to be compared"
    PRACTICE = "our own reading or practice"


class NotInForce(LookupError):  # noqa: N818 - says what is the matter, as our refusals do
    """No entry of the register applies on that day."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule, in words that a parent can be shown."""

    key: str
    name: str
    citation: str
    owed_by: Owed
    source: Source
    number: int = 0
    """How many of the days, weeks or months its name speaks of; 0 where it is no period."""
    interpretation: str = ""
    """Which reading we follow where the text leaves room; empty where it leaves none."""
    applies_from: date = date(2014, 9, 1)
    """The first day of the matters it binds. The reforms of 2014 came into force on this one; we know nothing older."""

    @property
    def is_certain(self) -> bool:
        return not self.interpretation

    @property
    def certainty(self) -> str:
        return certainty(self.interpretation)


def certainty(interpretation: str) -> str:
    """How sure a date is, in the words that stand beside it."""
    return f"interpretation: {interpretation}" if interpretation else "certain"


ACT = "Children and Families Act 2014"
REGULATIONS = "Special Educational Needs and Disability Regulations 2014 (SI 2014/1530)"
TRIBUNAL_RULES = (
    "Tribunal Procedure (First-tier Tribunal) (Health, Education and Social Care Chamber) Rules 2008 (SI 2008/2699)"
)
CODE = "SEND Code of Practice 2015"

_FROM_NEXT_WORKING_DAY = (
    "“working day” is not defined in the Regulations: we leave out weekends and English bank holidays, as the Tribunal "
    "Rules do, and do not count the day of the event"
)
_SAME_WEEKDAY = "weeks end on the same day of the week, also on a holiday: the text moves nothing"

# What the family has to do

CONTACT_THE_ADVISER = Rule(
    key="contact-the-adviser",
    name="Contact the mediation adviser within two months after the decision was sent",
    citation=f"{REGULATIONS}, regulation 33",
    owed_by=Owed.FAMILY,
    source=Source.READ,
    number=2,
)
CONTACT_DOES_NOT_ROLL = Rule(
    key="contact-does-not-roll",
    name="The last day for contacting the adviser stays where it is, at a weekend, on a holiday and in August",
    citation=f"{REGULATIONS}, regulation 33",
    owed_by=Owed.FAMILY,
    source=Source.PRACTICE,
    interpretation="the Regulations have no rule that moves a last day, so we do not move it",
)
LATE_CONTACT_NEEDS_PERMISSION = Rule(
    key="late-contact-needs-permission",
    name="After the two months the Tribunal may still allow an appeal without a certificate",
    citation=f"{REGULATIONS}, regulation 34(2); {TRIBUNAL_RULES}, rule 19",
    owed_by=Owed.FAMILY,
    source=Source.QUOTED,
)
CERTIFICATE_BEFORE_APPEAL = Rule(
    key="certificate-before-appeal",
    name="An appeal needs a mediation certificate",
    citation=f"{ACT}, section 55(3) to (5)",
    owed_by=Owed.FAMILY,
    source=Source.QUOTED,
)
MAY_BE_APPEALED = Rule(
    key="may-be-appealed",
    name="An appeal lies against a refusal to assess, to reassess, to make or to amend a plan, against its Sections B, "
    "F and I, and against ending it",
    citation=f"{ACT}, section 51(2)",
    owed_by=Owed.NOBODY,
    source=Source.KNOWN,
)
SCHOOL_ONLY_NEEDS_NO_CERTIFICATE = Rule(
    key="school-only-needs-no-certificate",
    name="An appeal only about the school named, its type, or that none is named needs no certificate",
    citation=f"{ACT}, section 55(2)",
    owed_by=Owed.NOBODY,
    source=Source.QUOTED,
)
SCHOOL_AND_CARE_NEED_A_CERTIFICATE = Rule(
    key="school-and-care-need-a-certificate",
    name="An appeal about the school that also raises health or social care is prepared with a certificate",
    citation=f"{ACT}, section 55(2); Special Educational Needs and Disability (First-tier Tribunal Recommendations "
    "Power) Regulations 2017 (SI 2017/1306)",
    owed_by=Owed.FAMILY,
    source=Source.PRACTICE,
    interpretation="such an appeal may not be about the school alone, and a certificate too many harms nobody",
)
CARE_ALONE_CANNOT_BE_APPEALED = Rule(
    key="care-alone-cannot-be-appealed",
    name="Health and social care alone cannot be appealed and need no certificate, but there is mediation about them",
    citation=f"{ACT}, sections 51(2), 53 and 54",
    owed_by=Owed.NOBODY,
    source=Source.QUOTED,
)
DISCRIMINATION_NEEDS_NO_CERTIFICATE = Rule(
    key="discrimination-needs-no-certificate",
    name="A disability discrimination claim needs no certificate, and August counts",
    citation="Equality Act 2010, Schedule 17",
    owed_by=Owed.NOBODY,
    source=Source.QUOTED,
)
RIGHT_HOLDER = Rule(
    key="right-holder",
    name="The right is the parent's until the last Friday in June of the school year in which the young person turns "
    "16, and then the young person's until 25",
    citation=f"{ACT}, section 83; {REGULATIONS}, regulations 63 to 65; Education Act 1996, section 8",
    owed_by=Owed.SERVICE,
    source=Source.KNOWN,
)
AFTER_TWENTY_FIVE = Rule(
    key="after-twenty-five",
    name="From the 25th birthday the right goes on only while the authority keeps the plan up, at most for the rest of "
    "the academic year",
    citation=f"{ACT}, sections 46 and 83(2); {REGULATIONS}, regulation 46",
    owed_by=Owed.SERVICE,
    source=Source.QUOTED,
    interpretation="the academic year ends on 31 July at a further education college, with the training in an "
    "apprenticeship, and everywhere else on the day before the 26th birthday, past which no plan goes",
)
CAPACITY = Rule(
    key="capacity",
    name="Whoever cannot take the decision is represented: a parent by a deputy or attorney, a young person by one of "
    "these and otherwise by the parent",
    citation=f"{ACT}, section 80; {REGULATIONS}, regulations 63 to 65; Mental Capacity Act 2005, sections 1 to 3",
    owed_by=Owed.SERVICE,
    source=Source.KNOWN,
)

# What the adviser has to do

INFORMATION_FIRST = Rule(
    key="information-first",
    name="Information about mediation comes before any certificate",
    citation=f"{ACT}, section 55(4)(a) and (5)(a); {CODE}, 11.21 to 11.23",
    owed_by=Owed.ADVISER,
    source=Source.QUOTED,
)
CERTIFICATE_WHEN_DECLINED = Rule(
    key="certificate-when-declined",
    name="Certificate within three working days of being told that the family does not want mediation",
    citation=f"{REGULATIONS}, regulation 34(1); {ACT}, section 55(4)",
    owed_by=Owed.ADVISER,
    source=Source.QUOTED,
    number=3,
    interpretation=_FROM_NEXT_WORKING_DAY,
)
CERTIFICATE_WHEN_MIND_CHANGED = Rule(
    key="certificate-when-mind-changed",
    name="Certificate within three working days of being told that the family no longer wants mediation",
    citation=f"{REGULATIONS}, regulation 34(1); {CODE}, 11.29",
    owed_by=Owed.ADVISER,
    source=Source.QUOTED,
    number=3,
    interpretation=f"a change of mind is treated like a first refusal; {_FROM_NEXT_WORKING_DAY}",
)
CERTIFICATE_WHEN_CONCLUDED = Rule(
    key="certificate-when-concluded",
    name="Certificate within three working days of the end of mediation, whatever came of it",
    citation=f"{REGULATIONS}, regulation 39; {ACT}, section 55(5)",
    owed_by=Owed.ADVISER,
    source=Source.KNOWN,
    number=3,
    interpretation=_FROM_NEXT_WORKING_DAY,
)
CERTIFICATE_WHEN_NOT_ARRANGED = Rule(
    key="certificate-when-not-arranged",
    name="Certificate within three working days of hearing that mediation cannot be arranged within 30 days",
    citation=f"{REGULATIONS}, regulations 36 and 39; {CODE}, chapter 11",
    owed_by=Owed.ADVISER,
    source=Source.QUOTED,
    number=3,
    interpretation=f"the three days run from the news, also before the 30 days are over; {_FROM_NEXT_WORKING_DAY}",
)
ABSENCE_IS_NOT_PARTICIPATION = Rule(
    key="absence-is-not-participation",
    name="A family that did not come has not taken part: no certificate of having taken part",
    citation=f"{ACT}, section 55(5)(c)",
    owed_by=Owed.ADVISER,
    source=Source.KNOWN,
    interpretation="the Act asks for participation, and we do not take an invitation for it",
)
SILENCE_IS_AN_ANSWER = Rule(
    key="silence-is-an-answer",
    name="An authority that has arranged nothing by the end of the 30 days has said that it cannot",
    citation=f"{REGULATIONS}, regulations 36 and 39",
    owed_by=Owed.ADVISER,
    source=Source.PRACTICE,
    interpretation="the Regulations wait for the authority's word; a family need not lose its appeal to a silence, so "
    "an adviser may issue the certificate and writes down why",
)
ONE_CERTIFICATE = Rule(
    key="one-certificate",
    name="A decision has one certificate, and another decision letter is another matter with its own",
    citation=f"{ACT}, section 55(3)",
    owed_by=Owed.ADVISER,
    source=Source.PRACTICE,
)

# What the authority and the health service have to do

NOTICE_CONTENTS = Rule(
    key="notice-contents",
    name="The decision letter names the right to mediation, the certificate, the adviser, the times and a contact",
    citation=f"{REGULATIONS}, regulation 32",
    owed_by=Owed.AUTHORITY,
    source=Source.READ,
)
AUTHORITY_IS_TOLD = Rule(
    key="authority-is-told",
    name="The authority is told that the family wants mediation, about what, and which health care it wants",
    citation=f"{ACT}, section 52(3); {REGULATIONS}, regulation 32(e)",
    owed_by=Owed.FAMILY,
    source=Source.READ,
)
MEDIATION_WITHIN_THIRTY_DAYS = Rule(
    key="mediation-within-thirty-days",
    name="Mediation is held within 30 days of the authority being told",
    citation=f"{ACT}, section 54; {REGULATIONS}, regulation 36",
    owed_by=Owed.AUTHORITY,
    source=Source.QUOTED,
    number=30,
    interpretation="calendar days, the day of telling not counted, no moving over weekends, and the meeting itself "
    "held and not only arranged in that time",
)
HEALTH_IS_TOLD = Rule(
    key="health-is-told",
    name="The authority tells each integrated care board within three working days of being told",
    citation=f"{ACT}, section 53(2); {REGULATIONS}, regulation 35",
    owed_by=Owed.AUTHORITY,
    source=Source.QUOTED,
    number=3,
    interpretation=_FROM_NEXT_WORKING_DAY,
)
HEALTH_WITHIN_THIRTY_DAYS = Rule(
    key="health-within-thirty-days",
    name="On health alone the integrated care board holds mediation within 30 days of hearing from the authority",
    citation=f"{ACT}, section 53(3) to (5); {REGULATIONS}, regulation 35",
    owed_by=Owed.HEALTH,
    source=Source.QUOTED,
    number=30,
    interpretation="calendar days, the day of telling not counted, no moving over weekends",
)
AUTHORITY_SAYS_IT_CANNOT = Rule(
    key="authority-says-it-cannot",
    name="An authority that cannot arrange mediation within 30 days tells the adviser as soon as it realises",
    citation=f"{REGULATIONS}, regulation 36",
    owed_by=Owed.AUTHORITY,
    source=Source.QUOTED,
)
AUTHORITY_TO_RESOLVE = Rule(
    key="authority-to-resolve",
    name="Whoever comes for the authority or the health service may decide the matter",
    citation=f"{REGULATIONS}, regulation 38",
    owed_by=Owed.AUTHORITY,
    source=Source.QUOTED,
)
EXPENSES = Rule(
    key="expenses",
    name="Mediation is free for families, and reasonable travel and other expenses are paid back",
    citation=f"{ACT}, section 56(1)(g); {REGULATIONS}, regulation 41",
    owed_by=Owed.AUTHORITY,
    source=Source.QUOTED,
)

# The meeting

NOTICE_IN_CLEAR_DAYS = Rule(
    key="notice-in-clear-days",
    name="Five clear working days' notice of the date and place",
    citation=f"{REGULATIONS}, regulation 37",
    owed_by=Owed.ARRANGER,
    source=Source.QUOTED,
    number=5,
    interpretation="“at least five working days before” read strictly: neither the day of the notice nor that of the "
    "meeting is counted, and a notice given on a holiday counts from the next working day",
)
NOTICE_IN_ORDINARY_DAYS = Rule(
    key="notice-in-ordinary-days",
    name="Five working days' notice of the date and place, counted the ordinary way",
    citation=f"{REGULATIONS}, regulation 37",
    owed_by=Owed.ARRANGER,
    source=Source.QUOTED,
    number=5,
    interpretation="“at least five working days before” read generously: the day of the notice is the fifth working "
    "day before the meeting",
)
SHORTER_NOTICE_BY_CONSENT = Rule(
    key="shorter-notice-by-consent",
    name="Less than five working days' notice when the family consents",
    citation=f"{REGULATIONS}, regulation 37",
    owed_by=Owed.FAMILY,
    source=Source.QUOTED,
)
WHO_MAY_ATTEND = Rule(
    key="who-may-attend",
    name="The parties come, with whatever supporter the family wishes; the child by agreement; others if all agree",
    citation=f"{REGULATIONS}, regulation 38",
    owed_by=Owed.EVERYBODY,
    source=Source.QUOTED,
)
CHILDS_VIEWS = Rule(
    key="childs-views",
    name="The mediator takes reasonable steps to hear what the child thinks",
    citation=f"{ACT}, section 56(1)(e); {REGULATIONS}, regulation 38",
    owed_by=Owed.MEDIATOR,
    source=Source.READ,
)
CONFIDENTIAL = Rule(
    key="confidential",
    name="What is said in mediation is confidential and without prejudice, except where somebody must be kept safe",
    citation=f"{CODE}, 11.38",
    owed_by=Owed.EVERYBODY,
    source=Source.QUOTED,
)
INDEPENDENT = Rule(
    key="independent",
    name="Adviser and mediator are employed by no authority, integrated care board or NHS England",
    citation=f"{ACT}, sections 53, 54 and 56(2) and (3)",
    owed_by=Owed.SERVICE,
    source=Source.READ,
)
TRAINED_MEDIATORS = Rule(
    key="trained-mediators",
    name="Mediators have the training and knowledge for special educational needs",
    citation=f"{REGULATIONS}, regulation 40; Civil Mediation Council and College of Mediators, SEND register",
    owed_by=Owed.SERVICE,
    source=Source.KNOWN,
)
DISAGREEMENT_RESOLUTION = Rule(
    key="disagreement-resolution",
    name="Disagreement resolution is voluntary for everybody, at any time, and never leads to a certificate",
    citation=f"{ACT}, section 57; {CODE}, 11.6 to 11.10",
    owed_by=Owed.AUTHORITY,
    source=Source.QUOTED,
)

# The appeal

APPEAL_AFTER_DECISION = Rule(
    key="appeal-after-decision",
    name="Appeal within two months after the decision was sent",
    citation=f"{TRIBUNAL_RULES}, rule 20(1)(c)",
    owed_by=Owed.FAMILY,
    source=Source.READ,
    number=2,
)
APPEAL_AFTER_CERTIFICATE = Rule(
    key="appeal-after-certificate",
    name="Or within one month of the certificate's date of issue, if that is later",
    citation=f"{TRIBUNAL_RULES}, rule 20(1)(c)",
    owed_by=Owed.FAMILY,
    source=Source.READ,
    number=1,
)
BY_FIVE = Rule(
    key="by-five",
    name="What is due at the Tribunal on a day is due by 5pm, and on a day that is no working day by the next one",
    citation=f"{TRIBUNAL_RULES}, rule 12(1) and (2)",
    owed_by=Owed.FAMILY,
    source=Source.READ,
)
AUGUST_AND_CHRISTMAS = Rule(
    key="august-and-christmas",
    name="An appeal due in August, or from 25 December to 1 January, is in time on the first working day after",
    citation=f"{TRIBUNAL_RULES}, rule 12(3)(a)",
    owed_by=Owed.FAMILY,
    source=Source.READ,
)

# After an agreement

AGREED_OTHER_TIMES = Rule(
    key="agreed-other-times",
    name="The parties may agree other times in writing, and those rule",
    citation=f"{REGULATIONS}, regulation 42(5)",
    owed_by=Owed.EVERYBODY,
    source=Source.READ,
)
AGREED_WITHOUT_APPEAL = Rule(
    key="agreed-without-appeal",
    name="What could not have been appealed is done within two weeks of the agreement",
    citation=f"{REGULATIONS}, regulation 42(3)",
    owed_by=Owed.AUTHORITY,
    source=Source.READ,
    number=2,
    interpretation=_SAME_WEEKDAY,
)
AGREED_HEALTH_TELLS = Rule(
    key="agreed-health-tells",
    name="An authority that was not there is told of the agreement within one week",
    citation=f"{REGULATIONS}, regulation 42(4)",
    owed_by=Owed.HEALTH,
    source=Source.READ,
    number=1,
    interpretation=_SAME_WEEKDAY,
)


def _as_if_ordered(key: str, name: str, weeks: int, source: Source = Source.KNOWN) -> Rule:
    """Agreed on what could have been appealed: the times of a Tribunal order."""
    return Rule(
        key=key,
        name=name,
        citation=f"{REGULATIONS}, regulations 42(2) and 44(2)",
        owed_by=Owed.AUTHORITY,
        source=source,
        number=weeks,
        interpretation=_SAME_WEEKDAY if weeks else "",
    )


AGREED_ASSESSMENT = _as_if_ordered(
    "agreed-assessment", "An agreed assessment is notified within two weeks of the agreement", 2
)
AGREED_ASSESSMENT_NO_PLAN = _as_if_ordered(
    "agreed-assessment-no-plan",
    "After an agreed assessment, a decision not to make a plan is told within ten weeks",
    10,
)
AGREED_ASSESSMENT_PLAN = _as_if_ordered(
    "agreed-assessment-plan", "After an agreed assessment, a plan is final within fourteen weeks of the agreement", 14
)
AGREED_PLAN_DRAFT = _as_if_ordered(
    "agreed-plan-draft", "An agreed plan is sent as a draft within five weeks of the agreement", 5
)
AGREED_PLAN_FINAL = _as_if_ordered("agreed-plan-final", "An agreed plan is final within eleven weeks", 11)
AGREED_AMENDMENT = _as_if_ordered(
    "agreed-amendment", "An agreed amendment of the plan is made within five weeks", 5, Source.QUOTED
)
AGREED_SCHOOL = _as_if_ordered(
    "agreed-school", "An agreed change only of the school or its type is made within two weeks", 2, Source.QUOTED
)
AGREED_CONTINUATION = _as_if_ordered("agreed-continuation", "A plan that is to go on goes on at once", 0)
AGREED_WITHIN_WEEKS = Rule(
    key="agreed-within-weeks",
    name="What was agreed is done within the weeks that belong to it, counted from the date of the agreement",
    citation=f"{REGULATIONS}, regulations 42 and 44",
    owed_by=Owed.AUTHORITY,
    source=Source.KNOWN,
    interpretation=_SAME_WEEKDAY,
)

# How we count

MONTHS = Rule(
    key="months",
    name="A month ends on the day with the same number, or on the last day of a month that has none",
    citation="Dodds v Walker [1981] 1 WLR 1027",
    owed_by=Owed.NOBODY,
    source=Source.READ,
)
PRINTED_DATE = Rule(
    key="printed-date",
    name="The date printed on the decision letter is taken for the day on which it was sent",
    citation=f"{REGULATIONS}, regulation 33; {TRIBUNAL_RULES}, rule 20(1)(c)",
    owed_by=Owed.NOBODY,
    source=Source.PRACTICE,
    interpretation="it can only be too early, so nobody is made late by it",
)
WORKING_DAYS = Rule(
    key="working-days",
    name="Working days leave out Saturdays, Sundays, Christmas Day, Good Friday and England's bank holidays",
    citation=f"Banking and Financial Dealings Act 1971, section 1; {TRIBUNAL_RULES}, rule 1",
    owed_by=Owed.NOBODY,
    source=Source.KNOWN,
    interpretation="the Regulations do not define the word, so we take the Tribunal's meaning; school holidays count",
)
LONDON_DAYS = Rule(
    key="london-days",
    name="Whatever reaches us belongs to the day that London's clocks show",
    citation="Summer Time Act 1972, section 3; Interpretation Act 1978, section 9",
    owed_by=Owed.SERVICE,
    source=Source.KNOWN,
)


REGISTER = tuple(entry for entry in list(globals().values()) if isinstance(entry, Rule))
"""Every rule, in the order in which this page tells them: what stands above cannot be forgotten here."""


def in_force(rule: Rule, *, on: date, among: Iterable[Rule] = REGISTER) -> Rule:
    """The entry of this rule that binds a matter which began on this day."""
    entries = [entry for entry in among if entry.key == rule.key and entry.applies_from <= on]
    if not entries:
        message = f"“{rule.name}” applies from {in_words(rule.applies_from)} and says nothing about {in_words(on)}."
        raise NotInForce(message)
    return max(entries, key=lambda entry: entry.applies_from)


def as_markdown() -> str:
    """The register as the page of our documentation."""
    rows = "".join(f"{_as_row(rule)}\n" for rule in REGISTER)
    return (
        "# Rules\n\n"
        "Every date and every refusal of the service comes from one of these. The page is written from the register\n"
        "in `scheduling/law/rules.py` and a test keeps the two alike: change the register, not the page.\n\n"
        "| Rule | Who acts | Where it is written | How sure | How we know the wording | Applies from |\n"
        "|---|---|---|---|---|---|\n"
        f"{rows}"
    )


def _as_row(rule: Rule) -> str:
    cells = (
        f'<a id="{rule.key}"></a>{rule.name}',
        rule.owed_by,
        rule.citation,
        rule.certainty,
        rule.source,
        in_words(rule.applies_from),
    )
    return f"| {' | '.join(cells)} |"


def in_words(day: date) -> str:
    """As the sentences of the law write a day: 1 September 2014."""
    return f"{day:%-d %B %Y}"
