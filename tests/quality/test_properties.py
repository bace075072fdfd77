"""Reading and judging take any octets, and their cost grows with the size and no faster."""

import itertools
import json
import time
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gateway.cli.check import _for_scripts
from gateway.cli.mails import FiledMail
from gateway.mail import Envelope
from gateway.policy import COULD_NOT_INSPECT, could_not_inspect, inspect
from gateway.reading.headers import quick_facts
from gateway.reading.structure import scan
from gateway.verdict import Inspection
from labelled import house, labelled
from properties import LENGTHS, tried

ENVELOPE = Envelope("aspa@support.example")
CORPUS = tuple(mail.octets for mail in labelled())
WORDS = [
    *(b"Subject: ", b"From: ", b"To: ", b"Content-Type: ", b"Content-Transfer-Encoding: ", b"Content-Disposition: "),
    *(b"text/plain", b"text/html; charset=utf-8", b"multipart/mixed; boundary=b", b"multipart/alternative; boundary=b"),
    *(b"message/rfc822", b"application/pdf", b"application/ms-tnef", b"text/calendar", b"; charset=utf-16", b"; name="),
    *(
        b"; charset=iso-2022-jp",
        b"; format=flowed; delsp=yes",
        b"base64",
        b"quoted-printable",
        b"attachment; filename=",
    ),
    *(b'; boundary="b"', b"; name*0*=utf-8''a%C3", b"; name*99999999=x", b"=?utf-8?q?a=C3=A4?=", b"=?utf-7?b?+AAA?="),
    *(
        b"\r\n--b\r\n",
        b"\r\n--b--\r\n",
        b"\r\n",
        b"\r\n\r\n",
        b"\n",
        b"\r",
        b"\0",
        b"\xff\xfe",
        b"\xc3",
        b"\xed\xa0\x80",
    ),
    *(b"<div>", b"</div>", b"<p>", b"<br>", b"<table><tr><td>", b"</td><td>", b"</tr>", b"<!--", b"-->", b"<style>"),
    *(b'<a href="http://a.example/?password=a1b2">', b"<blockquote>", b"<pre>", b"&nbsp;", b"&#x110000;", b"&auml"),
    *(
        b"Hei Liisa,",
        b"Terveisin",
        b"Aino",
        b"salasana: ",
        b"Kes\xc3\xa42024",
        b"password",
        b"user",
        b" / ",
        b" is ",
        b'"',
    ),
    *(
        b"> ",
        b"On 1.2.2026 10:00 Liisa <a@b.example> wrote:",
        b"-- \r\n",
        b"Re: ",
        b"AY 831 Y 10MAY HELLHR HK1 0800",
        b"\t",
    ),
    *(b"PK\x03\x04", b"%PDF-1.4", b"UEsDBBQAAAAI", b"-----BEGIN PGP MESSAGE-----", b"=3D", b"=\r\n", b"M" * 76),
]
PIECES = st.one_of(st.sampled_from(WORDS), st.binary(max_size=6))
MAILS = st.lists(PIECES, max_size=60).map(b"".join)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A mail of the corpus with pieces lost, doubled, put in, turned round, or taken from another mail."""
    octets = draw(st.sampled_from(CORPUS))
    for _ in range(draw(st.integers(1, 6))):
        at, size = draw(st.integers(0, len(octets))), draw(st.integers(0, 400))
        there = octets[at : at + size]
        other = draw(st.one_of(PIECES, st.sampled_from(CORPUS).map(lambda mail: mail[len(mail) // 2 :][:400])))
        octets = octets[:at] + draw(st.sampled_from([b"", other, there + there, there[::-1]])) + octets[at + size :]
    return octets


def judged(octets: bytes) -> Inspection:
    """Inspect a mail; no check may fail, and what is told of the mail can be written down."""
    inspection = inspect(octets, ENVELOPE, house(), "X-Agent")
    failed = [one.excerpt for one in inspection.verdict.findings if one.excerpt.startswith("the check ")]
    assert not failed, failed
    json.dumps(_for_scripts(FiledMail("a.eml", 1, octets), inspection))
    for finding in inspection.verdict.findings:
        assert finding.excerpt.isprintable()
    return inspection


@pytest.mark.parametrize("length", LENGTHS)
def test_any_octets_are_read_and_judged(length: int) -> None:
    @tried(600, length)
    @given(st.one_of(MAILS, st.binary(max_size=2000)))
    def holds(octets: bytes) -> None:
        judged(octets)

    holds()


@pytest.mark.parametrize("length", LENGTHS)
def test_any_wreck_of_a_real_mail_is_read_and_judged(length: int) -> None:
    @tried(500, length)
    @given(mutated())
    def holds(octets: bytes) -> None:
        judged(octets)

    holds()


@pytest.mark.parametrize("length", LENGTHS)
def test_the_header_alone_is_read_whatever_it_is(length: int) -> None:
    """The last resort, when even reading a mail killed its process."""

    @tried(300, length)
    @given(st.one_of(MAILS, mutated(), st.binary(max_size=500)))
    def holds(octets: bytes) -> None:
        inspection = could_not_inspect(house(), quick_facts(octets), "reading it took longer than the deadline")
        assert [one.policy for one in inspection.verdict.findings] == [COULD_NOT_INSPECT]

    holds()


HEAD = b"From: Aino <aspa@support.example>\r\nTo: Liisa <liisa@customer.example>\r\nSubject: Varaus\r\n"
SIZES = (3_500, 14_000, 56_000)
MOST = 9
"""Four times the octets may cost nine times the work: three for each doubling, where linear is two and square four."""
ENOUGH = 0.03
"""Seconds of processor time that can be compared; what costs so much is not made larger."""
CHEAP = 0.008
"""What the largest size costs at least for its growth to say anything."""


def text(unit: bytes, size: int) -> bytes:
    return HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + unit * (size // len(unit)) + b"\r\n"


def shown(unit: bytes, size: int) -> bytes:
    return HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>" + unit * (size // len(unit)) + b"\r\n"


def fields(unit: bytes, size: int) -> bytes:
    """The same in many fields, each below the limit of one."""
    value = unit.replace(b"\r", b"").replace(b"\n", b"") or b"x"
    value *= 1900 // len(value)
    names = itertools.cycle((b"To", b"Cc", b"Reply-To", b"X-A", b"References"))
    return HEAD + b"".join(b"%b: %b\r\n" % (next(names), value) for _ in range(size // 2000)) + b"\r\nHei Liisa,\r\n"


PLACES = {"text": text, "html": shown, "fields": fields}
PUMPS = [
    *(
        b"a",
        b"A",
        b" ",
        b"\t",
        b"\r\n",
        b"> ",
        b">",
        b"-",
        b"_",
        b"=",
        b".",
        b":",
        b"/",
        b"@",
        b"0",
        b"1 ",
        b"\xc3\xa4",
        b'"',
    ),
    *(
        b"a b ",
        b"A1 ",
        b"a:",
        b"a: ",
        b"a@",
        b"a@b.example ",
        b"a.b.",
        b"a/b/",
        b"http://",
        b"http://a.example/?password=",
    ),
    *(
        b"salasana ",
        b"salasana: ",
        b"salasana: Kesa2024 ",
        b"tunnus ",
        b"tunnus / salasana ",
        b"password is ",
        b"PIN: ",
    ),
    *(
        b"Salasanasi on Kesa2024.\r\n",
        b"user: maija\r\n",
        b"password:\r\n",
        b"password:\r\n\r\n",
        b"liisa / Kesa2024\r\n",
    ),
    *(
        b"Hei\r\n",
        b"Hei Liisa, ",
        b"Terveisin\r\n",
        b"Aino Neuvonen\r\n",
        b"-- \r\n",
        b"Sent from my iPhone\r\n",
        b"a\r\n\r\n",
    ),
    *(
        b"On 1.2.2026 10:00 Liisa wrote:\r\n",
        b"On 1.2.2026 10:00 ",
        b"From: a\r\n",
        b"From: a@b.example\r\nTo: b\r\n",
        b"> a\r\n",
    ),
    *(
        b"----- Original Message -----\r\n",
        b"1 AY 831 Y 10MAY HELLHR HK1 0800 0910\r\n",
        b"A\tB\tC\r\n",
        b"AAA BBB CCC\r\n",
    ),
    *(
        b"=?utf-8?q?a?= ",
        b"=?",
        b"(",
        b"<",
        b"a,",
        b";",
        b"<a@b.example>, ",
        b"'",
        b"\xe2\x80\x9d",
        b"&nbsp;",
        b"&",
        b"&#",
    ),
    *(
        b"<br>",
        b"<p>",
        b"<p>a</p>",
        b"<b>a</b>",
        b"<tr><td>a</td></tr>",
        b"<td>password</td>",
        b"<li>a",
        b"<!--",
        b"<div></div>",
    ),
    *(
        b"<span style='display:none'>a</span>",
        b"<blockquote>a</blockquote>",
        b"<a href='http://a.example/?password=b'>c</a>",
    ),
]


Run = Callable[[bytes], object]


def inspecting(octets: bytes) -> object:
    return inspect(octets, ENVELOPE, house())


def squaring(octets: bytes) -> object:
    """What a careless loop does: from each place it looks at all that follows."""
    return [sum(octets[at:]) for at in range(0, len(octets), 200)]


def work(octets: bytes, tries: int, run: Run) -> float:
    """Processor time for a mail: the least of some tries, which is the one that nothing else came between."""
    return min(_once(octets, run) for _ in range(tries))


def _once(octets: bytes, run: Run) -> float:
    start = time.process_time()
    run(octets)
    return time.process_time() - start


def growth(place: Callable[[bytes, int], bytes], unit: bytes, run: Run = inspecting) -> float:
    """How many times the work four times the octets are, 0 where it is little; measured again before it is believed."""
    size = next((size for size in SIZES if work(place(unit, size), 1, run) >= ENOUGH), SIZES[-1])
    for tries in (1, 3, 9):
        cost = work(place(unit, size), tries, run)
        if cost < CHEAP or (ratio := cost / work(place(unit, size // 4), tries, run)) <= MOST:
            return 0
    return ratio


def test_a_square_would_be_noticed() -> None:
    assert growth(text, b"a", squaring) > MOST


@pytest.mark.parametrize("place", PLACES)
def test_four_times_the_octets_cost_about_four_times_the_work(place: str) -> None:
    """Of what repeats: each is known to stall a careless pattern, parser or loop somewhere."""
    grown = {unit: growth(PLACES[place], unit) for unit in PUMPS}
    assert not {unit: round(ratio, 1) for unit, ratio in grown.items() if ratio}


@pytest.mark.parametrize("length", LENGTHS)
def test_nothing_that_repeats_costs_more_than_its_size(length: int) -> None:
    @tried(60, length)
    @given(
        st.lists(st.sampled_from(PUMPS + WORDS), min_size=1, max_size=4).map(b"".join), st.sampled_from(list(PLACES))
    )
    def holds(unit: bytes, place: str) -> None:
        octets = PLACES[place](unit, SIZES[-1])
        assume(len(octets) <= 64 * 1024 and scan(octets).harmless)
        assert not growth(PLACES[place], unit)

    holds()
