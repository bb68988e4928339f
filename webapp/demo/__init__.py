"""The demonstration: `stage` (places and people), `story` (a fortnight of their life), `command` (the whole service).

Everybody and everything in it is invented. What happens is told through the same functions that real events use.
"""
