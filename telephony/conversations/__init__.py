"""Who says what next. No Flask and no Twilio: a conversation hears words and keys and returns a prompt.

- ``exchange``: one request of a call, and what a question is
- ``memory``: what the line remembers between two requests
- ``reception``: picks up, asks for the purpose, and knows what always holds: 0 for a person, * to hear again
- ``advice_call``, ``meeting_call``: what callers come for
- ``person``, ``number``: a person calls back, on a number that is safe; ``voicemail``: for whoever has none
- ``waiting``: the queue, while an adviser takes calls; ``our_call``: an adviser or a family is rung
- ``texts``: a text comes in; ``text_menu``: the questions we ask by text
"""
