"""The command line: what a person types, and what she reads then.

Rules of this room: every mistake of a person is one line `saate: …` on standard error and exit 2; JSON is JSON Lines on
standard output; what came from a mail is made harmless for a terminal before it is shown.
"""
