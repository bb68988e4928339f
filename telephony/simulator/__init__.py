"""A telephone in the browser: it plays Twilio towards our own webhooks, signed as Twilio signs. Only in the demo.

In reading order:

- ``phones``: the telephones on the table; ``store``: what the simulated provider knows
- ``twiml``: what a document makes a caller hear; ``provider``: how Twilio asks us for one
- ``handset``: a telephone that can be told what to do; ``carrier``: our texts on their way to it
- ``mailbox``: a real mail server that keeps every letter
- ``pages``: all of it in the browser
"""
