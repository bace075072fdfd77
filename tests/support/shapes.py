"""Twenty-two replies in the forms in which programs of today write them, with words that a test chooses.

Rules of this file: the forms are those of the programs: order and spelling of fields, boundaries, nesting, charsets,
transfer encodings, what stands around the words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shapes_of_systems import (
    command_line,
    crm,
    freescout,
    html_alone,
    invitation,
    mailing_list,
    nested,
    osticket,
    phpmailer,
    utf_16,
    winmail,
    zammad,
    znuny,
)
from shaping import DKIM, HTML, PDF, PLAIN, PNG, Words, file, head, kind, many, part


def outlook(words: Words) -> str:
    """Outlook through Exchange: mixed, related, alternative; ISO-8859-1; a logo and a PDF."""
    page = words.page("sv", '<p class="MsoNormal">', "<o:p></o:p></p>", "&nbsp;")
    shown = (
        '<html xmlns:o="urn:x">\n<head>\n<style><!--\np.MsoNormal {margin:0cm;}\n-->'
        f'</style>\n</head>\n<body lang="SV">\n<div class="WordSection1">\n{page}\n'
        '<p class="MsoNormal"><img src="cid:image001.png@01DC"></p>\n</div>\n</body>\n</html>'
        "\n"
    )
    both = many(
        "alternative",
        "_000_A1B2_",
        part(kind(PLAIN, '"iso-8859-1"', "quoted-printable"), words.plain("sv"), "iso-8859-1"),
        part(kind(HTML, '"iso-8859-1"', "quoted-printable"), shown, "iso-8859-1"),
    )
    logo = file(
        'Content-Type: image/png; name="image001.png"\nContent-ID: <image001.png@01DC>\nContent-Disposition: inline',
        PNG,
    )
    inner = many("related", "_005_A1B2_", both, logo, more=';\n\ttype="multipart/alternative"')
    offer = file(
        ('Content-Type: application/pdf; name="offert.pdf"\nContent-Disposition: attachment; filename="offert.pdf"'),
        PDF,
    )
    top = head("sv", "Thread-Topic: 2026-11", "Thread-Index: AdvLx0A=", "X-MS-Has-Attach: yes")
    return top + "MIME-Version: 1.0\n" + many("mixed", "_006_A1B2_", inner, offer)


def outlook_on_the_web(words: Words) -> str:
    page = words.page("en", '<div class="elementToProof">', "</div>", "<br>")
    shown = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
        f'</head><body dir="ltr">\n{page}\n</body></html>'
    )
    return (
        head("en", DKIM, "Accept-Language: en-GB")
        + "MIME-Version: 1.0\n"
        + many(
            "alternative",
            "_000_DB9P_",
            part(kind(PLAIN, '"utf-8"', "base64"), words.plain("en")),
            part(kind(HTML, '"utf-8"', "base64"), shown),
        )
    )


def outlook_on_a_phone(words: Words) -> str:
    """All HTML on one line."""
    page = words.page("fi", '<div dir="auto" style="font-family:Aptos">', "</div>", "<br>").replace("\n", "")
    page += '<div id="ms-outlook-mobile-signature">Hanki <a href="https://aka.example/o0ukef">Outlook</a></div>'
    return (
        head("fi")
        + "MIME-Version: 1.0\n"
        + many(
            "alternative",
            "_000_AM0P_",
            part(kind(PLAIN, '"utf-8"', "base64"), words.plain("fi") + "\nHanki Outlook\n"),
            part(kind(HTML, '"utf-8"', "base64"), f"<html><body>{page}</body></html>", width=72),
        )
    )


def gmail(words: Words) -> str:
    """With the thread below, in both forms."""
    asked = "Milloin pääsen palveluun?"
    wrote = "ma 2.11.2026 klo 9.12 Liisa Virtanen (liisa@asiakas.example) kirjoitti:"
    page = words.page("fi", "<div>", "</div>", "<br>").replace("\n", "")
    quote = (
        '<br><div class="gmail_quote gmail_quote_container">'
        f'<div dir="ltr" class="gmail_attr">{wrote}<br></div>'
        '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;'
        'border-left:1px solid rgb(204,204,204);padding-left:1ex">'
        f"{asked}</blockquote></div>\n"
    )
    return (
        head("fi", DKIM, "X-Google-DKIM-Signature: v=1; a=b", "X-Gm-Message-State: AOJu0Yw")
        + "MIME-Version: 1.0\n"
        + many(
            "alternative",
            "000000000000aa11",
            part(kind(PLAIN, '"UTF-8"', "quoted-printable"), f"{words.plain('fi')}\n{wrote}\n\n> {asked}\n>\n"),
            part(kind(HTML, '"UTF-8"', "quoted-printable"), f'<div dir="ltr">{page}</div>{quote}'),
        )
    )


def gmail_with_a_picture(words: Words) -> str:
    shown = words.page("de", "<div>", "</div>", "<br>")
    both = many(
        "alternative",
        "000000000000bb22",
        part(kind(PLAIN, '"UTF-8"', "base64"), words.plain("de") + "[image: kuva.png]\n"),
        part(kind(HTML, '"UTF-8"', "base64"), f'<div dir="ltr">{shown}<img src="cid:ii_m1" alt="kuva.png"></div>\n'),
    )
    photo = file(
        'Content-Type: image/png; name="kuva.png"\n'
        'Content-Disposition: inline; filename="kuva.png"\nContent-ID: <ii_m1>',
        PNG,
    )
    return head("de", DKIM) + "MIME-Version: 1.0\n" + many("related", "000000000000cc33", both, photo)


def apple_mail(words: Words) -> str:
    """HTML in two parts, around a file."""
    page = words.page("en", "<div>", "</div>", "<br>")
    style = 'style="overflow-wrap: break-word; -webkit-nbsp-mode: space;"'
    first = part(
        kind(HTML, "utf-8", "quoted-printable"),
        f"<html><head></head><body {style}>{page}<div><br></div></body></html>",
    )
    offer = file(
        (
            "Content-Disposition: inline;\n\tfilename=offer.pdf\nContent-Type: application/pdf;\n"
            '\tx-unix-mode=0644;\n\tname="offer.pdf"'
        ),
        PDF,
    )
    last = part(
        kind(HTML, "us-ascii", "7bit"),
        f"<html><head></head><body {style}><div></div></body></html>",
    )
    plain = part(
        "Content-Transfer-Encoding: quoted-printable\nContent-Type: text/plain;\n\tcharset=utf-8", words.plain("en")
    )
    return (
        head("en")
        + "Mime-Version: 1.0 (Mac OS X Mail 16.0 \\(3826.300.87\\))\nX-Mailer: Apple Mail (2.3826.300.87)\n"
        + many("alternative", "Apple-Mail=_1B", plain, many("mixed", "Apple-Mail=_2C", first, offer, last))
    )


def iphone(words: Words) -> str:
    return (
        head("fi")
        + "Mime-Version: 1.0 (1.0)\nX-Mailer: iPhone Mail (22A3354)\n"
        + part(
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable",
            f"{words.plain('fi')}\nLähetetty iPhonesta\n",
        )
    )


def thunderbird(words: Words) -> str:
    """Flowed, 8bit, a signature below its mark."""
    below = (
        "\nLiisa Virtanen kirjoitti 2.11.2026 klo 9.12:\n> Milloin pääsen palveluun? \n>"
        " Kiitos jo nyt.\n\n-- \nMatkat Oy\n"
    )
    return (
        head("fi", "User-Agent: Mozilla Thunderbird", "Content-Language: fi")
        + "MIME-Version: 1.0\n"
        + part(kind(PLAIN, "UTF-8", "8bit", "; format=flowed"), words.plain("fi") + below)
    )


def thunderbird_html(words: Words) -> str:
    page = words.page("de", "<p>", "</p>")
    shown = (
        "<!DOCTYPE html>\n<html>\n  <head>\n"
        '    <meta http-equiv="content-type" content="text/html; charset=UTF-8">\n  </head>\n'
        f'  <body>\n{page}\n    <div class="moz-signature">'
        '<img src="cid:part1.x@matkat.example" alt="Matkat"></div>\n  </body>\n</html>\n'
    )
    logo = file(
        (
            'Content-Type: image/png; name="logo.png"\n'
            'Content-Disposition: inline; filename="logo.png"\n'
            "Content-Id: <part1.x@matkat.example>"
        ),
        PNG,
    )
    return (
        head("de", "User-Agent: Mozilla Thunderbird")
        + many(
            "alternative",
            "------------0Rq7",
            part(kind(PLAIN, "UTF-8", "8bit", "; format=flowed"), words.plain("de")),
            many("related", "------------1Xq8", part(kind(HTML, "UTF-8", "8bit"), shown), logo),
            above="This is a multi-part message in MIME format.\n",
        )
    ).replace("Content-Type: multipart/alternative", "MIME-Version: 1.0\nContent-Type: multipart/alternative", 1)


SHAPES: Mapping[str, Callable[[Words], str]] = {
    one.__name__.replace("_", " "): one
    for one in (
        *(outlook, outlook_on_the_web, outlook_on_a_phone, gmail, gmail_with_a_picture, apple_mail, iphone),
        *(thunderbird, thunderbird_html, zammad, znuny, freescout, osticket, winmail, invitation, phpmailer, crm),
        *(utf_16, command_line, html_alone, mailing_list, nested),
    )
}


def written(shape: str, words: Words) -> bytes:
    """The octets of a reply in one of the forms."""
    return SHAPES[shape](words).replace("\n", "\r\n").encode("latin-1")
