"""Mends of mails of every form: only the touched parts change, and the value is gone."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.fixes import fresh_text, mend, replace_fresh
from gateway.reading.html import html_rows
from gateway.reading.message import read
from judging import enforced, judged
from mending import SECRET, container, is_sound, leaf, mail

CHARSETS = st.sampled_from(["utf-8", "iso-8859-1", "iso-8859-15", "windows-1252", "utf-16", "utf-8-sig"])
ENCODINGS = st.sampled_from(["8bit", "quoted-printable", "base64"])
WORDS = st.text(alphabet="abcdefghijklmnoåäöÅÄ ,.", min_size=0, max_size=140)
LINES = st.lists(WORDS, min_size=0, max_size=6)
PASSWORD = f"Salasanasi on {SECRET}."


@st.composite
def parts(draw: st.DrawFn, above: list[str], below: list[str], *, html: bool) -> bytes:
    charset, encoding = draw(CHARSETS), draw(ENCODINGS)
    encoding = "base64" if charset == "utf-16" else encoding
    lines = ["Hei Liisa,", "", *above, "", PASSWORD, "", *below, "", "Terveisin", "Aino"]
    if html:
        cut = draw(st.integers(1, len(SECRET) - 1))
        split = f"{SECRET[:cut]}<b>{SECRET[cut:]}</b>"
        entity = "".join(f"&#{ord(c)};" for c in SECRET)
        word = draw(st.sampled_from([SECRET, split, entity]))
        tag = draw(st.sampled_from(["p", "div"]))
        text = "\n".join(f"<{tag}>{line.replace(SECRET, word) or '&nbsp;'}</{tag}>" for line in lines)
        return leaf(f"<html><body>{text}</body></html>", "text/html", charset, encoding)
    kind = draw(st.sampled_from(["text/plain", "text/plain; format=flowed", "text/plain; format=flowed; delsp=yes"]))
    return leaf("\n".join(lines) + "\n", kind, charset, encoding, width=draw(st.sampled_from([60, 64, 72, 76])))


@st.composite
def mails(draw: st.DrawFn) -> bytes:
    above, below = draw(LINES), draw(LINES)
    plain, page = draw(parts(above, below, html=False)), draw(parts(above, below, html=True))
    photo = b"Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n"
    table = leaf(f"nimi;salasana\nliisa;{SECRET}\n", "text/csv; name=a.csv", "utf-8", draw(ENCODINGS))
    match draw(st.integers(0, 4)):
        case 0:
            body = plain
        case 1:
            body = page
        case 2:
            body = container([plain, page], "alternative", "b=_1")
        case 3:
            body = container([container([plain, page], "alternative", "in"), table, photo], "mixed", "out")
        case _:
            both = container([plain, container([page, photo], "related", "r")], "alternative", "in")
            body = container([both, photo], "mixed", "in-out")
    return mail(body)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(mails())
def test_blanking_leaves_everything_else_and_no_value(octets: bytes) -> None:
    octets = octets.replace(b"charset=utf-8-sig", b"charset=utf-8")
    mended = mend(octets, ["blank-password"], enforced())
    assert not mended.unmendable
    assert is_sound(octets, mended)
    assert all(SECRET not in body.text for body in read(mended.octets).bodies)
    assert "plaintext-password" not in {finding.policy for finding in judged(mended.octets).verdict.findings}
    assert SECRET not in repr(mended)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(mails())
def test_the_fresh_text_as_it_is_changes_nothing(octets: bytes) -> None:
    octets = octets.replace(b"charset=utf-8-sig", b"charset=utf-8")
    mended = replace_fresh(octets, fresh_text(octets, enforced()), enforced())
    assert mended.octets == octets
    assert not mended.changes


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(mails(), st.text(alphabet="abcåäö€żß<>&日 ", min_size=1, max_size=200).filter(str.strip))
def test_a_new_line_of_any_letters_arrives_in_every_alternative(octets: bytes, words: str) -> None:
    octets = octets.replace(b"charset=utf-8-sig", b"charset=utf-8")
    words = f"Lisaksi {' '.join(words.replace('>', '').split())} loppu."
    text = fresh_text(octets, enforced()).replace(PASSWORD, words)
    mended = replace_fresh(octets, text, enforced())
    assert not mended.unmendable
    assert is_sound(octets, mended)
    bare = "".join(words.split())
    for one in read(mended.octets).bodies:
        assert bare in "".join(_shown(one.text, html=one.html).split())


def _shown(text: str, *, html: bool) -> str:
    return "".join(row.text for row in html_rows(text)) if html else text
