"""A telephone in the browser: it plays Twilio towards our own webhooks, signed as Twilio signs. Only in the demo.

In reading order:

- ``phones``: the telephones on the table; ``store``: what the simulated provider knows
- ``twiml``: what a document makes a caller hear; ``provider`` and ``forms``: how Twilio asks us for one
- ``handset``: a telephone that can be told what to do; ``stopping``: STOP and START
- ``carrier``: our texts on their way to the phones
- ``mailbox``: a real mail server that keeps every letter
- ``pages``: all of it in the browser
"""

from telephony.simulator.pages import blueprint

__all__ = ["blueprint"]
