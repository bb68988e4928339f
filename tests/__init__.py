"""The same stories as sentences; folders mirror the rooms they tell of."""
