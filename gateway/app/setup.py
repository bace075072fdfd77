"""What every process of a gateway inherits from the parent, and how the policy set gets into it.

Rules of this file: made before forking; nothing in it holds a thread, a connection to the store or an event loop.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from gateway.app.listen import Board
from gateway.config import Config
from gateway.inspector import Channel, Judge, judge_by
from gateway.nexthop import SharedSlots
from gateway.notice import NoticeWriter, PolicyText
from gateway.orders import token
from gateway.policy import PolicySet


@dataclass(frozen=True, slots=True)
class Setup:
    """All that a worker, the courier and an inspection process are made of."""

    config: Config
    hostname: str
    listening: tuple[socket.socket, ...]
    board: Board
    slots: SharedSlots
    policies: PolicySet
    judge: Judge
    notices: NoticeWriter
    secret: bytes = field(repr=False)
    """The store's own: what addresses to answer notices to are made with."""
    channel: Channel
    """To the inspection processes that judge by this policy set."""


def numbers(config: Config) -> int:
    """How many process numbers share the next hop: the workers, those that they replace on a reload, the courier."""
    return 2 * config.workers + 1


def setup_for(
    config: Config,
    hostname: str,
    policies: PolicySet,
    listening: tuple[socket.socket, ...],
    shared: tuple[Board, SharedSlots],
    secret: bytes,
) -> Setup:
    """Tie everything to a policy set."""
    return Setup(
        config=config,
        hostname=hostname,
        listening=listening,
        board=shared[0],
        slots=shared[1],
        policies=policies,
        judge=judge_by(policies, config.agent_header),
        notices=NoticeWriter(config, hostname, texts(policies), partial(token, secret)),
        secret=secret,
        channel=Channel(),
    )


def texts(policies: PolicySet) -> Mapping[str, PolicyText]:
    """What the policies say to people; the plain `title` and `why` are English."""
    return {
        policy.id: PolicyText({"en": policy.title, **policy.titles}, {"en": policy.why, **policy.whys}, policy.advice)
        for policy in policies.policies
    }
