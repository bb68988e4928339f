"""What happens in a case, one stage a file.

In reading order: intake, contacts, advice, routes, mediation, decline, authority, thirty_days, meeting, agreements,
certificates, certificate_post; then what is due and who is needed: deadlines, alarms, worklist.
"""
