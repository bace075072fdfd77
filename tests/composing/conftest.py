"""A hold as the store would give it, and the gateway that writes about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.config import Config
from gateway.hold import Hold
from gateway.mail import Envelope, Recipient
from gateway.notice import NoticeWriter, PolicyText
from gateway.verdict import Disposition, Finding, PolicyStatus, ReleaseBy, Where

TEXTS = {
    "plaintext-password": PolicyText(
        {"en": "A password is written out", "fi": "Viestissä näkyy salasana"},
        {"en": "Mail is kept in many mailboxes.", "fi": "Sähköposti jää moneen postilaatikkoon."},
        {"en": "Send a reset link instead.", "fi": "Lähetä linkki, jolla salasanan voi vaihtaa."},
    ),
    "missing-greeting": PolicyText({"en": "There is no greeting"}, {}, {"en": "Begin with a greeting."}),
}


def finding(
    policy: str = "plaintext-password",
    disposition: Disposition = Disposition.HOLD,
    where: Where | None = None,
    excerpt: str = "the password is ••••••••",
    status: PolicyStatus = PolicyStatus.ENFORCED,
) -> Finding:
    return Finding(policy, policy, status, disposition, where or Where("1", 3, 5), excerpt)


@pytest.fixture
def make_hold() -> Callable[..., Hold]:
    """Make a hold with any field changed."""

    def make(**changed: Any) -> Hold:
        fields: dict[str, Any] = {
            "id": "abcdefghij234567",
            "held_at": datetime(2026, 11, 2, 8, 0, tzinfo=UTC),
            "envelope": Envelope("support@example.com", recipients=(Recipient("matti@customer.example"),)),
            "client": "192.0.2.7",
            "size": 4711,
            "message_id": "original-message-id@customer.example",
            "subject": "Re: [Ticket#2026110210000017] Wi-Fi",
            "header_from": "support@example.com",
            "agent": "maija@example.com",
            "language": "en",
            "automatic": False,
            "findings": (finding(),),
            "release_by": ReleaseBy.AGENT,
            "octets_digest": "0" * 64,
            "same": "1" * 64,
            "whole": "2" * 64,
        }
        return Hold(**{**fields, **changed})

    return make


@pytest.fixture
def writer() -> NoticeWriter:
    return NoticeWriter(Config(senders=("example.com",)), "gw.example.com", TEXTS)
