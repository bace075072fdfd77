"""The thread below as mail programs and helpdesks write it: whose words are whose, who wrote each turn and when."""

from __future__ import annotations

import pytest

from mailmaking import html, reply, roles

ANN = "Ann Field &lt;ann@customer.example&gt;"
BLOCK = f"<b>From: </b>{ANN}<br><b>Date: </b>Mon, 2 Nov 2026 10:15<br><b>To: </b>Us<br><b>Subject: </b>Room<br>"

CLIENTS = {
    "Gmail, forwarded": (
        (
            '<div dir="ltr">FYI</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message '
            "---------"
            f"<br>{BLOCK}</div><br><br><div>Is it booked?</div></div>"
        ),
        "bo ma at at at at qu",
        [("Ann Field", "Mon, 2 Nov 2026 10:15")],
    ),
    "Gmail, its attribution on two lines": (
        (
            '<div>It is.</div><div class="gmail_quote"><div class="gmail_attr">On Mon, Nov 2, 2026 at 10:15 AM Ann '
            "Field<br>"
            '&lt;ann@customer.example&gt; wrote:<br></div><blockquote class="gmail_quote">Is it '
            "booked?</blockquote></div>"
        ),
        "bo at at qu",
        [("Ann Field", "On Mon, Nov 2, 2026 at 10:15 AM")],
    ),
    "Gmail, two turns": (
        (
            '<div>It is.</div><div class="gmail_quote"><div class="gmail_attr">On 2 Nov 2026 at 10:15 Ann wrote:</div>'
            '<blockquote class="gmail_quote">Still?<div class="gmail_quote"><div class="gmail_attr">On 1 Nov '
            "2026 at 9:00 "
            'Tom wrote:</div><blockquote class="gmail_quote">Booked.</blockquote></div></blockquote></div>'
        ),
        "bo at qu at qu",
        [("Ann", "On 2 Nov 2026 at 10:15"), ("Tom", "On 1 Nov 2026 at 9:00")],
    ),
    "Gmail, answers between": (
        (
            '<div class="gmail_quote"><div class="gmail_attr">On 2 Nov 2026 at 10:15 Ann wrote:</div><blockquote '
            'class="gmail_quote"><p>Is it booked?</p></blockquote><div>It is.</div><blockquote '
            'class="gmail_quote"><p>And '
            "breakfast?</p></blockquote><div>Included.</div></div>"
        ),
        "at qu bo qu bo",
        [("Ann", "On 2 Nov 2026 at 10:15")],
    ),
    "a phone number in a closing right above the attribution": (
        (
            '<div>It is.</div><div>Regards<br>Tom<br>tel. 010 123 4567</div><div class="moz-cite-prefix">On 02/11/2026 '
            "10:15, "
            'Ann Field wrote:<br></div><blockquote type="cite">Is it booked?</blockquote>'
        ),
        "bo so so si at qu",
        [("Ann Field", "On 02/11/2026 10:15")],
    ),
    "the same without a word of the program's": (
        (
            "<div>It is.</div><div>Regards<br>Tom<br>tel. 010 123 4567</div><div>Ann Field wrote on 2.11.2026 "
            "10:15:<br></div>"
            "<blockquote>Is it booked?</blockquote>"
        ),
        "bo so so si at qu",
        [("Ann Field", "on 2.11.2026 10:15")],
    ),
    "Outlook on a phone": (
        (
            '<div>It is.</div><div id="ms-outlook-mobile-signature">Get Outlook for iOS</div><hr><div id="mail-editor-'
            f'reference-message-container" class="ms-outlook-mobile-reference-message">{BLOCK}<br>Is it booked?</div>'
        ),
        "bo si at at at at qu",
        [("Ann Field", "Mon, 2 Nov 2026 10:15")],
    ),
    "Apple Mail, forwarded": (
        (
            f'<div>FYI</div><blockquote type="cite"><div>Begin forwarded message:</div><br>{BLOCK}<br>Is it booked?'
            "</blockquote>"
        ),
        "bo ma at at at at qu",
        [("Ann Field", "Mon, 2 Nov 2026 10:15")],
    ),
    "Yahoo": (
        (
            '<div class="ydp1yahoo-style-wrap">It is.</div><div id="ydp1yahoo_quoted_12" '
            'class="ydp1yahoo_quoted"><div>On '
            f"Monday, November 2, 2026 at 10:15:00 AM GMT+2, {ANN} wrote:</div><div><br></div><div>Is it "
            f"booked?</div></div>"
        ),
        "bo at qu",
        [("Ann Field", "On Monday, November 2, 2026 at 10:15:00 AM GMT+2")],
    ),
    "Thunderbird, forwarded": (
        (
            '<p>FYI</p><div class="moz-forward-container">-------- Forwarded Message --------<table '
            'class="moz-email-headers-'
            'table"><tr><th>Subject: </th><td>Room</td></tr><tr><th>Date: </th><td>Mon, 2 Nov 2026 '
            "10:15</td></tr><tr><th>"
            f"From: </th><td>{ANN}</td></tr><tr><th>To: </th><td>Us</td></tr></table><br>Is it booked?</div>"
        ),
        "bo ma at at at at qu",
        [("Ann Field", "Mon, 2 Nov 2026 10:15")],
    ),
    "Roundcube": (
        (
            '<p>It is.</p><div id="_rc_sig"><pre>-- <br>Tom</pre></div><p id="reply-intro">On 2026-11-02 10:15, Ann '
            "Field wrote:"
            '</p><blockquote type="cite" style="padding:0 0.4em">Is it booked?</blockquote>'
        ),
        "bo si si at qu",
        [("Ann Field", "On 2026-11-02 10:15")],
    ),
    "Zimbra": (
        (
            f'<div>It is.</div><hr data-marker="__DIVIDER__"><div '
            f'data-marker="__HEADERS__"><blockquote>{BLOCK}</blockquote>'
            '</div><div data-marker="__QUOTED_TEXT__">Is it booked?</div>'
        ),
        "bo at at at at qu",
        [("Ann Field", "Mon, 2 Nov 2026 10:15")],
    ),
    "Zoho": (
        (
            '<div>It is.</div><div class="zmail_extra"><div>---- On Mon, 02 Nov 2026 10:15:00 +0200 '
            f"<b>{ANN}</b> wrote ----<br></div><blockquote>Is it booked?</blockquote></div>"
        ),
        "bo at qu",
        [("Ann Field", "On Mon, 02 Nov 2026 10:15:00 +0200")],
    ),
    "Spark": (
        (
            '<div name="messageBodySection">It is.</div><div name="messageSignatureSection">Tom</div><div name='
            f'"messageReplySection">On 2 Nov 2026 at 10:15 +0200, {ANN}, wrote:<br>Is it booked?</div>'
        ),
        "bo si at qu",
        [("Ann Field", "On 2 Nov 2026 at 10:15 +0200")],
    ),
    "Samsung": (
        (
            f"<div>It is.</div><div>Sent from my Galaxy</div><div><br></div><div>-------- Original message "
            f"--------</div>{BLOCK}"
            "<div>Is it booked?</div>"
        ),
        "bo si ma at at at at qu",
        [("Ann Field", "Mon, 2 Nov 2026 10:15")],
    ),
    "Front": (
        (
            '<div>It is.</div><div class="front-signature">Tom</div><br><blockquote type="cite" '
            'class="front-blockquote">On '
            "November 2, 2026, 10:15 AM GMT+2 ann@customer.example wrote:<br><br>Is it booked?</blockquote>"
        ),
        "bo si at qu",
        [("ann@customer.example", "On November 2, 2026, 10:15 AM GMT+2")],
    ),
    "Znuny": (
        (
            "<div>It is.<br>-- <br>Tom</div><div>02.11.2026 10:15 - Ann Field wrote:</div><div type=cite style="
            '"border-left:solid blue 1.5pt">Is it booked?</div>'
        ),
        "bo si si at qu",
        [("Ann Field", "02.11.2026 10:15")],
    ),
    "Zammad": (
        (
            '<div>It is.</div><div data-signature="true">Regards<br>Tom</div><blockquote type="cite">On Monday, '
            "November "
            "2, "
            f"2026 at 10:15:00 AM, {ANN} wrote:<br><br>Is it booked?</blockquote>"
        ),
        "bo so si at qu",
        [("Ann Field", "On Monday, November 2, 2026 at 10:15:00 AM")],
    ),
    "Freshdesk": (
        (
            '<div>It is.</div><div class="freshdesk_quote"><blockquote class="freshdesk_quote">On Mon, 2 Nov at '
            "10:15 AM , "
            f"{ANN} wrote:<br>Is it booked?</blockquote></div>"
        ),
        "bo at qu",
        [("Ann Field", "On Mon, 2 Nov at 10:15 AM")],
    ),
    "Intercom": (
        '<p>It is.</p><div class="intercom-quote"><p>On Nov 2, 2026, Ann wrote:</p><p>Is it booked?</p></div>',
        "bo at qu",
        [("Ann", "On Nov 2, 2026")],
    ),
    "osTicket": (
        "<p>It is.</p><hr><em>-- reply above this line --</em><blockquote>Is it booked?</blockquote>",
        "bo ma qu",
        [("", "")],
    ),
    "Help Scout and FreeScout: a rule, a name, a moment": (
        (
            "<div>It is.</div><table><tr><td><hr></td></tr><tr><td>Ann Field</td></tr><tr><td>Nov 2, 2026, 10:15 "
            "EET</td></tr>"
            "<tr><td>Is it booked?</td></tr></table>"
        ),
        "bo at at qu",
        [("Ann Field", "Nov 2, 2026, 10:15 EET")],
    ),
    "Zendesk: the agent's comment on top, then the earlier ones": (
        (
            "<div>##- Please type your reply above this line -##</div><p><strong>Tom Support</strong> "
            "(Shop)</p><p>2 Nov "
            "2026, "
            '11:15 GMT+2</p><div class="zd-comment"><p>Hi Ann,</p><p>it is.</p></div><p><strong>Ann '
            "Field</strong></p><p>2 Nov "
            '2026, 10:15 GMT+2</p><div class="zd-comment"><p>Is it booked?</p></div><p><strong>Tom Support</strong> '
            "(Shop)</p>"
            '<p>1 Nov 2026, 9:00 GMT+2</p><div class="zd-comment"><p>Welcome.</p></div>'
        ),
        "ma ma ma gr bo at at qu at at qu",
        [("Ann Field", "2 Nov 2026, 10:15 GMT+2"), ("Tom Support (Shop)", "1 Nov 2026, 9:00 GMT+2")],
    ),
    "Zendesk: a template without the agent's own heading": (
        (
            '<p>It is.</p><p style="border-top:1px dotted #ccc"><strong>Ann Field, 2.11.2026 '
            "10:15</strong></p><div class="
            '"zd-comment"><p>Is it booked?</p></div>'
        ),
        "bo at qu",
        [("Ann Field", "2.11.2026 10:15")],
    ),
}


@pytest.mark.parametrize("client", CLIENTS)
def test_the_thread_in_the_html_of_clients_and_helpdesks(client: str) -> None:
    shown, expected, turns = CLIENTS[client]
    read = reply(html(shown))
    assert " ".join(role for role, _ in roles(read.texts[0])) == expected
    assert [(turn.author, turn.date) for turn in read.turns] == turns
    assert {line.text for turn in read.turns for line in turn.lines} <= {"Is it booked?", "And breakfast?", *EARLIER}


EARLIER = ("Still?", "Booked.", "Welcome.")
