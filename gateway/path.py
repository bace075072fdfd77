"""Reading the arguments of MAIL and RCPT (RFC 5321 §4.1.2): a path, then ESMTP parameters.

Rules of this file: pure. What is accepted goes to the next hop as it was written; what could carry a second command, a
control character or a NUL is no path at all.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

LOCAL_PART_OCTETS = 64
PATH_OCTETS = 256
_BEYOND = r"\u00a0-\ud7ff\ue000-\U0010ffff"  # RFC 6531 §3.3, without surrogates: those were no UTF-8
_ATOM = rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~{_BEYOND}-]+"
_LOCAL = rf'{_ATOM}(?:\.{_ATOM})*|"(?:[ !#-\[\]-~{_BEYOND}]|\\[ -~])*"'
_WORD = rf"[A-Za-z0-9_{_BEYOND}]"
_LABEL = rf"{_WORD}(?:[A-Za-z0-9_{_BEYOND}-]*{_WORD})?"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL})*\.?"
_LITERAL = r"\[[0-9A-Za-z:.-]{1,80}\]"
_MAILBOX = re.compile(rf"(?P<local>{_LOCAL})@(?P<domain>{_DOMAIN}|{_LITERAL})")
_HOST = re.compile(_DOMAIN)
_ROUTE = re.compile(rf"@(?:{_DOMAIN})(?:,@(?:{_DOMAIN}))*:")
_PARAMETER = re.compile(rf"[A-Za-z0-9][A-Za-z0-9-]*(?:=[!-<>-~{_BEYOND}]+)?")


class BadPath(ValueError):  # noqa: N818 - it is the client's path that is bad, nothing of ours
    """The path is no mailbox."""


class BadParameters(ValueError):  # noqa: N818 - as above
    """What follows the path is no list of ESMTP parameters."""


@dataclass(frozen=True, slots=True)
class PathArgument:
    """A path without angle brackets and source route, and its parameters as they were written."""

    address: str
    parameters: tuple[str, ...]

    def values(self) -> dict[str, str]:
        """Parameters by keyword in upper case; "" for one without a value."""
        return {key.upper(): value for key, _, value in (one.partition("=") for one in self.parameters)}


def path_argument(argument: str, keyword: str) -> PathArgument:
    """Read `FROM:<…> …` or `TO:<…> …`. Raises BadPath or BadParameters.

    A space after the colon is borne, as everybody does. Surrogate escapes (octets that are no UTF-8) are refused.
    """
    if argument[: len(keyword)].upper() != keyword:
        raise BadPath
    path, rest = _split(argument[len(keyword) :].lstrip(" "))
    parameters = tuple(rest.split(" ")) if rest else ()
    if any(_PARAMETER.fullmatch(one) is None for one in parameters):
        raise BadParameters
    found = PathArgument(_without_route(path), parameters)
    if len(found.values()) != len(parameters):
        raise BadParameters
    return found


def _split(text: str) -> tuple[str, str]:
    """Take the path out of its angle brackets; a `>` inside a quoted local-part does not end it."""
    if not text.startswith("<"):
        raise BadPath
    quoted = escaped = False
    for at, letter in enumerate(text):
        if escaped:
            escaped = False
        elif quoted and letter == "\\":
            escaped = True
        elif letter == '"':
            quoted = not quoted
        elif letter == ">" and not quoted:
            rest = text[at + 1 :]
            if rest and not rest.startswith(" "):
                raise BadParameters
            return text[1:at], rest.strip(" ")
    raise BadPath


def _without_route(path: str) -> str:
    """Drop a source route, as RFC 5321 §4.1.1.3 and appendix C allow."""
    route = _ROUTE.match(path)
    return path[route.end() :] if route else path


def is_mailbox(address: str) -> bool:
    """Tell whether an address is a mailbox by RFC 5321 §4.1.2 (RFC 6531 letters included) within its sizes."""
    if _too_long(address, PATH_OCTETS):
        return False
    found = _MAILBOX.fullmatch(address)
    if found is None or _too_long(found["local"], LOCAL_PART_OCTETS):
        return False
    return not found["domain"].startswith("[") or is_literal(found["domain"])


def _too_long(text: str, octets: int) -> bool:
    return len(text.encode("utf-8", "replace")) > octets


def is_literal(text: str) -> bool:
    """Tell whether `[192.0.2.1]` or `[IPv6:2001:db8::1]` is an address literal (RFC 5321 §4.1.3)."""
    if not (text.startswith("[") and text.endswith("]")):
        return False
    inner = text[1:-1]
    try:
        ipaddress.IPv6Address(inner[5:]) if inner[:5].upper() == "IPV6:" else ipaddress.IPv4Address(inner)
    except ValueError:
        return False
    return True


def is_helo(name: str) -> bool:
    """Tell whether the argument of EHLO or HELO may stand in a Received field: a domain or a literal."""
    return len(name) <= 255 and (_HOST.fullmatch(name) is not None or is_literal(name))
