"""The values of a configuration: durations, sizes, addresses, mailboxes, as people write them.

Rules of this file: pure; what cannot be read is a ValueError that says how to write it.
"""

from __future__ import annotations

import ipaddress
import re
import zoneinfo
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
)

_MAILBOX = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f]{1,64}@[^\s@<>,;:\"()\x00-\x1f]{1,255}")
_DOMAIN = re.compile(r"(?=.{1,253}$)[\w](?:[\w-]*[\w])?(?:\.[\w](?:[\w-]*[\w])?)*")
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


class Section(BaseModel):
    """A section of the configuration: frozen, and strict about its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class HostPort(Section):
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

_WORKING = re.compile(r"(\d+(?:\.\d+)?)\s*(m|min|h|d)")
_CLOCK = re.compile(r"([01]?\d|2[0-4])[:.]([0-5]\d)\s*[-\u2013]\s*([01]?\d|2[0-4])[:.]([0-5]\d)")
_COUNTRY = re.compile(r"[A-Z]{2}")


def working_time(value: object) -> str:
    """Accept a span of working time: `30 m`, `4 h`, or `3 d` for so many working days."""
    text = str(value).strip()
    if not _WORKING.fullmatch(text):
        msg = f"{text!r} is no working time; write 30 m, 4 h, or 3 d for three working days"
        raise ValueError(msg)
    return text


def hours(value: object) -> str:
    """Accept working hours: `08:00-16:00`."""
    found = _CLOCK.fullmatch(str(value).strip())
    if not found or (int(found[1]), int(found[2])) >= (int(found[3]), int(found[4])) or int(found[3] + found[4]) > 2400:
        msg = f"{value!r} are no hours of a day; write 08:00-16:00, in quotes"
        raise ValueError(msg)
    return f"{int(found[1]):02}:{found[2]}-{int(found[3]):02}:{found[4]}"


def time_zone(value: str) -> str:
    """Accept a time zone of the IANA database."""
    if value not in zoneinfo.available_timezones():
        msg = f"{value!r} is no time zone; write one of the IANA database, such as Europe/Helsinki"
        raise ValueError(msg)
    return value


def country(value: str) -> str:
    """Accept the code of a country."""
    if not _COUNTRY.fullmatch(value.upper()):
        msg = f"{value!r} is no code of a country (ISO 3166-1); write FI, SE, DE"
        raise ValueError(msg)
    return value.upper()


WorkingTime = Annotated[str, BeforeValidator(working_time)]
Hours = Annotated[str, BeforeValidator(hours)]
TimeZone = Annotated[str, AfterValidator(time_zone)]
Country = Annotated[str, AfterValidator(or_empty(country))]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
