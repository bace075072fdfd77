"""A found secret is shown by nothing that leaves the judging room, in no form."""

import json
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.header import Header
from html import escape, unescape
from html.entities import codepoint2name
from urllib.parse import quote, unquote

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from gateway.checks import CHECKS
from gateway.cli.check import _for_scripts
from gateway.cli.mails import FiledMail
from gateway.mail import Envelope
from gateway.policy import PLAINTEXT_PASSWORD, could_not_inspect, facts_of, inspect
from gateway.reading.message import read
from gateway.reading.model import AgentReply
from gateway.reading.reply import agent_reply
from gateway.verdict import MASK, Inspection
from labelled import Labelled, house, labelled
from properties import LENGTHS, tried

ENVELOPE = Envelope("aspa@support.example")
AGENT_FIELD = "X-Agent"
SENTENCES = (
    "Salasanasi on {}",
    "Salasana: {}",
    "Ditt lösenord är {}",
    "Your password is {}",
    "User name: liisa\nPassword: {}",
    "Password:\n{}",
    "Ihr Passwort lautet {}.",
    "Mot de passe : {}",
    "PIN: {}",
)
ALPHABET = "aeikmnrstuvåäöéßABKMS0123456789-!#+_."
VALUES = st.one_of(
    st.sampled_from(["Kesä2024", "Straße-77", "hunter2!", "ÅÄÖåäö1", "Tr0ub4dor&3", "kissa.koira9", "4417", "Ürgüp#5"]),
    st.text(ALPHABET, min_size=6, max_size=14).filter(lambda text: any(one.isdigit() for one in text)),
)


def cut(value: str, between: str) -> str:
    return between.join(value)


NAMED = {ord(letter): f"&{codepoint2name[ord(letter)]};" for letter in "äöåéßÄÖÅÜ&"}
FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "upper": str.upper,
    "lower": str.lower,
    "swapped": str.swapcase,
    "spaced": lambda value: cut(value, " "),
    "broken in the middle": lambda value: f"{value[: len(value) // 2]} {value[len(value) // 2 :]}",
    "soft hyphens": lambda value: cut(value, "\u00ad"),
    "zero-width spaces": lambda value: cut(value, "\u200b"),
    "decomposed": lambda value: unicodedata.normalize("NFD", value),
    "upper and decomposed": lambda value: unicodedata.normalize("NFD", value.upper()),
    "in a URL": lambda value: quote(value, safe=""),
    "escaped for HTML twice": lambda value: "".join(f"&#{ord(one)};" if not one.isalnum() else one for one in value),
    "with named entities": lambda value: value.translate(NAMED),
    "in a word": lambda value: f"x{value}x",
}
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


