"""The demonstration, in which everybody is invented and everything happens through the functions of real events.

`stage` has the places and people, `households` the families, `story` a fortnight of their life, `command` the whole
service.
"""
