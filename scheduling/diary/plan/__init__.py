"""A plan for all who wait together: who meets whom, where and when, so that as many as possible are placed in time.

In reading order: instance (what there is to plan with), words (sets of quarter-hours as the bits of a number), board
(the plan while it is being made), greedy (a first plan), ruin (a better one, in a time budget), regions (two processes
beside each other), bound (more can nobody place), checker (proof that a plan keeps every rule, sharing no code with
the search), planner (all of it as one function).
"""
