"""How families reach us by telephone and text, and what we answer. The only room that knows Twilio.

In reading order:

- ``line``: the line's numbers, address and secrets
- ``webhooks``: Twilio's addresses; ``signature`` tells Twilio from a stranger, ``fields`` cleans what came,
  ``door`` gives each event one effect
- ``callers``: what the line makes of a caller; ``understanding``: what people mean by what they say and key
- ``conversations``: who says what next; neither Flask nor Twilio
- ``phrases``: every word a caller hears; ``voice``: how a question becomes TwiML; ``extraction``: for translators
- ``our_calls``: Twilio's addresses for whoever waits or is rung; ``connecting``: how two are put through, as TwiML
- ``tapes``: voicemails at the provider
- ``carrier``: texts and calls on their way out; ``simulator``: a telephone in the browser
"""
