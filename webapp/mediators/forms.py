"""The mediators' forms, each with the sentences that it says when something is missing."""

from wtforms import Form

from webapp.forms import Given, Words


class ToTheFamily(Form):
    """Words that we pass on."""

    words = Words("Your message", (Given("Enter the message that we pass on"),))
