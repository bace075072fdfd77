"""HTML as mail clients show it."""

from __future__ import annotations

import pytest

from gateway.reading.html import html_rows
from gateway.reading.rows import Hint


def lines(html: str) -> list[str]:
    return [row.text for row in html_rows(html)]


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>Hei <b>Li</b>isa!</p><p>Kiitos.</p>", ["Hei Liisa!", "Kiitos."]),
        ("Hei<br>Liisa<br/>!", ["Hei", "Liisa", "!"]),
        ("<div>a<div>b</div>c</div>", ["a", "b", "c"]),
        ("<ul><li>yksi<li>kaksi</ul>", ["yksi", "kaksi"]),
        ("a\n  b\t c&nbsp;&nbsp;d", ["a b c  d"]),
        ("<b>a</b>\n<b>b</b>", ["a b"]),
        ("<b>a</b><b>b</b>", ["ab"]),
        ("&lt;b&gt; &amp; &auml; &#8364; &hellip;", ["<b> & ä € …"]),
        ("sala&shy;sana sala&#8203;sana s<!-- x -->alasana", ["salasana salasana salasana"]),
        ("<style>p{}</style><title>T</title><script>x()</script><p>a", ["a"]),
        ("<pre>a  b\n c</pre>", ["a  b", "c"]),
        ("<p>&nbsp;</p><p></p><div><br></div>", []),
        ("<textarea>a\nb</textarea>", ["a", "b"]),
        ('<input type="text" value="arvo"><input type="hidden" value="piilo">', ["arvo"]),
        ("<select><option>a<option>b</select>", ["a", "b"]),
        ("<o:p>x</o:p><st1:place>y</st1:place>", ["xy"]),
        ("<a href=x>linkki</a> jatkuu", ["linkki jatkuu"]),
        ("teksti ilman merkintää", ["teksti ilman merkintää"]),
        ("", []),
    ],
)
def test_blocks_and_breaks_end_lines_and_the_rest_flows(html: str, shown: list[str]) -> None:
    assert lines(html) == shown


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<table><tr><td>Tunnus<td>Salasana<tr><td>maija<td>x1</table>", ["Tunnus\tSalasana", "maija\tx1"]),
        ("<table><tr><td><p>Tunnus</p></td><td><p>maija</p></td></tr></table>", ["Tunnus\tmaija"]),
        ("<table><tr><th>a</th><td>b<br>c</td><td>d</td></tr></table>", ["a\tb", "c\td"]),
        ("<table><tr><td>a<table><tr><td>b</td></tr></table></td></tr></table>", ["a", "b"]),
        ("<table><tr><td></td><td>b</td></tr><tr><td>c</td></tr></table>", ["b", "c"]),
    ],
)
def test_the_cells_of_a_row_are_joined_by_a_tab(html: str, shown: list[str]) -> None:
    assert lines(html) == shown


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">x</div>',
        '<div style="DISPLAY : None !important">x</div>',
        '<span style="visibility:hidden">x</span>',
        '<span style="mso-hide:all">x</span>',
        '<span style="color:red;font-size:0px;line-height:0">x</span>',
        '<div style="max-height:0;overflow:hidden">x</div>',
        '<div style="opacity:0">x</div>',
        "<p hidden>x</p>",
        '<div style="display:none"><p>x<table><tr><td>x</table></div>',
    ],
)
def test_what_is_hidden_is_not_shown(hidden: str) -> None:
    assert lines(f"{hidden}<p>näkyy</p>") == ["näkyy"]


@pytest.mark.parametrize(
    "style", ["font-size:10px", "line-height:0", "max-height:100px;overflow:hidden", "opacity:0.9"]
)
def test_what_is_small_is_shown(style: str) -> None:
    assert lines(f'<p style="{style}">näkyy</p>') == ["näkyy"]


def test_monospaced_lines_are_flagged() -> None:
    html = (
        "<pre>a</pre><p>b</p><p><code>c</code></p><p>d e f <tt>g</tt></p>"
        "<p style=\"font-family:'Courier New',monospace\">h</p><font face=Courier>i</font>"
    )
    assert [(row.text, row.preformatted) for row in html_rows(html)] == [
        ("a", True),
        ("b", False),
        ("c", True),
        ("d e f g", False),
        ("h", True),
        ("i", True),
    ]


def test_pictures_show_their_alternative_text_and_say_so() -> None:
    rows = html_rows('<p><img src=x alt="Matkatoimisto"></p><p>Katso <img alt=nuoli> tästä</p><img alt="">')
    assert [(row.text, row.hint) for row in rows] == [("Matkatoimisto", Hint.ALT), ("Katso nuoli tästä", Hint.NONE)]


def test_a_link_that_may_carry_credentials_stands_below_its_line() -> None:
    rows = html_rows(
        '<p><a href="https://example.com/?password=x&amp;u=1">Kirjaudu</a> tästä</p><p><a href="/a">b</a></p>'
    )
    assert [(row.text, row.hint, row.line) for row in rows] == [
        ("Kirjaudu tästä", Hint.NONE, 1),
        ("https://example.com/?password=x&u=1", Hint.MARKER, 1),
        ("b", Hint.NONE, 3),
    ]


