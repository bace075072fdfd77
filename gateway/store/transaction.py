"""One write transaction: the connection, the log's head, and what was looked up for the whole batch.

Rules of this file: it is made when the transaction has begun, and finished before the commit.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from gateway.entry import Entry
from gateway.status import Status
from gateway.store import log, unanswered


class Transaction:
    """What a write is given. Several writes may share one; none may know of the others."""

    __slots__ = ("_chain", "_recorder", "answers", "connection", "key")

    def __init__(self, connection: Connection, recorder: log.Recorder) -> None:
        self._chain = log.Chain(connection)
        self.connection = connection
        self.key = self._chain.key
        """The id of the store's key, with which alone this transaction may seal."""
        self._recorder = recorder
        self.answers: dict[str, Status] = {}
        """Answers that clients never heard, by `whole`, for those of this batch that asked."""

    def append(self, *entries: Entry) -> None:
        """Append to the policy log. Raises ValueError or TypeError for what is no JSON."""
        for entry in entries:
            self._chain.append(self._recorder.record(entry))

    def append_record(self, record: log.Record) -> None:
        """Append an entry whose octets were made before."""
        self._chain.append(record)

    def remember(self, whole: str, answer: Status, at: datetime, kept: timedelta = unanswered.KEPT) -> None:
        """Remember an answer that the client never heard; also for those of this batch that come later."""
        unanswered.remember(self.connection, whole, answer, at, kept)
        self.answers.pop(whole, None)
        if kept:
            self.answers[whole] = answer

    def finish(self) -> None:
        """Write what was appended."""
        self._chain.flush()
