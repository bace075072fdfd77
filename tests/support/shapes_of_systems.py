"""Replies in the forms in which helpdesks, shops, lists and other systems write them.

Rules of this file: as in shapes.py.
"""

from __future__ import annotations

from shaping import DKIM, HTML, PDF, PLAIN, PNG, Words, file, head, kind, many, part


def zammad(words: Words) -> str:
    page = words.page("de", "<div>", "</div>", "<br>")
    shown = (
        '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8" />\n<style type="text/css">'
        "body{width:90% !important;}</style>\n</head>\n"
        f'<body style="font-family:Geneva,Helvetica,Arial;">{page}<br><div>-- <br>'
        "Matkat GmbH</div></body>\n</html>\n"
    )
    return (
        head("de", "X-Mailer: Zammad Mail Service", subject="AW: Zimmer [Ticket#31001]")
        + "Mime-Version: 1.0\n"
        + many(
            "alternative",
            "--==_mimepart_65f_2ad",
            part(
                "Content-Type: text/plain;\n charset=UTF-8\nContent-Transfer-Encoding: quoted-printable",
                words.plain("de") + "\n-- \nMatkat GmbH\n",
            ),
            part("Content-Type: text/html;\n charset=UTF-8\nContent-Transfer-Encoding: quoted-printable", shown),
            more=";\n charset=UTF-8",
        )
    )


def znuny(words: Words) -> str:
    """Perl's MIME::Tools: a body that calls itself inline, and a preamble."""
    page = words.page("sv", "", "<br />", "&nbsp;")
    shown = (
        "<!DOCTYPE html><html><head>"
        '<meta http-equiv="Content-Type" content="text/html; charset=utf-8"/></head>'
        f'<body style="font-family:Arial; font-size: 12px;">{page}</body></html>'
    )
    return (
        head(
            "sv",
            "X-Mailer: Znuny Mail Service (6.5.11)",
            "Organization: Matkat",
            subject="[Ticket#2026110210000017] Rum",
        )
        + "MIME-Version: 1.0\n"
        + many(
            "alternative",
            "----------=_1762070400-1-0",
            part(
                (
                    'Content-Type: text/plain; charset="utf-8"\nContent-Disposition: inline\n'
                    "Content-Transfer-Encoding: 8bit"
                ),
                words.plain("sv"),
            ),
            part(
                (
                    'Content-Type: text/html; charset="utf-8"\nContent-Disposition: inline\n'
                    "Content-Transfer-Encoding: quoted-printable"
                ),
                shown,
            ),
            above="This is a multi-part message in MIME format...\n\n",
        )
    )


def freescout(words: Words) -> str:
    page = words.page("en", "<div>", "</div>", "<br>")
    shown = (
        '<html lang="en">\n<head>\n'
        '    <meta http-equiv="Content-Type" content="text/html; charset=utf-8">\n</head>\n'
        '<body style="-webkit-text-size-adjust:none;">\n'
        '    <table cellspacing="0" border="0" cellpadding="0" width="100%">\n        <tr>'
        f'<td>\n            <div id="fsReplyAbove" class="fsReplyAbove" data-x="1">\n{page}\n'
        "            </div>\n        </td></tr>\n    </table>\n"
        '    <div style="height:0; font-size:0px;">{#FS:17-9#}</div>\n</body>\n</html>\n'
    )
    return (
        head("en", "X-FreeScout-Mail-Type: customer.message")
        + "MIME-Version: 1.0\n"
        + many(
            "alternative",
            "_=_swift_1762070400_9f_=_",
            part(kind(PLAIN, "utf-8", "quoted-printable"), words.plain("en")),
            part(kind(HTML, "utf-8", "quoted-printable"), shown),
        )
    )


def osticket(words: Words) -> str:
    """PEAR's Mail_mime: base64 without a last line end of its own, field names in its own order."""
    page = words.page("en", "<p>", "</p>")
    return (
        head("en", "X-Mailer: osTicket Mailer", subject="Re: Room [#103482]")
        + "MIME-Version: 1.0\n"
        + many(
            "alternative",
            "=_5ab1c7",
            part("Content-Type: text/plain;\n charset=utf-8\nContent-Transfer-Encoding: base64", words.plain("en")),
            part("Content-Type: text/html;\n charset=utf-8\nContent-Transfer-Encoding: base64", f"<div>{page}</div>"),
        )
    )


def winmail(words: Words) -> str:
    """Exchange in Rich Text: the plain text, and everything else in a winmail.dat."""
    tnef = file(
        (
            'Content-Type: application/ms-tnef; name="winmail.dat"\n'
            'Content-Disposition: attachment; filename="winmail.dat"'
        ),
        "eJ8+IgEAAQAJAAQAAAAAAAEAAQABBpAHAAAAAAAAAA==",
    )
    return (
        head("sv", "X-MS-TNEF-Correlator: <17@matkat.example>")
        + "MIME-Version: 1.0\n"
        + many(
            "mixed",
            "_000_TNEF_",
            part(kind(PLAIN, '"iso-8859-1"', "quoted-printable"), words.plain("sv"), "iso-8859-1"),
            tnef,
        )
    )


