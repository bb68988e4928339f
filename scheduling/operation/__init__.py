"""The service's own health: its vital signs, alarms to its operator, backups, and the proof that they are good."""
