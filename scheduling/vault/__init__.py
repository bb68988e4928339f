"""What families told us in confidence is sealed before it is written, and opened only where somebody reads it.

A case and a person each have a key of their own, kept in the record wrapped by a master key that is not in the record.
Destroying a case's key erases what was said in it, in the record and in every later copy of it.

- masters: the keys from outside, and which of them is the newest
- envelope: one value, sealed and opened
- keys: the key of a case, of a person, of a row that belongs to nobody yet; kept wrapped
- sealed: attributes whose columns hold sealed values, and how rows are found by a number without opening any
- upkeep: rows from before there was a vault, and a new master key
- erasure: forgetting a case
"""

from scheduling.vault.erasure import forget, forget_row

__all__ = ["forget", "forget_row"]
