"""What an element's attributes mean for the reading: hidden, monospaced, a quote, a signature.

Rules of this file: pure; never raises; looks at one element's attributes at a time, style sheets are not followed.
"""

from __future__ import annotations

import html as entities
import re
from functools import lru_cache
from typing import NamedTuple

from gateway.reading.rows import Hint

_ATTRIBUTE = re.compile(r"([a-zA-Z_:][-\w:.]{0,60})(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+)))?")
_ONLY_WITH_OVERFLOW = re.compile(r"(?:^|[;\s])(?:max-)?height\s*:\s*0|line-height\s*:\s*0|max-width\s*:\s*0")
_GONE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|(?:^|[;\s])(?:font-size|opacity)\s*:\s*0(?:\.0+)?(?:px|pt|em|%)?\s*(?:;|!|$)"
)
_FIXED_FONT = re.compile(r"font(?:-family)?\s*:[^;]*?(?:monospace|courier|consolas|menlo|monaco|lucida console)")
_KEEPS_SPACE = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)")
_NO_BORDER = re.compile(r"border(?:-left)?\s*:\s*(?:none|0)")
_QUOTES = (
    "yahoo_quoted",
    "protonmail_quote",
    "tutanota_quote",
    "freshdesk_quote",
    "intercom-quote",
    "helpscout-quote",
    "outlookmessageheader",
    "reference-message-container",
    "reference-message",
    "unifyquote",
)
_REST_IS_QUOTE = ("divrplyfwdmsg", "olk_src_body_section")
_ATTRIBUTIONS = ("gmail_attr", "moz-cite-prefix", "moz-email-headers", "protonmail_quote_attribution")
_CREDENTIALS = re.compile(r"(?:https?|ftps?|sftp)://[^/\s]*@|\?", re.IGNORECASE)


class Style(NamedTuple):
    """What the attributes of one element say."""

    hidden: bool = False
    monospaced: bool = False
    formatted: bool = False
    """White space is kept."""
    quote: int = 0
    hint: Hint = Hint.NONE
    rest_is_quote: bool = False
    """This and everything after it is the thread below."""
    link: str = ""
    """A link's target that may carry more than an address: user and password, or a query."""


NO_STYLE = Style()


def attributes(attrs: str) -> dict[str, str]:
    """The attributes of a start tag, names in lower case; the first of a name counts (HTML5 §13.2.5.33)."""
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(attrs):
        value = double or single or bare
        found.setdefault(name.lower(), entities.unescape(value) if "&" in value else value)
    return found


@lru_cache(maxsize=512)
def style_of(tag: str, attrs: str) -> Style:
    """Read the attributes of a start tag. Cached: a template writes the same few tags again and again."""
    found = attributes(attrs)
    style = found.get("style", "").lower()
    names = f"{found.get('class', '')} {found.get('id', '')}".lower()
    quote = 0
    if tag == "blockquote":
        quote = 0 if _NO_BORDER.search(style) and "cite" not in found.get("type", "") + names else 1
    elif found.get("type") == "cite" or any(mark in names for mark in _QUOTES):
        quote = 1
    result = Style(
        hidden="hidden" in found or bool(style and _is_hidden(style)),
        monospaced=bool(style and _FIXED_FONT.search(style)) or _is_fixed(found.get("face", "").lower()),
        formatted=bool(style and _KEEPS_SPACE.search(style)),
        quote=quote,
        hint=_hint(tag, names, found),
        rest_is_quote=any(mark in names for mark in _REST_IS_QUOTE),
        link=_link(found.get("href", "")) if tag == "a" else "",
    )
    return NO_STYLE if result == NO_STYLE else result


def _is_hidden(style: str) -> bool:
    return bool(_GONE.search(style)) or ("overflow" in style and bool(_ONLY_WITH_OVERFLOW.search(style)))


def _is_fixed(face: str) -> bool:
    return "courier" in face or "mono" in face or "consolas" in face


def _hint(tag: str, names: str, found: dict[str, str]) -> Hint:
    if any(mark in names for mark in _ATTRIBUTIONS):
        return Hint.ATTRIBUTION
    if "data-signature" in found or ("signature" in names and tag != "body" and "marker" not in names):
        return Hint.SIGNATURE
    return Hint.NONE


def _link(href: str) -> str:
    return href.strip() if len(href) < 2000 and _CREDENTIALS.search(href) else ""
