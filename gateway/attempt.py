"""One attempt to send a mail of the outbox, recipient by recipient.

Rules of this file: nothing that the next hop does raises. What the mail needs and the next hop no longer offers is a
refusal for good (RFC 3463 §3.7): waiting would not bring it back. The dialogue is kept, without the data.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from gateway import status
from gateway.hold import Answered, Progress
from gateway.mail import Envelope, Octets, Recipient
from gateway.nexthop import Capabilities, NextHopError, Pool, Transaction
from gateway.status import Status

_DSN_OF_MAIL = ("RET=", "ENVID=")
_DSN_OF_RCPT = ("NOTIFY=", "ORCPT=")
_LONGEST = 500
"""Characters of a line of dialogue that are kept."""


async def attempt(pool: Pool, envelope: Envelope, chunks: Sequence[Octets]) -> Progress:
    """Send a mail once; what each recipient's end was, this time."""
    try:
        hop = await pool.transaction()
    except NextHopError as error:  # it refused us or is away: that says nothing of this mail, so all wait
        return Progress(waiting=tuple(Answered(one, error.status) for one in envelope.recipients))
    try:
        return await _Dialogue(hop, pool.capabilities or Capabilities()).send(envelope, chunks)
    finally:
        await hop.abort()  # nothing to do when the mail has gone its way


@dataclass(slots=True)
class _Dialogue:
    hop: Transaction
    offered: Capabilities
    lines: list[str] = field(default_factory=list)

    async def send(self, envelope: Envelope, chunks: Sequence[Octets]) -> Progress:
        """MAIL, RCPT by RCPT, then the data for those who were accepted."""
        fitting = _fitting(envelope, chunks, self.offered)
        if isinstance(fitting, Status):
            return self._progress((one, fitting) for one in envelope.recipients)
        parameters = _with_size(fitting.parameters, sum(map(len, chunks)))
        answer = await self.hop.mail(fitting.reverse_path, parameters)
        self._note("MAIL FROM", fitting.reverse_path, parameters, answer)
        if not answer.is_success:
            return self._progress((one, answer) for one in envelope.recipients)
        answers = []
        for original, one in zip(envelope.recipients, fitting.recipients, strict=True):
            answer = await self.hop.rcpt(one.address, one.parameters)
            self._note("RCPT TO", one.address, one.parameters, answer)
            answers.append((original, answer))
        if any(said.is_success for _, said in answers):
            answer = await self.hop.data(chunks, _yes())
            self.lines += ["> DATA", f"< {answer}"[:_LONGEST]]
        return self._progress((one, answer if said.is_success else said) for one, said in answers)

    def _note(self, verb: str, path: str, parameters: Sequence[str], answer: Status) -> None:
        said = "".join(f" {one}" for one in parameters)
        self.lines += [f"> {verb}:<{path}>{said}"[:_LONGEST], f"< {answer}"[:_LONGEST]]

    def _progress(self, answers: Iterable[tuple[Recipient, Status]]) -> Progress:
        """Sort recipients by what their answer means; what is neither yes nor no waits."""
        taken: list[Answered] = []
        refused: list[Answered] = []
        waiting: list[Answered] = []
        for recipient, said in answers:
            end = taken if said.is_success else refused if said.is_permanent else waiting
            end.append(Answered(recipient, said))
        return Progress(tuple(taken), tuple(refused), tuple(waiting), tuple(self.lines), self.offered.dsn)


async def _yes() -> bool:
    """The dot waits for nothing: that the mail may go was logged when it was released."""
    return True


def _fitting(envelope: Envelope, chunks: Sequence[Octets], offered: Capabilities) -> Envelope | Status:
    """The envelope as the next hop takes it today, or why it cannot take it at all.

    The client was offered what the next hop offered when the mail came; that may be less today. What asks for reports
    is left out where they are not offered, and the reports are ours to make (RFC 3461 §5.2.2).
    """
    parameters = envelope.parameters
    if not offered.eightbitmime and any(one.upper() == "BODY=8BITMIME" for one in parameters):
        if not all(_is_ascii(chunk) for chunk in chunks):
            return status.LOST_8BITMIME
        parameters = tuple(one for one in parameters if not one.upper().startswith("BODY="))
    if not offered.smtputf8 and any(one.upper() == "SMTPUTF8" for one in parameters):
        return status.LOST_SMTPUTF8
    if offered.dsn:
        return replace(envelope, parameters=parameters)
    recipients = tuple(replace(one, parameters=_without(one.parameters, _DSN_OF_RCPT)) for one in envelope.recipients)
    return Envelope(envelope.reverse_path, _without(parameters, _DSN_OF_MAIL), recipients)


def _is_ascii(chunk: Octets) -> bool:
    step = 1 << 20
    return all(bytes(chunk[at : at + step]).isascii() for at in range(0, len(chunk), step))


def _without(parameters: Iterable[str], keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one for one in parameters if not one.upper().startswith(keys))


def _with_size(parameters: Iterable[str], size: int) -> tuple[str, ...]:
    """The parameters of MAIL with the size as it is now (RFC 1870 §6.1), our fields included."""
    return (*_without(parameters, ("SIZE=",)), f"SIZE={size}")