def bare(text: str) -> str:
    """What is left of a text when case, white space, invisible characters and composed letters are no matter."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text.translate(INVISIBLE)).casefold())
    return "".join(folded.split())


def secrets_of(reply: AgentReply) -> set[str]:
    """What the check found, as `policy.judge` hears it."""
    check, params = CHECKS[PLAINTEXT_PASSWORD], house()[PLAINTEXT_PASSWORD].params
    return {secret for seen in check.run(reply, params, house().resources) for secret in seen.secrets}


def shown(inspection: Inspection) -> Iterator[str]:
    """Every text of an inspection that people or logs may see; who is told and which mail it is stay as they are."""
    facts = inspection.facts
    yield from (facts.subject, facts.from_name, facts.agent_field, *facts.sign_off)
    for finding in inspection.verdict.findings:
        yield from (finding.excerpt, *(fix.preview for fix in finding.fixes))


def written(inspection: Inspection) -> Iterator[str]:
    """The same as repr and as `saate check --json` writes it."""
    facts = replace(inspection.facts, message_id="", header_from=(), header_recipients=())
    told = replace(inspection, facts=facts)
    yield repr(told)
    yield json.dumps(_for_scripts(FiledMail("a.eml", 1, b""), told), ensure_ascii=False)


def leaks(secrets: set[str], inspection: Inspection) -> list[str]:
    """Texts that show a secret. A secret that stands in our own words (`password`) is no secret there."""
    own = bare("".join(written(inspect(b"", ENVELOPE, house()))))
    told = [*shown(inspection), *written(inspection)]
    readings = [(text, {bare(text), bare(unescape(text)), bare(unquote(text))}) for text in told]
    wanted = {bare(secret) for secret in secrets} - {""}
    return [
        text for text, ways in readings for secret in wanted if secret not in own and any(secret in way for way in ways)
    ]


def mail(text: str, value: str, *, html: bool = False) -> bytes:
    """A mail that names the value in its header fields, too."""
    head = _fields({"From": f"Aino {value}", "To": "Liisa", "Subject": f"Re: {value}", AGENT_FIELD: value})
    kind = "text/html" if html else "text/plain"
    body = f"<p>{escape(text)}</p>".replace("\n", "<br>") if html else text.replace("\n", "\r\n")
    return b"%bMessage-ID: <a@support.example>\r\nContent-Type: %b; charset=utf-8\r\n\r\n%b\r\n" % (
        *(head, kind.encode()),
        body.encode("utf-8", "replace"),
    )


def _fields(said: dict[str, str]) -> bytes:
    encoded = {name: Header(text, "utf-8").encode(linesep="\r\n") for name, text in said.items()}
    return "".join(f"{name}: {text}{ADDRESSES.get(name, '')}\r\n" for name, text in encoded.items()).encode()


ADDRESSES = {"From": " <aspa@support.example>", "To": " <liisa@customer.example>"}


def body(value: str, sentence: str, form: str) -> str:
    """First line, sentence, a print in capitals, sign-off, thread: the places that findings and facts quote."""
    again = FORMS[form](value)
    dump = "".join(f"{number} AY 83{number} Y 10MAY HELLHR HK1 {again} 0910\n" for number in range(1, 6))
    said = sentence.format(value)
    thread = f"On 1.2.2026 10:00 Liisa wrote:\n> {again}\n> {said}\n"
    return f"{again} on uusi.\n\n{said}\n\n{dump}\nTerveisin\n{again}\n\n{thread}"


def judged(value: str, sentence: str, form: str, *, html: bool) -> tuple[set[str], list[str]]:
    """What was found in a mail that has the value everywhere, and the texts that show it."""
    octets = mail(body(value, sentence, form), FORMS[form](value), html=html)
    secrets = secrets_of(agent_reply(read(octets), house().resources))
    return secrets, leaks(secrets, inspect(octets, ENVELOPE, house(), AGENT_FIELD))


@pytest.mark.parametrize("sentence", SENTENCES[:-1])
def test_the_sentences_hold_a_password_that_is_found(sentence: str) -> None:
    """Else the properties below say nothing."""
    reply = agent_reply(read(mail(sentence.format("Kesäyö-2024"), "x")), house().resources)
    assert "Kesäyö-2024" in secrets_of(reply)


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_a_value_is_shown(sentence: str, form: str) -> None:
    for value in ("Kesä2024", "Tr0ub4dor&3", "kissa.koira9", "4417"):
        secrets, leaking = judged(value, sentence, form, html=False)
        assert not leaking, secrets


@pytest.mark.parametrize("length", LENGTHS)
def test_no_value_is_shown(length: int) -> None:
    @tried(300, length)
    @given(VALUES, st.sampled_from(SENTENCES), st.sampled_from(list(FORMS)), st.sampled_from(["plain", "html"]))
    @example("Straße-77", "Salasanasi on {}", "upper", "plain")
    def holds(value: str, sentence: str, form: str, kind: str) -> None:
        secrets, leaking = judged(value, sentence, form, html=kind == "html")
        assume(secrets)
        assert not leaking, secrets

    holds()


def test_no_value_that_was_found_in_the_corpus_is_shown() -> None:
    """As the mails stand, and with each value in the subject and the sender's name as well."""
    found = 0
    for one in labelled():
        reply = agent_reply(read(one.octets), house().resources)
        for secret in sorted(secrets_of(reply)):
            again = _again(one, secret)
            if secret in secrets_of(agent_reply(read(again), house().resources)):  # it stood not in the subject alone
                found += 1
                assert not leaks({secret}, inspect(again, one.envelope, house(), AGENT_FIELD)), one.name
        assert not leaks(secrets_of(reply), inspect(one.octets, one.envelope, house())), one.name
    assert found > 100


def _again(one: Labelled, secret: str) -> bytes:
    """The mail with three more fields on top; the first of a name is the one that is read."""
    return _fields({"Subject": f"{secret} {secret.upper()}", "From": secret, AGENT_FIELD: secret}) + one.octets


def test_where_nothing_could_be_inspected_the_header_is_masked_all_the_same() -> None:
    """Its reason is ours; subject, name and sign-off are searched for passwords, since nothing else was."""
    for sentence in SENTENCES[:4]:
        reply = agent_reply(read(mail("Hei", sentence.format("Kesä2024"))), house().resources)
        facts = replace(facts_of(reply, ENVELOPE, AGENT_FIELD), sign_off=("Aino", "KESÄ2024"))
        inspection = could_not_inspect(house(), facts, "reading it took longer than the deadline")
        assert MASK in inspection.facts.subject
        assert not leaks({"Kesä2024"}, inspection)
