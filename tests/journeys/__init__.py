"""Whole stories through the doors that real people use: the telephone, the mailbox, the console in a browser."""
