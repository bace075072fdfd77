"""Saate: reads each outgoing reply as a person would, and passes, annotates or holds it.

The rooms, from the words to the wiring, stand in docs/architecture.md; tests/test_ladder.py holds them to it.
"""

__version__ = "0.1.0"