def test_what_outlook_alone_shows_is_read_and_its_settings_are_not() -> None:
    html = (
        "<p>Hei</p><!--[if mso]><p>Salasana: x</p><![endif]--><!-- muu -->"
        "<!--[if gte mso 9]><xml><o:PixelsPerInch>96</o:PixelsPerInch></xml><![endif]-->"
    )
    assert [(row.text, row.hint) for row in html_rows(html)] == [("Hei", Hint.NONE), ("Salasana: x", Hint.MARKER)]


@pytest.mark.parametrize(
    ("html", "depths"),
    [
        ("<p>a</p><blockquote type=cite>b<blockquote>c</blockquote></blockquote>d", [0, 1, 2, 0]),
        ('<blockquote style="margin:0 0 0 40px;border:none">sisennys</blockquote>', [0]),
        ('<div class="yahoo_quoted">a</div>', [1]),
        ('<div class="freshdesk_quote">a</div>', [1]),
        ('<div id="divRplyFwdMsg">a</div><div>b</div>', [1, 1]),
        ("<p>&gt; &gt; a</p>", [2]),
    ],
)
def test_quotes_of_clients_have_a_depth(html: str, depths: list[int]) -> None:
    assert [row.depth for row in html_rows(html)] == depths


@pytest.mark.parametrize(
    ("html", "hint"),
    [
        ('<div class="gmail_attr">x</div>', Hint.ATTRIBUTION),
        ('<div class="moz-cite-prefix">x</div>', Hint.ATTRIBUTION),
        ('<div class="gmail_signature">x</div>', Hint.SIGNATURE),
        ('<div data-signature="true">x</div>', Hint.SIGNATURE),
        ('<div id="AppleMailSignature">x</div>', Hint.SIGNATURE),
        ('<span class="js-signatureMarker">x</span>', Hint.NONE),
    ],
)
def test_containers_of_clients_say_what_is_in_them(html: str, hint: Hint) -> None:
    assert [row.hint for row in html_rows(html)] == [hint]


def test_lines_are_counted_as_shown() -> None:
    """A break on an empty line is a line of its own; so is a paragraph with nothing in it but a space."""
    assert [row.line for row in html_rows("a<br><br>b<p>c</p><div><br></div><p>d")] == [1, 3, 5, 7]


@pytest.mark.parametrize(
    ("html", "numbers"),
    [
        ("<p>a</p><p>b</p>", [1, 3]),
        ("<p>a<br></p>\n<p>b</p>", [1, 3]),
        ("<p>a</p><br><p>b</p>", [1, 3]),
        ("<h1>a</h1>b<ul><li>c<li>d</ul>e", [1, 3, 5, 6, 8]),
        ("<div>a</div><div>b</div>", [1, 2]),
        ("a<hr>b", [1, 3]),
        ("<p class=MsoNormal>a</p><p class=MsoNormal>b</p>", [1, 2]),
        ("<p class=MsoNormal>a</p><p class=MsoNormal>&nbsp;<o:p></o:p></p><p class=MsoNormal>b</p>", [1, 3]),
        ('<p style="margin:0">a</p><p style="margin:0 0 0 3em">b</p>', [1, 2]),
        ('<p style="margin-top:0;margin-bottom:0">a</p><p style="margin: 0cm 0cm .0001pt">b</p>', [1, 2]),
        ('<p style="margin:0 0 1em">a</p><p style="margin:0 0 1em">b</p>', [1, 3]),
        ("<style>P {margin-top:0;margin-bottom:0;}</style><p>a</p><p>b</p>", [1, 2]),
        ("<style>body {margin:0}</style><p>a</p><p>b</p>", [1, 3]),
        ("<div>&nbsp;</div><div>a &nbsp;</div><div>&nbsp;b</div><div>&nbsp;<br></div>c", [2, 3, 5]),
        ("<table><tr><td><p>a</p></td><td><p>b</p></td></tr><tr><td><p>c</p></td></tr></table>", [1, 2]),
        ("<p>a</p><table><tr><td>b</td></tr></table><p>c</p>", [1, 3, 5]),
        ("<pre>a\n \nb</pre>", [1, 3]),
    ],
)
def test_paragraphs_are_set_off_by_an_empty_line_where_a_client_shows_them_so(html: str, numbers: list[int]) -> None:
    assert [row.line for row in html_rows(html)] == numbers


def test_html_too_deep_for_a_tree_is_read_tag_by_tag() -> None:
    html = "<div>" * 5000 + "Hei <b>Liisa</b>" + "</div>" * 5000 + '<p style="display:none">x</p><p>loppu'
    assert lines(html) == ["Hei Liisa", "loppu"]


@pytest.mark.parametrize(
    "html",
    [
        "<" * 200_000,
        "<a " * 100_000,
        '<a b="' * 50_000,
        "<!--" * 50_000,
        "<div>" * 100_000,
        "<table><tr><td>" * 20_000,
        "&" * 200_000,
        "<b><p>" * 30_000,
        "".join(f"<font color={n}><p>" for n in range(10_000)),
        "<td>x</td>" * 50_000,
        "<p" + " a=b" * 100_000 + ">x",
        " " * 500_000,
        '<p style="' + "font:a" * 50_000 + '">x',
    ],
    ids=lambda html: html[:12],
)
def test_hostile_html_is_read_in_linear_time(html: str) -> None:
    """Each of these is some hundred kilobytes: anything quadratic would not end while a person waits."""
    assert isinstance(html_rows(html), list)
