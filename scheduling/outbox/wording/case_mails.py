"""Mails about a case beside its meeting: certificates, the family's time, and what the authority still owes.

Subjects carry the reference and no more. Nothing here says what was discussed, how anybody behaved or what came of it.
"""

from collections.abc import Sequence
from datetime import date, datetime

from scheduling import london, references
from scheduling.law.deadlines import Deadline
from scheduling.outbox import certificate_numbers, identity
from scheduling.outbox.wording.mails import Mail


def certificate_issued(
    *,
    name: str | None,
    reference: str,
    number: str,
    code: str,
    issued_on: date,
    appeal_by: date,
    last_lawful: date,
    check_at: str,
) -> Mail:
    """The certificate itself goes with this mail; its facts stand here too, for whoever cannot open it."""
    return Mail(
        subject=_subject("Your document", reference),
        body=_letter(
            _greeting(name),
            "Your mediation certificate is attached. Send a copy of it with your appeal, and keep this one.",
            f"Certificate number: {certificate_numbers.written_number(number)}\n"
            f"Check code: {certificate_numbers.written_code(code)}\n"
            f"Date of issue: {london.written_day(issued_on)}",
            f"If you appeal, your appeal must reach the Tribunal by {london.written_day(appeal_by)} and be received "
            "there by 5pm.",
            _last_lawful(last_lawful) if last_lawful != appeal_by else None,
            f"Anybody who holds the certificate can ask whether it is genuine: {check_at}",
            "The certificate does not mean that you have to appeal.",
        ),
    )


def late_contact_decided(*, name: str | None, reference: str, allowed: bool, contacted: date, last_day: date) -> Mail:
    """What is open to a family whose first contact came after the two months."""
    decision = (
        "Our adviser has decided that we can still issue your certificate. The Tribunal decides whether it takes an "
        "appeal that is late."
        if allowed
        else "Our adviser has decided that we cannot issue a certificate now. That is not the end."
    )
    return Mail(
        subject=_subject("What you can do now", reference),
        body=_letter(
            _greeting(name),
            f"You first contacted us on {london.written_day(contacted)}. The two months for it ended on "
            f"{london.written_day(last_day)}. {decision}",
            "You can ask the Tribunal for permission to appeal without a certificate or after the time. Say why you "
            "could not act earlier. The Tribunal decides.",
            "Free and independent advice: your local special educational needs and disability information, advice and "
            "support service (SENDIASS), and IPSEA (www.ipsea.org.uk).",
            "Disagreement resolution is open at any time. It is voluntary for everybody and takes no right away from "
            "you. Ask us for it.",
        ),
    )


def mediation_not_wanted(*, officer: str, reference: str) -> Mail:
    """The authority need not arrange anything any more."""
    return Mail(
        subject=_subject("Mediation no longer requested", reference),
        body=_letter(
            f"Dear {officer},",
            f"The family (reference {references.written(reference)}) has told us that it does not want mediation. You "
            "do not need to arrange anything further. Any meeting that was booked is cancelled.",
        ),
    )


def nothing_to_arrange(*, officer: str, reference: str) -> Mail:
    """We have closed the case while the authority still had mediation to arrange; why is between the family and us."""
    return Mail(
        subject=_subject("Nothing more to arrange", reference),
        body=_letter(
            f"Dear {officer},",
            f"We have closed the case with reference {references.written(reference)}. You do not need to arrange "
            "mediation for it any more, and nobody waits for an answer from you.",
        ),
    )


def case_closed(*, name: str | None, reference: str, phone: str, address: str) -> Mail:
    """To the family, and nothing of why: what comes next, and how to come back."""
    return Mail(
        subject=_subject("Your case with us is closed", reference),
        body=_letter(
            _greeting(name),
            "Your case with us is closed. You do not need to do anything.",
            "This does not change any right that you have, or any date until which you can use it. If you have a "
            "certificate from us, keep it. What was promised to you is still to be done, and we still ask about it.",
            f"If you need us again, call us on {phone} or write to {address}, and tell us the reference above. We can "
            "open your case again, or begin a new one.",
        ),
    )


def from_the_mediator(*, reference: str, words: str) -> Mail:
    """A mediator's words to a family, passed on by us; an answer comes to us."""
    return Mail(
        subject=_subject("From your mediator", reference),
        body=_letter("Your mediator writes:", words, "If you answer this mail, we pass your answer on."),
    )


