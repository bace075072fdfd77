"""Inspecting a mail without being stopped by it: inline, or in a process that dies at the deadline.

Rules of this room: what a mail does to its reader never reaches another mail, the event loop, or a log.
"""

from gateway.inspector.asking import InspectionBusy, Inspector
from gateway.inspector.judge import Judge, Reason, judge_by
from gateway.inspector.local import LocalInspector, local_inspector
from gateway.inspector.process import Channel, Closes, run

__all__ = [
    "Channel",
    "Closes",
    "InspectionBusy",
    "Inspector",
    "Judge",
    "LocalInspector",
    "Reason",
    "judge_by",
    "local_inspector",
    "run",
]
