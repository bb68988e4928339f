"""The law of the service: days in, days out, each with the rule it comes from.

Pure: no database, no clock, no web, nothing but the standard library. Days are London's days and arrive as dates.
In reading order: ``rules`` (what binds whom, and where it is written), ``working_days``, ``periods`` (how days are
counted), ``deadlines`` (by when), ``window`` (on which days mediation may be held), ``right_holder`` (who decides),
``routes`` (which way a disagreement goes), ``certificates`` (which may be issued), ``agreements`` (by when a promise is
kept), ``chasing`` (our reminders, which are no law).
"""
