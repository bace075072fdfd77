"""What a verdict means here: whether the mail is ours to judge, and whether Saate may act on it.

Rules of this file: pure; no I/O.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.agent import is_ours
from gateway.config import Config
from gateway.mail import Envelope
from gateway.verdict import Disposition, Inspection


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is done with a mail, and why it may differ from its verdict."""

    disposition: Disposition
    in_scope: bool
    trial: bool

    @property
    def scope(self) -> str:
        """As written in the log."""
        return "in-scope" if self.in_scope else "out-of-scope"

    @property
    def mode(self) -> str:
        """As written in the log."""
        return "trial" if self.trial else "enforce"


def rule(inspection: Inspection, envelope: Envelope, config: Config) -> Ruling:
    """Apply scope and mode to a verdict.

    A mail is ours when any of its From mailboxes is in `senders:`; one without a From mailbox, when its reverse-path
    is. Forwards and bounces that pass through are neither. In trial nothing is held or annotated.
    """
    authors = inspection.facts.header_from or (envelope.reverse_path,)
    in_scope = not config.senders or any(is_ours(author, config.senders) for author in authors)
    acts = in_scope and not config.in_trial
    disposition = inspection.verdict.disposition if acts else Disposition.PASS
    return Ruling(disposition, in_scope, config.in_trial)
