"""The officers' forms, each with the sentences that it says when something is missing."""

from wtforms import Form

from webapp.console.case_forms import YES_OR_NO
from webapp.console.forms import OneOf
from webapp.forms import Day, Given, Line, MailAddress, Words


class Comes(Form):
    """Somebody who comes for the authority, and its declaration about them."""

    name = Line("Full name", (Given("Enter the name of the person who comes"),))
    position = Line("What they do", (Given("Enter what they do, for example “SEND casework manager”"),))
    email = Line("Email address", (Given("Enter the email address of the person who comes"), MailAddress()))
    may_agree = OneOf("Can they agree to something on the day?", "Choose whether they can agree", choices=YES_OR_NO)


class Cannot(Form):
    """Why the authority cannot arrange mediation in time."""

    because = Words("Why can it not be arranged in time?", (Given("Enter why it cannot be arranged in time"),))


class DoneOn(Form):
    """The day on which something was done."""

    done_on = Day("When was it done?", called="the day on which it was done", required=True)
