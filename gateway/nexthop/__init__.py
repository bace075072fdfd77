"""The next hop: our own SMTP client, its sessions pooled, one mail on one session.

Rules of this package: octets verbatim; the next hop's answers verbatim; anything unclear is 4xx and ends the session.
replies.py and extensions.py do no I/O.
"""

from gateway.nexthop.extensions import Capabilities
from gateway.nexthop.pool import Pool
from gateway.nexthop.session import NextHopError
from gateway.nexthop.slots import LocalSlots, SharedSlots, Slots
from gateway.nexthop.transaction import Transaction

__all__ = ["Capabilities", "LocalSlots", "NextHopError", "Pool", "SharedSlots", "Slots", "Transaction"]
