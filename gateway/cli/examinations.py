"""What the doctor looks at, one function each.

Rules of this file: an examination reads, connects and asks, and changes nothing; it yields one result for each thing,
and the mend for each trouble. One that fails is a trouble of its own and stops no other.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import smtplib
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from gateway import policyfiles, status, trouble
from gateway.agent import is_ours
from gateway.app import StartError
from gateway.app.start import hostname
from gateway.cli import checkups
from gateway.cli.output import count
from gateway.cli.patient import NOTE, OK, TROUBLE, Patient, Result
from gateway.config import Config, HostPort
from gateway.nexthop import Capabilities, LocalSlots, NextHopError, Pool
from gateway.policyfiles.voikko import word_forms
from gateway.store import Store, StoreError
from gateway.store.database import Database
from gateway.store.keys import read_key
from gateway.store.prepare import place_of_key
from gateway.store.rotation import known as known_key
from gateway.yamltext import YamlError

PATIENCE = 5.0
"""Seconds for a connection and an answer; the gateway itself waits longer."""
GREETING = 2.0
"""Seconds for a greeting on our own port: Saate greets at once."""
ROOM = 500 << 20
"""Octets free on the store's disk below which holding mail may soon fail."""
_BANNER = 512
_WIDE = {4: 16, 6: 32}
"""Networks of the open internet that are wider than this are hardly one's own."""


def examine(patient: Patient) -> Iterator[Result]:
    """Do every examination, in the order in which a person would mend things."""
    yield Result(OK, "configuration", str(patient.file))
    for examination in _EXAMINATIONS:
        try:
            yield from examination(patient)
        except Exception as error:  # noqa: BLE001 - the others are worth doing all the same
            name = examination.__name__.strip("_")
            yield Result(TROUBLE, name, f"could not be examined: {trouble.of(error)}", "please report it")


def _senders(patient: Patient) -> Iterator[Result]:
    config = patient.config
    if not config.senders:
        text = "none is named, so this is a trial: every mail is judged and logged, none is held or annotated"
        yield Result(NOTE, "senders", text, "name your own domains: senders: [example.com]")
    elif config.in_trial:
        text = "mode: trial judges and logs every mail, holds and annotates none"
        yield Result(NOTE, "senders", text, "set mode: enforce when the log shows what you want")
    else:
        yield Result(OK, "senders", f"{', '.join(config.senders)}; enforced")


def _names(patient: Patient) -> Iterator[Result]:
    try:
        name = hostname(patient.config)
    except StartError as error:
        yield Result(TROUBLE, "hostname", str(error))
        return
    if "." not in name or name.startswith("localhost"):
        mend = "set hostname: to a full name such as saate.example.com"
        yield Result(NOTE, "hostname", f"{name} is no full name; some servers refuse it in EHLO", mend)
    else:
        yield Result(OK, "hostname", name)


def _allow(patient: Patient) -> Iterator[Result]:
    config = patient.config
    wide = [net for net in config.allow if _is_wide(net)]
    if wide:
        text = f"{', '.join(map(str, wide))} lets strangers relay through us"
        yield Result(TROUBLE, "allow", text, "name the helpdesk's own address or network alone")
    elif all(net.is_loopback for net in config.allow) and not all(_is_loopback(place) for place in config.listen):
        text = "only this machine may relay, yet we listen for others, too"
        yield Result(NOTE, "allow", text, "add the helpdesk's address to allow:, or listen on 127.0.0.1")
    else:
        yield Result(OK, "allow", ", ".join(map(str, config.allow)))


def _is_wide(net: IPv4Network | IPv6Network) -> bool:
    return not net.prefixlen or (not net.is_private and net.prefixlen < _WIDE[net.version])


def _is_loopback(place: HostPort) -> bool:
    return place.host in {"localhost", "::1"} or place.host.startswith("127.")


def _policies(patient: Patient) -> Iterator[Result]:
    sources = patient.config.policies
    try:
        policies = policyfiles.load(sources, patient.base)
        cases = Counter(case[0] for case in policyfiles.cases(sources, patient.base))
    except YamlError as error:
        for one in (error, *error.others):
            yield Result(TROUBLE, "policies", str(one), "a gateway that runs keeps its set; it would not start anew")
        return
    yield Result(OK, "policies", f"{count(len(policies.policies), 'policy', 'policies')}, set {policies.digest[:16]}")
    for policy in policies.policies:
        if not cases[policy.id]:
            mend = f"put mails into cases/{policy.id}/ beside it: docs/policies.md"
            yield Result(NOTE, "policies", f"{policy.id} has no cases that say what it must find", mend)


