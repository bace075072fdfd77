"""Our notices: what people are told of held replies, and what becomes of them.

Rules of this package: pure; time is passed in. A notice is a thread of its own: no In-Reply-To, no References, no
ticket number or word of the customer in its subject, no Message-ID but its own; a note that goes into the ticket itself
names the ticket, goes to the helpdesk alone and carries nothing with which anybody could act. Excerpts and the subject
come masked and stay so. The words stand in phrases/, one file per language; what a policy means stands in its YAML and
comes here as `PolicyText`.
"""

from __future__ import annotations

from gateway.notice.texts import Deadlines, PolicyText
from gateway.notice.writer import NoticeWriter

__all__ = ["Deadlines", "NoticeWriter", "PolicyText"]
