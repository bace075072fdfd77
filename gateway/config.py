"""The configuration: every key, its default and its meaning.

Rules of this file: text in, a frozen `Config` or `YamlError` out; no I/O, no environment, no DNS.
docs/configuration.md and deploy/saate.yaml name every key; tests/test_docs.py holds them to it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    field_validator,
)

from gateway.yamltext import Document, YamlError

DEFAULT_PATH = "/etc/saate/saate.yaml"
_MAILBOX = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f]{1,64}@[^\s@<>,;:\"()\x00-\x1f]{1,255}")
_DOMAIN = re.compile(r"(?=.{1,253}$)[\w](?:[\w-]*[\w])?(?:\.[\w](?:[\w-]*[\w])?)*")
_URL_WITH_PASSWORD = re.compile(r"[a-z0-9+]+://[^/@]*:[^/@]*@")
_PORT = re.compile(r"[0-9]{1,5}")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|min|h|d)?")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, None: 1}
_SIZE = re.compile(r"(\d+)\s*(k|kb|m|mb|g|gb)?", re.IGNORECASE)
_OCTETS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def seconds(value: object) -> object:
    """Read a duration: a number of seconds, or `500 ms`, `30 s`, `10 m`, `4 h`, `5 d`."""
    if isinstance(value, str):
        found = _DURATION.fullmatch(value.strip())
        if not found:
            msg = f"{value!r} is no duration; write seconds or 30 s, 10 m, 4 h, 5 d"
            raise ValueError(msg)
        return float(found[1]) * _SECONDS[found[2]]
    return value


def size(value: object) -> object:
    """Read a size: a number of octets, or `64 KB`, `50 MB` (1 KB is 1,024 octets)."""
    if isinstance(value, str):
        found = _SIZE.fullmatch(value.strip())
        if not found:
            msg = f"{value!r} is no size; write octets or 64 KB, 50 MB"
            raise ValueError(msg)
        return int(found[1]) * _OCTETS[(found[2] or "").lower()[:1]]
    return value


def host_port(value: object) -> object:
    """Read `host:port`, `[::1]:25`."""
    if isinstance(value, HostPort | dict):
        return value
    host, colon, port = str(value).rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = _ipv6(host[1:-1])
    elif ":" in host or not _DOMAIN.fullmatch(host):
        host = ""
    if not colon or not host or not _PORT.fullmatch(port) or not 0 < int(port) < 65536:
        msg = f"{value!r} is no host:port pair; write 127.0.0.1:2525 or '[::1]:2525', the latter in quotes"
        raise ValueError(msg)
    return {"host": host, "port": int(port)}


def _ipv6(text: str) -> str:
    try:
        return str(ipaddress.IPv6Address(text))
    except ValueError:
        return ""


def network(value: object) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """Read an address or a network: `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`."""
    if isinstance(value, ipaddress.IPv4Network | ipaddress.IPv6Network):
        return value
    try:
        return ipaddress.ip_network(str(value))
    except ValueError as error:
        mend = "write 192.0.2.0/24" if "host bits" not in str(error) else f"write {_network_of(str(value))}"
        msg = f"{value!r} is no network; {mend}"
        raise ValueError(msg) from error


def _network_of(text: str) -> str:
    return str(ipaddress.ip_network(text, strict=False))


def mailbox(value: str) -> str:
    """Accept a bare mailbox `name@domain`."""
    if not _MAILBOX.fullmatch(value):
        msg = f"{value!r} is no mailbox; write name@example.com"
        raise ValueError(msg)
    return value


def domain(value: str) -> str:
    """Accept a domain or a host name, in lower case from here on."""
    if not _DOMAIN.fullmatch(value):
        msg = f"{value!r} is no domain; write example.com"
        raise ValueError(msg)
    return value.lower()


def or_empty(check: Callable[[str], str]) -> Callable[[str], str]:
    """The empty value, or what `check` accepts."""
    return lambda value: check(value) if value else value


def store_url(value: str) -> str:
    """Accept where the store is; a whole URL with a password in it comes from a file or the environment."""
    if not value.startswith(("sqlite:///", "postgresql://", "file:", "env:")):
        msg = f"{value.partition(':')[0]!r} is no store; write sqlite:////var/lib/saate/saate.db or postgresql://user@host/saate"
        raise ValueError(msg)
    return value


def one_or_many(value: object) -> object:
    """A single value stands for a list of one."""
    return value if isinstance(value, list | tuple) else [value]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class HostPort(_Section):
    """Where something listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


Address = Annotated[HostPort, BeforeValidator(host_port)]
Mailbox = Annotated[str, AfterValidator(mailbox)]
MailboxOrEmpty = Annotated[str, AfterValidator(or_empty(mailbox))]
Domain = Annotated[str, AfterValidator(domain)]
Seconds = Annotated[float, BeforeValidator(seconds), Field(gt=0)]
Size = Annotated[int, BeforeValidator(size), Field(gt=0)]
Network = Annotated[ipaddress.IPv4Network | ipaddress.IPv6Network, PlainValidator(network)]
Words = Annotated[tuple[str, ...], BeforeValidator(one_or_many)]


_ANY = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not bound
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost", *_ANY})


def _is_same(other: HostPort, ours: HostPort) -> bool:
    """Whether an address is one of ours as far as its spelling tells; `saate doctor` asks the resolver too."""
    return other.port == ours.port and (
        other.host == ours.host or (other.host in _LOOPBACK and ours.host in _LOOPBACK & (_ANY | {"localhost"}))
    )


class Annotate(_Section):
    """What annotated mail shows."""

    policies: bool = False
    """Name the policies in X-Saate; customers can read header fields."""


