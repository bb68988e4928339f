"""A telephone in the browser: it plays Twilio towards our own webhooks, signed as Twilio signs. Only in the demo.

In reading order:

- ``phones``: the telephones on the table; ``store``: what the simulated provider knows
- ``twiml``: what a document makes a caller hear; ``provider`` and ``forms``: how Twilio asks us for one
- ``handset``: a telephone that can be told what to do; ``transcript``: what it hears; ``stopping``: STOP and START
- ``switchboard``: who waits in a queue, and who is put through to whom
- ``carrier``: our texts on their way to the phones; ``caller``: our calls, which ring them
- ``mailbox``: a real mail server that keeps every letter
- ``pages``: all of it in the browser
"""

from telephony.simulator.pages import blueprint

__all__ = ["blueprint"]
