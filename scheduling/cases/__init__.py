"""What happens in a case, one stage a file: intake, advice, mediation; then what is due and who is needed.

In reading order: intake, advice, mediation, deadlines, alarms, worklist.
"""
