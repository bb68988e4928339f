"""What we send: written beside the fact that it reports, worded here, and carried by the worker alone.

In reading order: identity (who we say we are), messages (a text or a mail is written), wording (the words),
invites (calendars), delivery (the worker's round), smtp (mail's carrier).
"""
