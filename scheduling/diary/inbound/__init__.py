"""What a mail says that came to us from anybody, taken apart without believing any of it.

In reading order: mail (what we keep of one), words (headers and text as a person reads them), answers (what a calendar
says to an invite), bounces (what a mail server says of a mail of ours), reading (all of it, in a confined process).
"""