def invitation(words: Words) -> str:
    """A meeting from Exchange: the calendar as a third alternative."""
    meeting = (
        "BEGIN:VCALENDAR\nMETHOD:REQUEST\nVERSION:2.0\nBEGIN:VEVENT\nUID:17\n"
        "DTSTART:20261103T080000Z\nSUMMARY:Käynti\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    return (
        head("fi")
        + "MIME-Version: 1.0\n"
        + many(
            "alternative",
            "_000_CAL_",
            part(kind(PLAIN, '"utf-8"', "base64"), words.plain("fi")),
            part(
                kind(HTML, '"utf-8"', "base64"),
                f"<html><body>{words.page('fi', '<div>', '</div>', '<br>')}</body></html>",
            ),
            part(
                'Content-Type: text/calendar; charset="utf-8"; method=REQUEST\nContent-Transfer-Encoding: base64',
                meeting,
            ),
        )
    )


def phpmailer(words: Words) -> str:
    return (
        head("fi", "X-Mailer: PHPMailer 6.9.1 (https://phpmailer.example)")
        + "MIME-Version: 1.0\n"
        + many(
            "alternative",
            "b1_Kq0",
            part(
                "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit",
                words.plain("fi"),
                "iso-8859-1",
            ),
            part(
                "Content-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit",
                words.page("fi", "<p>", "</p>"),
                "iso-8859-1",
            ),
            above="This is a multi-part message in MIME format.\n\n",
        )
    )


def crm(words: Words) -> str:
    """A large sales system: mixed, alternative, base64 in ISO-8859-1, its reference at the end, signed by its host."""
    mark = "thread::AbC-17::"
    page = words.page("de", "<p>", "</p>")
    both = many(
        "alternative",
        "----=_Part_2_9.17",
        part(kind(PLAIN, "ISO-8859-1", "base64"), f"{words.plain('de')}\n\n{mark}\n", "iso-8859-1"),
        part(
            kind(HTML, "ISO-8859-1", "base64"),
            f"<html><head><title></title></head><body>{page}<br>{mark}</body></html>",
            "iso-8859-1",
        ),
    )
    offer = file(
        "Content-Type: application/pdf; name=Angebot.pdf\nContent-Disposition: attachment; filename=Angebot.pdf", PDF
    )
    return (
        head("de", DKIM, "X-SFDC-LK: 00D0", "X-Priority: 3")
        + "MIME-Version: 1.0\n"
        + many("mixed", "----=_Part_1_8.17", both, offer)
    )


def utf_16(words: Words) -> str:
    """A Windows service that writes as it thinks."""
    return head("en") + "MIME-Version: 1.0\n" + part(kind(PLAIN, "utf-16", "base64"), words.plain("en"), "utf-16")


def command_line(words: Words) -> str:
    """A script: one part, 8bit, hardly a field."""
    return head(
        ("sv") + part("MIME-Version: 1.0\n" + kind(PLAIN, "iso-8859-1", "8bit"), words.plain("sv"), "iso-8859-1")
    )


def html_alone(words: Words) -> str:
    """A web shop: HTML alone, letters as references, tables for layout."""
    page = words.page("fi", '<tr><td style="padding:4px">', "</td></tr>")
    page = page.replace("ä", "&auml;").replace("ö", "&ouml;")
    shown = (
        f'<html>\n<body bgcolor="#ffffff">\n<table width="600">\n{page}\n</table>\n'
        '<img src="https://x.example/p.gif" width="1" height="1">\n</body>\n</html>\n'
    )
    return head("fi") + "MIME-Version: 1.0\n" + part(kind(HTML, "us-ascii", "7bit"), shown, "us-ascii")


def mailing_list(words: Words) -> str:
    """A list's server: its footer as a part of its own, a signature and an ARC set."""
    inner = part(kind(PLAIN, '"utf-8"', "quoted-printable", "; format=flowed"), words.plain("en"))
    foot = part(
        (
            'Content-Type: text/plain; charset="us-ascii"\nMIME-Version: 1.0\n'
            "Content-Disposition: inline\nContent-Transfer-Encoding: 7bit"
        ),
        "_______________________________________________\nGuests mailing list\nhttps://lists.matkat.example/guests\n",
        "us-ascii",
    )
    arc = (
        "ARC-Seal: i=1; a=rsa-sha256; cv=none; b=A",
        "ARC-Message-Signature: i=1; bh=A; b=A",
        "ARC-Authentication-Results: i=1; x; dkim=pass",
    )
    return (
        head("en", *arc, DKIM, "List-Id: <guests.lists.matkat.example>")
        + "MIME-Version: 1.0\n"
        + many("mixed", "===============17==", inner, foot)
    )


def nested(words: Words) -> str:
    """A gateway for disclaimers has wrapped it all once more, and put its words below as files."""
    core = many(
        "alternative",
        "core",
        part(kind(PLAIN, "windows-1252", "quoted-printable"), words.plain("sv"), "windows-1252"),
        part(
            kind(HTML, "windows-1252", "8bit"),
            f"<html><body>{words.page('sv', '<p>', '</p>')}</body></html>",
            "windows-1252",
        ),
    )
    logo = file("Content-Type: image/png\nContent-ID: <logo>\nContent-Disposition: inline", PNG)
    wrapped = many(
        "mixed",
        "wrapped",
        many("related", "pictured", core, logo),
        file("Content-Type: application/pdf; name=avtal.pdf", PDF),
    )
    return head("sv", "X-Disclaimed: yes") + "MIME-Version: 1.0\n" + many("mixed", "outermost", wrapped)