def _word_forms(_: Patient) -> Iterator[Result]:
    source = word_forms().source
    if source:
        yield Result(OK, "word forms", f"Finnish word forms: {source}")
    else:
        text = "Finnish word forms: plain suffix rules"
        yield Result(NOTE, "word forms", text, "apt-get install libvoikko1 voikko-fi to have them by dictionary")


def _agents(patient: Patient) -> Iterator[Result]:
    config = patient.config
    for pattern, who in config.agents.items():
        if not is_ours(who, config.senders):
            text = f"{pattern!r} names {who}, who is outside senders: and so is never told"
            yield Result(TROUBLE, "agents", text, "name a mailbox in one of your own domains")
    if config.fallback:
        yield Result(OK, "fallback", f"{config.fallback} is told what no agent can be told")
    else:
        text = "nobody is told when no agent can be found"
        yield Result(NOTE, "fallback", text, "set notices.fallback: to a mailbox that people read")


def _listening(patient: Patient) -> Iterator[Result]:
    for place in patient.config.listen:
        target = HostPort(host=_reachable(place.host), port=place.port)
        try:
            banner = _banner(target)
        except ConnectionRefusedError:
            yield Result(NOTE, "gateway", f"nothing listens on {place}", "start it: systemctl start saate")
            continue
        except OSError as error:
            yield Result(
                TROUBLE, "gateway", f"{place} does not answer: {error.strerror or 'timed out'}", "look at its log"
            )
            continue
        if "Saate" in banner:
            yield Result(OK, "gateway", f"runs on {place}")
        elif banner.startswith("421"):
            yield Result(TROUBLE, "gateway", f"{place} says {banner}", "look at its log, and at the next hop")
        else:
            text = f"something else listens on {place}: {banner or 'it says nothing'}"
            yield Result(TROUBLE, "gateway", text, "stop it, or choose another port (`ss -ltnp` names it)")


def _orders(patient: Patient) -> Iterator[Result]:
    config = patient.config
    about, commands, place = "commands", config.notices.commands, config.listen[0]
    if not commands:
        return
    domain = commands.rpartition("@")[2]
    if is_ours(commands, config.senders):
        text = f"{domain} is one of senders: its mail is delivered there, so no answer to a notice reaches us"
        yield Result(TROUBLE, about, text, f"name a mailbox in a domain of its own, such as saate@saate.{domain}")
        return
    try:
        answer = _recipient_answer(HostPort(host=_reachable(place.host), port=place.port), commands)
    except (OSError, smtplib.SMTPException):
        return  # that nothing answers there is said above
    if answer == str(status.ORDERS_HERE):
        yield Result(OK, about, f"{commands} takes answers to notices; your mail server must route {domain} to {place}")
    else:
        text = f"{place} does not take {commands} for its own: {answer}"
        yield Result(TROUBLE, about, text, "restart it if notices.commands is new, or look at its log and the next hop")


def _recipient_answer(place: HostPort, mailbox: str) -> str:
    """What a gateway says to a recipient, or to the MAIL before it; no mail is sent."""
    with smtplib.SMTP(place.host, place.port, timeout=PATIENCE) as client:
        client.ehlo_or_helo_if_needed()
        code, said = client.mail(mailbox)
        if code == status.OK.code:
            code, said = client.rcpt(mailbox)
            client.rset()
    return f"{code} {said.decode('utf-8', 'replace')}"


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound


def _banner(place: HostPort) -> str:
    with socket.create_connection((place.host, place.port), timeout=PATIENCE) as sock:
        sock.settimeout(GREETING)
        try:
            return sock.recv(_BANNER).decode("ascii", "replace").strip()
        except TimeoutError:
            return ""


def _next_hop(patient: Patient) -> Iterator[Result]:
    config = patient.config
    place = config.next_hop
    try:
        addresses = _addresses(place)
    except OSError as error:
        text = f"the name {place.host} is not known: {error.strerror}"
        yield Result(TROUBLE, "next hop", text, "mend next_hop:, or the resolver")
        return
    if any(addresses & _addresses(ours) for ours in config.listen if ours.port == place.port):
        text = f"{place} is where we listen ourselves: every mail would go round"
        yield Result(TROUBLE, "next hop", text, "name the server behind us")
        return
    try:
        offered = asyncio.run(_probe(config))
    except NextHopError as error:
        yield Result(TROUBLE, "next hop", f"{place}: {error.status}", "start it, or mend next_hop:")
        return
    yield Result(OK, "next hop", f"{place} offers {_offers(offered)}")
    if offered.size > 0 and offered.size < config.limits.size:
        text = f"takes {offered.size:,} octets, less than limits.size: it decides"
        yield Result(NOTE, "next hop", text)


