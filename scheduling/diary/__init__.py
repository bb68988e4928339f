"""When and where: what is taken, which slots are lawful, keeping and moving bookings, closing venues, reminders.

In reading order: quarters (the grid of quarter-hours), claims (what a booking keeps for itself), constraints (what a
slot must satisfy), slots (the search), bookings, venues, reminders.
"""
