"""The configuration as a whole.

Rules of this package: text in, a frozen `Config` or `YamlError` out; no I/O, no environment, no DNS.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

from gateway.config.sections import (
    Annotate,
    Calendar,
    Clock,
    Courier,
    InspectionSettings,
    Limits,
    Notices,
    Person,
    Pool,
    Retention,
    Role,
    Timeouts,
)
from gateway.config.values import (
    Address,
    Domain,
    HostPort,
    Mailbox,
    Network,
    Section,
    Words,
    domain,
    mailbox,
    one_or_many,
    or_empty,
    store_url,
)
from gateway.yamltext import Document, YamlError

__all__ = [
    "DEFAULT_PATH",
    "Calendar",
    "Clock",
    "Config",
    "HostPort",
    "InspectionSettings",
    "Limits",
    "Notices",
    "Person",
    "Pool",
    "Retention",
    "Role",
    "Timeouts",
    "mailbox",
    "one_or_many",
    "parse",
]

DEFAULT_PATH = "/etc/saate/saate.yaml"
_URL_WITH_PASSWORD = re.compile(r"[a-z0-9+]+://[^/@]*:[^/@]*@")
_ANY = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not bound
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost", *_ANY})


def _is_same(other: HostPort, ours: HostPort) -> bool:
    """Whether an address is one of ours as far as its spelling tells; `saate doctor` asks the resolver too."""
    return other.port == ours.port and (
        other.host == ours.host or (other.host in _LOOPBACK and ours.host in _LOOPBACK & (_ANY | {"localhost"}))
    )


class Config(Section):
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
    agents: dict[str, Mailbox] = Field(default_factory=dict)
    """Pattern of a sign-off or address → the agent's mailbox."""
    people: tuple[Person, ...] = ()
    """Who may do what with held replies; nobody named: whoever may use the store is an admin."""
    notices: Notices = Notices()
    calendar: Calendar = Calendar()
    clock: Clock = Clock()
    retention: Retention = Retention()
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

    @field_validator("people")
    @classmethod
    def _everybody_once(cls, value: tuple[Person, ...]) -> tuple[Person, ...]:
        names = [name for person in value for name in (person.mailbox.casefold(), *person.logins)]
        twice = next((name for name in names if names.count(name) > 1), "")
        if twice:
            msg = f"{twice!r} stands here twice; name each mailbox and each login once"
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
