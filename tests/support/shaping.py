"""What replies in the forms of today's programs are made of: words that a test chooses, parts and multiparts.

Rules of this file: every word, name and address is invented. Line feeds stand for line ends until all is written, and
one character for one octet.
"""

from __future__ import annotations

import base64
import html
from dataclasses import dataclass

BASICS = {
    "fi": ("Hei Liisa,", "Varauksesi on vahvistettu ja huone on käytävän päässä.", "Salasanasi on {}.", "Terveisin"),
    "en": ("Dear Liisa,", "Your booking is confirmed and the room is a quiet one.", "Your password is {}.", "Regards,"),
    "sv": ("Hej Liisa,", "Din bokning är bekräftad och rummet ligger åt gården.", "Ditt lösenord är {}.", "Hälsningar"),
    "de": ("Guten Tag Liisa,", "Ihr Zimmer ist gebucht und liegt zum Hof.", "Ihr Passwort lautet {}.", "Mit Grüßen"),
}
INSTEAD = {
    "fi": "Se on pitkän käytävän päässä.",
    "en": "It is at the end of the hall.",
    "sv": "Det ligger i slutet av gången.",
    "de": "Es liegt am Ende des Flures.",
}
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
PDF = "JVBERi0xLjQKJSVFT0YK"
HTML, PLAIN = "text/html", "text/plain"


@dataclass(frozen=True, slots=True)
class Words:
    """What a reply says."""

    secret: str = ""
    """"" for one that tells none."""
    greeted: bool = True

    def lines(self, language: str) -> tuple[str, ...]:
        greeting, matter, password, closing = BASICS[language]
        said = password.format(self.secret) if self.secret else INSTEAD[language]
        return (*((greeting, "") if self.greeted else ()), matter, "", said, "", closing, "Aino Neuvonen")

    def plain(self, language: str) -> str:
        return "\n".join(self.lines(language)) + "\n"

    def page(self, language: str, before: str, after: str, blank: str = "") -> str:
        """Each line between two tags; `blank` is what an empty line is."""
        escaped = (html.escape(line) or blank for line in self.lines(language))
        return "\n".join(f"{before}{line}{after}" for line in escaped if line)


def head(language: str, *fields: str, subject: str = "Re: 2026-11") -> str:
    """The fields that every program writes, below those of the servers behind it."""
    common = (
        "From: Aino Neuvonen <aino@matkat.example>",
        "To: Liisa Virtanen <liisa@asiakas.example>",
        f"Subject: {subject}",
        "Date: Mon, 2 Nov 2026 10:00:00 +0200",
        f"Message-ID: <{language}.17@matkat.example>",
        "In-Reply-To: <16@asiakas.example>",
        "References: <15@asiakas.example>\n <16@asiakas.example>",
    )
    return "\n".join((*fields, *common)) + "\n"


DKIM = (
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=matkat.example;\n"
    " s=s1; h=from:to:subject; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\n b=AAAA"
)


def quoted(line: bytes, width: int = 70) -> str:
    """A line in quoted-printable by a habit of its own: short lines, commas and full stops written as figures."""
    letters = [chr(one) if 32 <= one < 127 and one not in b"=,." else f"={one:02X}" for one in line]
    if letters and letters[-1] == " ":
        letters[-1] = "=20"
    pieces = [""]
    for letter in letters:
        if len(pieces[-1]) + len(letter) > width:
            pieces.append("")
        pieces[-1] += letter
    return "=\n".join(pieces)


def part(fields: str, text: str, charset: str = "utf-8", width: int = 76) -> str:
    """A part whose fields end with its transfer encoding; octets are characters here (latin-1)."""
    octets = text.replace("\n", "\r\n").encode(charset)
    encoding = fields.lower().partition("transfer-encoding: ")[2].partition("\n")[0]
    if encoding == "base64":
        whole = base64.b64encode(octets).decode()
        body = "\n".join(whole[at : at + width] for at in range(0, len(whole), width)) + "\n"
    elif encoding == "quoted-printable":
        body = "\n".join(quoted(line) for line in octets.split(b"\r\n"))
    else:
        body = octets.replace(b"\r\n", b"\n").decode("latin-1")
    return f"{fields}\n\n{body}"


def many(kind: str, boundary: str, *parts: str, above: str = "", more: str = "") -> str:
    """A multipart with its Content-Type; `above` is a preamble."""
    begun = f'Content-Type: multipart/{kind}; boundary="{boundary}"{more}\n\n{above}'
    return begun + "".join(f"--{boundary}\n{one}\n" for one in parts) + f"--{boundary}--\n"


def file(fields: str, octets: str) -> str:
    return f"{fields}\nContent-Transfer-Encoding: base64\n\n{octets}\n"


def kind(media: str, charset: str, encoding: str, more: str = "") -> str:
    return f"Content-Type: {media}; charset={charset}{more}\nContent-Transfer-Encoding: {encoding}"
