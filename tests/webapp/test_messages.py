"""The outbox and the inbox, as those who work with them see them."""

from sqlalchemy import select

from scheduling import db
from scheduling.models import Case, Contact, InboundMail, Message
from tests.webapp.browser import Browser
from tests.webapp.conftest import Told


def test_dead_letters_are_found_and_sent_another_way(coordinator: Browser, told: Told) -> None:
    assert "Need somebody 1" in coordinator.opens("/messages").text
    assert "meeting booked" in coordinator.opens("/messages?waiting=yes&channel=sms").text
    assert "meeting booked" not in coordinator.opens("/messages?waiting=yes&channel=email").text
    coordinator.opens(f"/messages/{told.failed}")

    page = coordinator.presses("Send it by mail instead")

    assert "It goes by another channel" in page.text
    assert "a text as a mail" in page.headings[0]
    assert "Need somebody" not in coordinator.opens("/messages").text


def test_a_message_is_sent_again(coordinator: Browser, told: Told) -> None:
    coordinator.opens(f"/messages/{told.failed}")

    page = coordinator.presses("Send it again")

    assert "on its way again" in page.text
    assert "Queued" in page.text


def test_the_page_says_why_a_message_cannot_go(coordinator: Browser, told: Told) -> None:
    with db.Session.begin() as session:
        for case in session.scalars(select(Case)):
            case.person.do_not_contact = True

    page = coordinator.opens(f"/messages/{told.failed}")

    assert "It cannot be sent again. The person must not be contacted." in page.text
    assert "Send it again" not in page.html


def test_an_adviser_takes_a_text_finds_its_case_and_answers_it(adviser: Browser, told: Told) -> None:
    adviser.opens("/inbox")
    assert "Waiting 2" in adviser.page.text
    adviser.opens(f"/contacts/{told.contact}")
    assert "as our rota promises" in adviser.page.text

    adviser.presses("Save who answers", staff=_id_of_the_adviser(adviser))
    assert "Alex of Barnet answers it" in adviser.page.text
    assert "For me 1" in adviser.opens("/inbox?show=mine").text
    adviser.opens(f"/contacts/{told.contact}")
    page = adviser.presses("Send the answer", **{"reply-reference": told.booked, "reply-words": "We ring you at 3pm."})

    assert "The answer is on its way" in page.text
    assert "Common Ground: We ring you at 3pm." in page.text
    assert "Waiting 1" in adviser.opens("/inbox").text


def test_an_answer_without_words_or_case_is_asked_for_again(adviser: Browser, told: Told) -> None:
    adviser.opens(f"/contacts/{told.contact}")

    page = adviser.presses("Send the answer", **{"reply-reference": "12345678", "reply-words": ""})

    assert (page.status, page.title.startswith("Error: ")) == (422, True)
    assert page.errors == ["There is no case with this reference. Check each digit", "Enter your answer"]


def test_a_refused_answer_says_why_and_keeps_the_words(adviser: Browser, told: Told) -> None:
    with db.Session.begin() as session:
        session.scalars(select(Case).where(Case.reference == told.booked)).one().person.may_text = None
    adviser.opens(f"/contacts/{told.contact}")

    page = adviser.presses("Send the answer", **{"reply-reference": told.booked, "reply-words": "At three."})

    assert page.status == 422
    assert page.errors == ["No text was sent. The person has not agreed to texts."]
    assert "At three." in page.html
    with db.Reading() as session:
        contact = session.get_one(Contact, told.contact)
        assert (contact.case_id, contact.handled_at) == (None, None)


def test_words_that_may_mean_danger_offer_no_quick_answer(adviser: Browser, told: Told) -> None:
    with db.Session.begin() as session:
        session.get_one(Contact, told.contact).may_mean_danger = True

    page = adviser.opens(f"/contacts/{told.contact}")

    assert "Send the answer" not in page.html
    assert "May mean danger" in adviser.opens("/inbox").text


def test_a_mail_is_tied_to_its_case_and_answered(adviser: Browser, told: Told) -> None:
    page = adviser.opens(f"/mails/{told.mail}")
    assert "&lt;b&gt;About Alex" in page.html

    adviser.presses("It belongs to this case")
    page = adviser.presses("Send the answer", **{"reply-words": "On Thursday."})

    assert "The answer is on its way" in page.text
    with db.Reading() as session:
        (answer,) = session.scalars(select(Message).where(Message.purpose == "our answer"))
        assert (answer.address, answer.case_id) == (
            "sam@family.example",
            session.get_one(InboundMail, told.mail).case_id,
        )


def test_what_is_not_ours_is_put_aside(adviser: Browser, told: Told) -> None:
    for path in (f"/mails/{told.mail}", f"/contacts/{told.contact}"):
        adviser.opens(path)
        adviser.presses("It is not ours")

    assert "Nothing is here" in adviser.opens("/inbox").text
    assert adviser.opens("/inbox?show=settled").text.count("Not ours") == 2


def _id_of_the_adviser(adviser: Browser) -> str:
    (number,) = [value for value, name in _options(adviser) if name == "Alex of Barnet"]
    return number


def _options(browser: Browser) -> list[tuple[str, str]]:
    return [
        (option.partition('value="')[2].partition('"')[0], option.partition(">")[2].partition("<")[0].strip())
        for option in browser.page.html.split("<option")[1:]
    ]