class Notices(_Section):
    """How hold notices leave."""

    sender: MailboxOrEmpty = ""
    """The mailbox in the notices' From field; default `saate@` and our hostname."""
    reverse_path: MailboxOrEmpty = ""
    """"" is the null reverse-path; some providers refuse it and want a mailbox."""
    fallback: MailboxOrEmpty = ""
    """Who hears of what cannot be told to an agent; default postmaster of the first of `senders`."""
    digest_after: int = Field(default=20, gt=0)
    """So many holds of one sender within `digest_window` get a notice each; the rest become one digest."""
    digest_window: Seconds = 600


class Pool(_Section):
    """Sessions to the next hop, over all workers."""

    max_sessions: int = Field(default=20, gt=0)
    idle: Seconds = 2
    """An unused session is closed after so long."""
    reuse: Seconds = 300
    """A session is not used again once it is so old."""
    holds: int = Field(default=5, gt=0)
    """After so many holds on one session it is closed with QUIT rather than kept with RSET."""
    wait: Seconds = 5
    """So long MAIL waits for a free session before it is answered 451 4.3.2."""


class Timeouts(_Section):
    """How long we wait (RFC 5321 §4.5.3.2)."""

    connect: Seconds = 30
    reply: Seconds = 300
    dot: Seconds = 600
    """For the answer to the end of the data: giving up before the next hop does makes duplicates (RFC 1047)."""
    client: Seconds = 300
    """For a client's next command, or its next block of data."""
    data: Seconds = 3600
    """For all the data of one mail, however slowly it drips."""


class Limits(_Section):
    """What we take at most."""

    size: Size = 50 << 20
    recipients: int = Field(default=1000, ge=100)
    received_fields: int = Field(default=50, gt=0)
    own_received_fields: int = Field(default=3, gt=0)
    errors: int = Field(default=20, gt=0)
    """Refused commands in one session before it is closed."""
    sessions: int = Field(default=500, gt=0)
    """Client sessions over all workers."""
    spool_above: Size = 1 << 20
    """Larger mails are spooled to an unlinked file."""


class InspectionSettings(_Section):
    """Reading and judging what is large or odd, in processes that can be killed."""

    deadline: Seconds = 2
    processes: int = Field(default=2, gt=0)
    memory: Size = 1 << 30
    """Address space of one inspection process."""
    queue: int = Field(default=64, gt=0)
    """Mails that may wait for an inspection process, per worker, before 451 4.3.2."""


class Courier(_Section):
    """How notices and released mail are tried again."""

    first_retry: Seconds = 60
    max_retry: Seconds = 4 * 3600
    give_up: Seconds = 5 * 86400
    max_sessions: int = Field(default=4, gt=0)


class Config(_Section):
    """Everything that a mail admin can say."""

    listen: Annotated[tuple[Address, ...], BeforeValidator(one_or_many), Field(min_length=1)] = (
        HostPort(host="127.0.0.1", port=2525),
    )
    next_hop: Address = Field(default=HostPort(host="127.0.0.1", port=2526), validate_default=True)
    store: Annotated[str, AfterValidator(store_url), Field(repr=False)] = "sqlite:////var/lib/saate/saate.db"
    key_file: str = ""
    """Where the key of the hold store lies; default beside the SQLite file, `<db>.key`."""
    senders: Annotated[tuple[Domain, ...], BeforeValidator(one_or_many)] = ()
    """Our own domains; without them Saate runs in trial."""
    mode: Literal["enforce", "trial"] = "enforce"
    hostname: Annotated[str, AfterValidator(or_empty(domain))] = ""
    """Our name in EHLO, Received and notices; default the machine's full name."""
    workers: int = Field(default=2, gt=0, le=64)
    allow: Annotated[tuple[Network, ...], BeforeValidator(one_or_many)] = (
        ipaddress.ip_network("127.0.0.0/8"),
        ipaddress.ip_network("::1/128"),
    )
    """Clients that may relay."""
    policies: Words = ("builtin",)
    """`builtin` and directories, relative to the configuration file; later wins."""
    annotate: Annotate = Annotate()
    agent_header: str = ""
    """A header field whose mailbox names the agent."""
    agents: dict[str, Mailbox] = {}
    """Pattern of a sign-off or address → the agent's mailbox."""
    notices: Notices = Notices()
    pool: Pool = Pool()
    timeouts: Timeouts = Timeouts()
    limits: Limits = Limits()
    inspection: InspectionSettings = InspectionSettings()
    courier: Courier = Courier()
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Of the process's own log on standard error; the policy log has no levels."""

    @field_validator("next_hop")
    @classmethod
    def _next_hop_is_not_ourselves(cls, value: HostPort, info: ValidationInfo) -> HostPort:
        if any(_is_same(value, ours) for ours in info.data.get("listen", ())):
            msg = f"{value} is where we listen ourselves; name the server behind us"
            raise ValueError(msg)
        return value

    @property
    def in_trial(self) -> bool:
        """Whether nothing is held or annotated."""
        return self.mode == "trial" or not self.senders

    @property
    def fallback(self) -> str:
        """Who hears of what cannot be told to an agent; "" when nobody can be named."""
        return self.notices.fallback or (f"postmaster@{self.senders[0]}" if self.senders else "")


def parse(file: str, text: str) -> Config:
    """Read a configuration file's text. Raises YamlError with the file, the line and the mend."""
    document = Document(file, text)
    value: Any = document.value
    if value is not None and not isinstance(value, dict):
        raise YamlError(file, 1, "a configuration is a list of `key: value` lines; see deploy/saate.yaml")
    config = document.into(Config)
    if _URL_WITH_PASSWORD.match(config.store):
        raise document.error(
            ("store",),
            "a password stands in it; write the whole URL into a file and say store: file:/etc/saate/store-url",
        )
    return config