def authority_asked_again(
    *,
    name: str,
    officer: str,
    reference: str,
    told_at: datetime,
    mediation_by: date | None,
    link: str,
    see_to_it_at: str,
) -> Mail:
    """Nobody has said that the notice was read. On health alone there is no day by which the authority mediates."""
    is_running = (
        "The time for telling the integrated care board is running: the day stands in our notice."
        if mediation_by is None
        else f"The 30 days are running: the meeting must be held by {london.written_day(mediation_by)}."
    )
    return Mail(
        subject=_subject("No answer yet: mediation requested", reference),
        body=_letter(
            f"Dear {name},",
            f"We told {officer} at {london.written(told_at)} that a family wants mediation (reference "
            f"{references.written(reference)}). Nobody has acknowledged it yet.",
            is_running,
            f"Please acknowledge the notice here: {link}",
            what_we_need(see_to_it_at),
            "If you cannot arrange mediation in this time, tell us as soon as you know.",
        ),
    )


def other_times_wanted(
    *, officer: str, reference: str, times: Sequence[str], mediation_by: date, see_to_it_at: str
) -> Mail:
    """Everybody else could meet, and the officer's diary says no to every such time."""
    return Mail(
        subject=_subject("Which of these times can you come?", reference),
        body=_letter(
            f"Dear {officer},",
            f"We look for a time for the mediation with reference {references.written(reference)}, which must be held "
            f"by {london.written_day(mediation_by)}. What we know of your diary leaves no time at which everybody else "
            "can come.",
            "Everybody else can come at these times:\n" + "\n".join(f"- {one}" for one in times),
            "Could you come to one of them after all, or could a colleague who may decide come instead? Please tell us "
            "as soon as you can, also of any other time before that day.",
            what_we_need(see_to_it_at),
        ),
    )


def remember_the_care_board(
    *, officer: str, reference: str, told_by: Deadline, is_over: bool, see_to_it_at: str
) -> Mail:
    """Health is in issue, and we have not heard that the integrated care board was told."""
    was_due = "had to tell" if is_over else "must tell"
    return Mail(
        subject=_subject("Reminder: tell the care board", reference),
        body=_letter(
            f"Dear {officer},",
            f"Health care is part of this disagreement (reference {references.written(reference)}). You {was_due} "
            f"each integrated care board concerned by {london.written_day(told_by.day)}: that mediation is wanted, the "
            "issues, and the health care provision that the family wants.",
            "Please let us know whom you have told, and when.",
            what_we_need(see_to_it_at),
            f"Source: {told_by.citation}",
        ),
    )


def care_board_told(
    *, board: str, reference: str, issues: str, arranges: bool, told_at: datetime, mediation_by: date
) -> Mail:
    """What an integrated care board has to do in a case that includes health care."""
    duty = (
        "The disagreement is about health care alone, so it is for you to arrange the mediation and to take part."
        if arranges
        else "The authority arranges the mediation, and you must take part."
    )
    return Mail(
        subject=_subject("Mediation requested", reference),
        body=_letter(
            f"Dear {board},",
            f"A family wants mediation. You were told of it at {london.written(told_at)}.",
            f"What the disagreement is about, in the family's words:\n{issues}",
            f"{duty} The meeting must be held by {london.written_day(mediation_by)}. Whoever comes for you must be "
            "able to settle the issues about health care.",
            f"Please name the person who will come, and times that suit: {identity.current().written_phone}.",
        ),
    )


def authority_cannot(*, name: str | None, reference: str, certificate_by: date | None) -> Mail:
    """The family has two ways now, and keeps both."""
    certificate = (
        f"You will get a certificate by {london.written_day(certificate_by)}. With it you can appeal at once, or wait. "
        "The time for your appeal runs while you wait, and the certificate says by when it must reach the Tribunal."
        if certificate_by is not None
        else None
    )
    return Mail(
        subject=_subject("What happens next", reference),
        body=_letter(
            _greeting(name),
            "The council has told us that it cannot arrange the meeting within its 30 days.",
            certificate,
            "Your case stays open, and the meeting can still be held later.",
        ),
    )


def what_we_need(see_to_it_at: str) -> str:
    """Where an officer answers without an account, in every mail that asks an authority for something."""
    return f"What we need from you in this case and in your others is here, where you can answer too: {see_to_it_at}"


def _last_lawful(day: date) -> str:
    return (
        "Because of when that day falls, the Tribunal still takes an appeal until 5pm on "
        f"{london.written_day(day)}. Please do not plan on those days."
    )


def _subject(what: str, reference: str) -> str:
    return f"{what} (reference {references.written(reference)})"


def _greeting(name: str | None) -> str:
    return f"Dear {name}," if name else "Hello,"


def _letter(*paragraphs: str | None) -> str:
    we = identity.current()
    return "\n\n".join([*filter(None, paragraphs), f"{we.name}\n{we.written_phone}"]) + "\n"
