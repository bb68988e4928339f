"""What happens in a case, one stage a file; then what is due and who is needed.

In reading order: intake, contacts, people, routes, advice, mediation, authority, meeting, decline, certificates; then
agreements and promises, or resolution; then deadlines, alarms, needs and the worklist. A stage knows the ones before
it and never one that comes after.
"""
