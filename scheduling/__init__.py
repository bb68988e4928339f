"""What must happen by when, and where and when it will happen. Knows neither the web nor the telephone.

In reading order, from the ground up; each may use those before it and none after it:

- ``clock``, ``london``, ``numbers``, ``segments``, ``references``, ``refusals``: single words of our language
- ``law``: every statutory day, pure; the first thing to trust
- ``db``, ``models``, ``migrations``: the record
- ``reference``: authorities and bank holidays, which others decide and we only know
- ``outbox``: what we send
- ``diary``: when and where people meet
- ``cases``: what happens to a family, stage by stage
- ``operation``: how the service itself fares: vital signs, alarms to the operator, backups and their proof
- ``jobs``: what the clock sets going
"""
