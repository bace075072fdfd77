"""What an element's attributes mean for the reading: hidden, monospaced, a quote, a signature.

Rules of this file: pure; never raises; looks at one element's attributes at a time, style sheets are not followed.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from gateway.reading.rows import Hint

_ATTRIBUTE = re.compile(r"([a-zA-Z_:][-\w:.]{0,60})(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+)))?")
_FIXED_FONTS = ("monospace", "courier", "consolas", "menlo", "monaco", "lucida console")
_NOTHING = re.compile(r"0(?:\.0+)?(?:px|pt|em|%)?")
_LITTLE = re.compile(r"-?(?:0[a-z%]*|0?\.[0-2]\d*[a-z%]*|[0-4](?:\.\d+)?p[xt])")
_MAX_STYLE = 4000
"""No more characters of a style are looked at."""
_MAX_REMEMBERED = 400
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
    "moz-forward-container",
    "missive_quote",
    "messagereplysection",
    "__quoted_text__",
)
_REST_IS_QUOTE = ("divrplyfwdmsg", "olk_src_body_section")
_ATTRIBUTIONS = ("gmail_attr", "moz-cite-prefix", "moz-email-headers", "protonmail_quote_attribution")
_NAMING = ("class", "id", "name", "data-marker")
"""Attributes in which mail programs say what an element is."""
_COMMENTS = ("zd-comment",)
_TIGHT = ("msonormal", "msolistparagraph", "msoplaintext", "msonospacing")
"""Classes of paragraphs that Word's style sheet gives no margin."""
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
    tight: bool = False
    """No margin above and below, where the element by itself has one."""


NO_STYLE = Style()


def attributes(attrs: str) -> dict[str, str]:
    """The attributes of a start tag, names in lower case; the first of a name counts (HTML5 §13.2.5.33)."""
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(attrs):
        value = double or single or bare
        found.setdefault(name.lower(), entities.unescape(value) if "&" in value else value)
    return found


def style_of(tag: str, attrs: str) -> Style:
    """Read the attributes of a start tag."""
    if tag == "a" or len(attrs) > _MAX_REMEMBERED:
        return _read(tag, attrs)  # an address may carry what must not be remembered
    return _remembered(tag, attrs)


@lru_cache(maxsize=512)
def _remembered(tag: str, attrs: str) -> Style:
    """The same few tags come again and again, within a mail and from a template."""
    return _read(tag, attrs)


def _read(tag: str, attrs: str) -> Style:
    found = attributes(attrs)
    style = _declarations(found.get("style", "")) if "style" in found else {}
    names = " ".join([found.get(name, "") for name in _NAMING if name in found]).lower()
    quote = 0
    if tag == "blockquote":
        bare = any(style.get(name, "").startswith(("none", "0")) for name in ("border", "border-left"))
        quote = 0 if bare and "cite" not in found.get("type", "") + names else 1
    elif found.get("type") == "cite" or any(mark in names for mark in _QUOTES):
        quote = 1
    result = Style(
        hidden="hidden" in found or _is_hidden(style),
        monospaced=_is_fixed(style.get("font", "") + style.get("font-family", "") + found.get("face", "").lower()),
        formatted=style.get("white-space", "").startswith(("pre", "break-spaces")),
        quote=quote,
        hint=_hint(tag, names, found),
        rest_is_quote=any(mark in names for mark in _REST_IS_QUOTE),
        link=_link(found.get("href", "")) if tag == "a" else "",
        tight=_is_tight(style) or any(mark in names for mark in _TIGHT),
    )
    return NO_STYLE if result == NO_STYLE else result


def _declarations(style: str) -> dict[str, str]:
    """The declarations of a style attribute, names and values in lower case; the last of a name counts."""
    found = {}
    for declaration in style[:_MAX_STYLE].lower().split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            found[name.strip()] = value.replace("!important", "").strip()
    return found


def _is_hidden(style: Mapping[str, str]) -> bool:
    if (
        style.get("display") == "none"
        or style.get("visibility") in ("hidden", "collapse")
        or style.get("mso-hide") == "all"
        or any(_is_nothing(style, name) for name in ("font-size", "opacity"))
    ):
        return True
    sizes = ("height", "max-height", "width", "max-width")
    return style.get("overflow") == "hidden" and any(_is_nothing(style, name) for name in sizes)


def _is_tight(style: Mapping[str, str]) -> bool:
    """Whether the margins above and below are set to less than would look like an empty line."""
    sizes = style.get("margin", "").split()  # all, or above and beside, or above, beside, below
    above = style.get("margin-top", sizes[0] if sizes else "")
    below = style.get("margin-bottom", sizes[2] if len(sizes) > 2 else sizes[0] if sizes else "")
    return bool(above or below) and all(_LITTLE.fullmatch(size) for size in (above or "0", below or "0"))


def _is_nothing(style: Mapping[str, str], name: str) -> bool:
    return name in style and _NOTHING.fullmatch(style[name]) is not None


def _is_fixed(fonts: str) -> bool:
    return bool(fonts) and any(font in fonts for font in _FIXED_FONTS)


def _hint(tag: str, names: str, found: dict[str, str]) -> Hint:
    if any(mark in names for mark in _ATTRIBUTIONS):
        return Hint.ATTRIBUTION
    if "data-signature" in found or ("signature" in names and tag != "body" and "marker" not in names):
        return Hint.SIGNATURE
    return Hint.COMMENT if any(mark in names for mark in _COMMENTS) else Hint.NONE


def _link(href: str) -> str:
    return href.strip() if len(href) < 2000 and _CREDENTIALS.search(href) else ""
