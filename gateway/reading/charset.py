"""From octets to text, as a mail client would show them.

Rules of this file: pure; never raises; a charset name from the wire is only ever looked up in our own list, so that no
odd codec of Python's (`undefined`, `zip`, `idna`, `punycode`) runs on mail. Lines are split at CRLF, LF and CR only:
`str.splitlines()` also breaks at VT, FF, FS, GS, RS, NEL, U+2028 and U+2029, which no mail client takes for a line end,
and a check would then see other lines than the reader does.
"""

from __future__ import annotations

import binascii
import re
import unicodedata

_CODECS = {
    "us-ascii": "utf-8",  # what claims to be ASCII and is not is nearly always UTF-8, or else windows-1252
    "ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "646": "utf-8",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "utf-32": "utf-32",
    "utf-32le": "utf-32-le",
    "utf-32be": "utf-32-be",
    "utf-7": "utf-7",
    "unicode-1-1-utf-7": "utf-7",
    "iso-8859-1": "cp1252",  # WHATWG Encoding §4.2: clients read Latin-1 as windows-1252
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "l1": "cp1252",
    "x-ansi": "cp1252",
    "iso-8859-15": "iso8859-15",
    "iso8859-15": "iso8859-15",
    "latin-9": "iso8859-15",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "macintosh": "mac-roman",
    "x-mac-roman": "mac-roman",
    "koi8-r": "koi8-r",
    "koi8-u": "koi8-u",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "hz-gb-2312": "hz",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "euc-jp": "euc-jp",
    "iso-2022-jp": "iso2022-jp-2",
    "iso-2022-kr": "iso2022-kr",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "ibm850": "cp850",
    "cp850": "cp850",
    "ibm437": "cp437",
    "cp437": "cp437",
    "windows-874": "cp874",
}
_CODECS |= {f"iso-8859-{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 16)}
_CODECS |= {f"{name}{n}": f"cp{n}" for name in ("windows-", "cp", "cp-", "x-cp") for n in range(1250, 1259)}
_SEVEN_BIT = frozenset({"utf-7", "hz", "iso2022-jp-2", "iso2022-kr"})
"""Charsets that hide other letters in ASCII octets."""
_WIDE = frozenset({"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"})
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d"
    "\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\ufeff\u3164\ufff9\ufffa\ufffb"
)
"""Soft hyphen, joiners, direction marks, fillers: nothing that a reader sees."""
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_CONTROLS = "".join(map(chr, [*range(9), *range(14, 32), 127, *range(0x80, 0xA0)]))
_ODD_OCTETS = bytes({ord(c) for c in _INVISIBLE + _SPACES + _CONTROLS if ord(c) < 256} | {0x0B, 0x0C})
_TO_SHOWN = {ord(c): None for c in _INVISIBLE + _CONTROLS} | {ord(c): " " for c in _SPACES + "\x0b\x0c\u2028\u2029"}


def codec_of(charset: str) -> str:
    """Our codec for a charset name from the wire, or "" for one that we do not know."""
    name = charset.strip().strip("\"'").lower()
    return _CODECS.get(name) or _CODECS.get(name.replace("_", "-"), "")


def is_plain(charset: str) -> bool:
    """Tell whether octets below 0x80 are ASCII in this charset, so that a search in octets sees what a reader sees."""
    codec = codec_of(charset) if charset else "utf-8"
    return bool(codec) and codec not in _SEVEN_BIT and codec not in _WIDE


def decode(octets: bytes, charset: str) -> tuple[str, str]:
    """Decode text as a client would: the charset as declared, else what the octets look like.

    Returns the text and a defect, "" when the charset was true.
    """
    codec = codec_of(charset) if charset else "utf-8"
    if codec not in _SEVEN_BIT and codec not in _WIDE and octets.isascii():
        return octets.decode("ascii"), "" if codec else "unknown-charset"
    for mark, marked in _BOMS:
        if octets.startswith(mark):
            text, broken = _try(octets, marked)
            if not broken:
                return text.lstrip("\ufeff"), "" if codec in (marked, "") or marked in codec else "charset-lie"
    if codec:
        text, broken = _try(octets, codec)
        if not broken:
            return text, ""
    for guess in ("utf-8", "cp1252"):
        text, broken = _try(octets, guess)
        if not broken:
            return text, "charset-lie" if charset and codec else "unknown-charset"
    # windows-1252 leaves five octets undefined; Latin-1 shows the rest alike and takes any octet.
    return octets.decode("latin-1"), "charset-lie"


def _try(octets: bytes, codec: str) -> tuple[str, bool]:
    try:
        text = octets.decode(codec)
    except (UnicodeError, LookupError):
        return "", True
    return (text, False) if codec == "utf-8" or not _has_surrogates(text) else ("", True)


def _has_surrogates(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def shown(text: str) -> str:
    """Take out what a reader cannot see, make every space a space, compose letters (NFC)."""
    if text.isascii():
        return text if text.isprintable() else text.translate(_TO_SHOWN)
    if not text.isprintable():
        text = text.translate(_TO_SHOWN)
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        # Some of what is invisible is a letter or a mark to Unicode, and so printable.
        return unicodedata.normalize("NFC", text.translate(_TO_SHOWN))
    return text


def is_clean(text: str) -> bool:
    """Tell that `shown` would change nothing in any line: one look at a whole text instead of one at each line."""
    try:
        octets = text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return len(octets.translate(None, _ODD_OCTETS)) == len(octets)


def lines_of(text: str) -> list[str]:
    """Split at CRLF, LF and CR and nowhere else."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")


def untransferred(octets: bytes, encoding: str) -> tuple[bytes, str]:
    """Undo a Content-Transfer-Encoding (RFC 2045 §6) as leniently as clients do.

    Returns the octets and a defect, "" when there was none.
    """
    match encoding:
        case "" | "7bit" | "8bit" | "binary":
            return octets, ""
        case "quoted-printable":
            # A bare `=` before a soft line break, which clients show and binascii takes for one sign with what follows.
            return binascii.a2b_qp(_TWO_SIGNS.sub(b"=3D", octets) if b"==" in octets else octets), ""
        case "base64":
            return _base64(octets)
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return _uuencoded(octets)
        case _:
            return octets, "unknown-transfer-encoding"


_TWO_SIGNS = re.compile(rb"=(?==)")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


def _base64(octets: bytes) -> tuple[bytes, str]:
    try:
        return binascii.a2b_base64(octets), ""
    except binascii.Error:
        data = _NOT_BASE64.sub(b"", octets)
        data = data[: len(data) // 4 * 4 + (len(data) % 4 if len(data) % 4 > 1 else 0)]
        return binascii.a2b_base64(data + b"=" * (-len(data) % 4)), "broken-base64"


def _uuencoded(octets: bytes) -> tuple[bytes, str]:
    out, broken = [], ""
    for line in octets.replace(b"\r\n", b"\n").split(b"\n"):
        if not line or line.startswith(b"begin ") or line.rstrip() == b"end":
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            broken = "broken-uuencode"
    return b"".join(out), broken
