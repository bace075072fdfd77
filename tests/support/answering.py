"""Answers to a notice of ours, as mail programs make them: what a person typed, and the notice quoted below.

Rules of this file: values and plain string work; the notice is the real one.
"""

from __future__ import annotations

import email
import email.policy
import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from threads import WORDS, Words

SAATE = "Saate <saate@gw.example.com>"


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as a program has it when somebody answers."""

    language: str
    plain: str
    page: str
    """What stands in the body of its HTML."""
    subject: str
    answer_to: str

    @property
    def words(self) -> Words:
        return WORDS[self.language]

    @property
    def wrote(self) -> str:
        return self.words.wrote[0].format(who=SAATE, name="Saate")

    @property
    def block(self) -> tuple[tuple[str, str], ...]:
        values = (SAATE, self.words.sent, "Maija <maija@example.com>", self.subject)
        return tuple(zip(self.words.block, values, strict=True))


def told(octets: bytes) -> Told:
    """Read a notice of ours."""
    message = email.message_from_bytes(octets, policy=email.policy.default)
    plain, page = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert page is not None
    text = str(page.get_content())
    inside = text.partition("<body")[2].partition(">")[2].partition("</body>")[0]
    language = str(message["Content-Language"])
    return Told(language, str(plain.get_content()), inside, str(message["Subject"]), str(message["Reply-To"] or ""))


Typed = Sequence[str]
"""Lines; an empty one is an empty line."""


def _marked(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _gmail(typed: Typed, notice: Told) -> tuple[str, str]:
    divs = "".join(f"<div>{html.escape(line) or '<br>'}</div>" for line in typed)
    return (
        "\r\n".join(typed) + f"\n\n{notice.wrote}\n\n{_marked(notice.plain)}",
        (
            f'<div dir="ltr">{divs}</div><br><div class="gmail_quote gmail_quote_container">'
            f'<div dir="ltr" class="gmail_attr">{html.escape(notice.wrote)}<br></div>'
            f'<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{notice.page}</blockquote></div>'
        ),
    )


def _outlook(typed: Typed, notice: Told) -> tuple[str, str]:
    head = "\n".join(f"{label}: {value}" for label, value in notice.block)
    rows = "<br>".join(f"<b>{label}:</b> {html.escape(value)}" for label, value in notice.block)
    paragraphs = "".join(f'<p class="MsoNormal">{html.escape(line) or "&nbsp;"}<o:p></o:p></p>' for line in typed)
    return (
        "\n\n".join(line for line in typed if line) + f"\n\n{head}\n\n{notice.plain}",
        (
            f'<div class="WordSection1">{paragraphs}<p class="MsoNormal">&nbsp;<o:p></o:p></p><div>'
            f'<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
            f'<p class="MsoNormal">{rows}<o:p></o:p></p></div></div>{notice.page}</div>'
        ),
    )


def _webmail(typed: Typed, notice: Told) -> tuple[str, str]:
    head = "\n".join(f"{label}: {value}" for label, value in notice.block)
    rows = "<br>".join(f"<b>{label}:</b> {html.escape(value)}" for label, value in notice.block)
    lines = "".join(f'<div class="elementToProof">{html.escape(line) or "<br>"}</div>' for line in typed)
    return (
        "\n".join(typed) + f"\n{'_' * 32}\n{head}\n\n{notice.plain}",
        (
            f'{lines}<div id="appendonsend"></div><hr style="width:98%"><div id="divRplyFwdMsg" dir="ltr">{rows}</div>'
            f"<div>{notice.page}</div>"
        ),
    )


def _apple(typed: Typed, notice: Told) -> tuple[str, str]:
    lines = "<br>".join(html.escape(line) for line in typed)
    return (
        "\n".join(typed) + "\n\n" + _marked(f"{notice.wrote}\n\n{notice.plain}"),
        (
            f'<div dir="auto">{lines}</div><div><br><blockquote type="cite"><div>{html.escape(notice.wrote)}</div><br>'
            f"<div>{notice.page}</div></blockquote></div>"
        ),
    )


def _thunderbird(typed: Typed, notice: Told) -> tuple[str, str]:
    wrote = notice.words.wrote[1].format(who=SAATE, name="Saate")
    lines = "<br>".join(html.escape(line) for line in typed)
    return (
        "\n".join(typed) + f"\n\n{wrote}\n{_marked(notice.plain)}",
        (
            f"<p>{lines}</p>"
            f'<div class="moz-cite-prefix">{html.escape(wrote)}<br></div>'
            f'<blockquote type="cite" cite="mid:1@gw.example.com">{notice.page}</blockquote>'
        ),
    )


PROGRAMS: Mapping[str, Callable[[Typed, Told], tuple[str, str]]] = {
    "gmail": _gmail,
    "outlook": _outlook,
    "outlook on the web": _webmail,
    "apple": _apple,
    "thunderbird": _thunderbird,
}
FORMS = ("plain", "html", "both")


def answer(
    typed: Typed, notice: Told, program: str = "gmail", form: str = "both", *, sender: str = "maija@example.com"
) -> bytes:
    """The octets of an answer."""
    plain, page = PROGRAMS[program](typed, notice)
    message = EmailMessage(email.policy.SMTP)
    message["From"] = f"Maija Virtanen <{sender}>"
    message["To"] = notice.answer_to or "saate@saate.example.com"
    message["Subject"] = f"Re: {notice.subject}"
    message["Message-ID"] = "<answer@example.com>"
    message["In-Reply-To"] = "<notice@gw.example.com>"
    if form == "html":
        message.set_content(f"<html><body>{page}</body></html>", subtype="html", cte="quoted-printable")
    else:
        message.set_content(plain, cte="quoted-printable")
        if form == "both":
            message.add_alternative(f"<html><body>{page}</body></html>", subtype="html", cte="quoted-printable")
    return message.as_bytes()