def _addresses(place: HostPort) -> set[str]:
    """The IP addresses of a place; a wildcard is every address of this machine that we know of."""
    names = [place.host]
    if place.host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        names = ["localhost", "127.0.0.1", "::1", socket.gethostname()]
    found: set[str] = set()
    for name in names:
        try:
            found |= {str(info[4][0]) for info in socket.getaddrinfo(name, place.port, type=socket.SOCK_STREAM)}
        except OSError:
            if len(names) == 1:
                raise
    return found


async def _probe(config: Config) -> Capabilities:
    timeouts = config.timeouts.model_copy(update={"connect": PATIENCE, "reply": PATIENCE})
    pool = Pool(config.next_hop, hostname(config), timeouts, config.pool, LocalSlots(1))
    try:
        return await pool.probe()
    finally:
        await pool.close()


def _offers(offered: Capabilities) -> str:
    size = {-1: "no SIZE", 0: "SIZE without limit"}.get(offered.size, f"SIZE {offered.size:,}")
    names = {
        "8BITMIME": offered.eightbitmime,
        "SMTPUTF8": offered.smtputf8,
        "DSN": offered.dsn,
        "PIPELINING": offered.pipelining,
    }
    return ", ".join([size, *(name for name, is_there in names.items() if is_there)])


def _store(patient: Patient) -> Iterator[Result]:
    config = patient.config
    database = Database(config.store)
    database.close()
    if database.path is not None and not database.path.exists():
        yield _not_made_yet(database.path)
        return
    store = Store(config.store, config.key_file)
    try:
        yield from _opened(store, database, config)
    except StoreError as error:
        yield Result(TROUBLE, "store", str(error))
    finally:
        store.close()


def _not_made_yet(path: Path) -> Result:
    folder = path.parent
    if not folder.is_dir():
        return Result(TROUBLE, "store", f"{folder} is not there", f"mkdir -m 0700 {folder}, owned by the user of saate")
    if not os.access(folder, os.W_OK):
        return Result(TROUBLE, "store", f"{folder} may not be written by {_me()}", "give it to the user who runs saate")
    return Result(OK, "store", f"{path} is made at the first start")


def _opened(store: Store, database: Database, config: Config) -> Iterator[Result]:
    store.write(lambda _: None)  # takes the lock and commits: what a hold needs
    yield Result(OK, "store", f"{database.name} can be read and written")
    key_path = place_of_key(database, config.key_file)
    sealer = read_key(key_path, store.read(known_key))
    yield Result(OK, "key", f"{key_path} is the key {sealer.id} that seals this store")
    if database.path is not None:
        yield from _disk(database.path)
    yield from checkups.keys(store)
    yield from checkups.held(store)
    yield from checkups.notices(store)
    yield from checkups.notes(store, config)
    yield from checkups.clock(store)


def _disk(path: Path) -> Iterator[Result]:
    owner = path.stat().st_uid
    if owner != os.geteuid():
        text = f"{path} belongs to {_name(owner)} and you are {_me()}: what you may, saate may not"
        yield Result(NOTE, "store", text, f"sudo -u {_name(owner)} saate doctor")
    free = shutil.disk_usage(path).free
    if free < ROOM:
        yield Result(
            TROUBLE, "disk", f"{free >> 20:,} MB are free beside {path}", "make room: a full disk is 451 to clients"
        )
    else:
        yield Result(OK, "disk", f"{free >> 20:,} MB are free")


def _clients(_: Patient) -> Iterator[Result]:
    text = "while the next hop or the store is away, mail stays with the client: it must queue and try again"
    yield Result(NOTE, "clients", text, "many helpdesks do not: put a local Postfix between (deploy/postfix/)")


def _me() -> str:
    return _name(os.geteuid())


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


_EXAMINATIONS: tuple[Callable[[Patient], Iterator[Result]], ...] = (
    *(_senders, _names, _allow, _policies, _word_forms, _agents, checkups.people, checkups.calendar),
    *(_next_hop, _listening, _orders, _store, _clients),
)
