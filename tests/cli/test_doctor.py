"""`saate doctor`: each trouble with its mend, and nothing changed by looking."""

import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from commands import saate
from gateway.cli.maildrop import Maildrop
from gateway.entry import Entry, EntryType
from gateway.policyfiles.voikko import word_forms
from gateway.store import Store
from postfix import free_port
from serving import Serving


class Patient:
    """An installation whose next hop is there."""

    def __init__(self, folder: Path, next_hop: int) -> None:
        self.folder = folder
        self.file = folder / "saate.yaml"
        self.values: dict[str, Any] = {
            "listen": f"127.0.0.1:{free_port()}",
            "next_hop": f"127.0.0.1:{next_hop}",
            "store": f"sqlite:///{folder}/saate.db",
            "senders": ["example.com"],
            "hostname": "saate.example.com",
        }

    def say(self, **changes: Any) -> tuple[int, dict[str, list[dict[str, Any]]]]:
        """Exit code, and the results by what they are about."""
        self.file.write_text(yaml.safe_dump(self.values | changes))
        done = saate("doctor", "--json", "--config", self.file)
        told: dict[str, list[dict[str, Any]]] = {}
        for one in done.json:
            told.setdefault(one["about"], []).append(one)
        return done.code, told


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[Patient]:
    with Maildrop(tmp_path / "drop") as drop:
        yield Patient(tmp_path, drop.port)


def test_an_installation_before_its_first_start_is_in_order(patient: Patient) -> None:
    code, told = patient.say()
    assert code == 0
    assert told["next hop"][0]["text"].endswith("offers SIZE 52,428,800, 8BITMIME, SMTPUTF8, DSN, PIPELINING")
    assert told["store"][0]["text"].endswith("saate.db is made at the first start")
    assert told["gateway"][0]["result"] == "note"
    assert "deploy/postfix" in told["clients"][0]["mend"]
    assert not (patient.folder / "saate.db").exists()


def test_a_running_gateway_is_recognised(patient: Patient) -> None:
    next_hop = int(patient.values["next_hop"].rpartition(":")[2])
    with Serving(patient.folder / "running", next_hop) as serving:
        done = saate("doctor", "--config", serving.file)
    assert done.code == 0
    assert f"runs on 127.0.0.1:{serving.port}" in done.out
    assert "can be read and written" in done.out
    assert "that seals this store" in done.out


def test_a_mailbox_for_commands_is_tried_at_the_running_gateway(patient: Patient) -> None:
    next_hop = int(patient.values["next_hop"].rpartition(":")[2])
    notices = {"commands": "saate@saate.example.com"}
    with Serving(patient.folder / "running", next_hop, notices=notices) as serving:
        done = saate("doctor", "--json", "--config", serving.file)
        (about,) = (one for one in done.json if one["about"] == "commands")
        assert about["result"] == "ok"
        assert "must route saate.example.com to 127.0.0.1" in about["text"]
        other = patient.say(listen=f"127.0.0.1:{serving.port}", notices={"commands": "orders@saate.example.com"})[1]
    assert other["commands"][0]["result"] == "trouble"
    assert "does not take orders@saate.example.com for its own: 250 " in other["commands"][0]["text"]
    assert "restart it" in other["commands"][0]["mend"]


def test_a_mailbox_for_commands_in_a_domain_of_ours_never_reaches_us(patient: Patient) -> None:
    code, told = patient.say(notices={"commands": "saate@example.com"})
    assert (code, told["commands"][0]["result"]) == (1, "trouble")
    assert "saate@saate.example.com" in told["commands"][0]["mend"]
    assert "commands" not in patient.say(notices={"commands": "saate@saate.example.com"})[1]


def test_it_says_where_finnish_word_forms_come_from(patient: Patient) -> None:
    (about,) = patient.say()[1]["word forms"]
    source = word_forms().source
    assert about["text"] == f"Finnish word forms: {source or 'plain suffix rules'}"
    assert bool(about["mend"]) is not bool(source)


def test_without_senders_it_is_a_trial_and_says_so(patient: Patient) -> None:
    code, told = patient.say(senders=[])
    assert (code, told["senders"][0]["result"]) == (0, "note")
    assert "trial" in told["senders"][0]["text"]
    assert told["fallback"][0]["result"] == "note"
    assert "mode: trial" in patient.say(mode="trial")[1]["senders"][0]["text"]


def test_a_next_hop_that_is_away_or_unknown_is_trouble(patient: Patient) -> None:
    code, told = patient.say(next_hop=f"127.0.0.1:{free_port()}")
    assert (code, told["next hop"][0]["result"]) == (1, "trouble")
    assert told["next hop"][0]["mend"] == "start it, or mend next_hop:"
    code, told = patient.say(next_hop="no-such-host.invalid:25")
    assert code == 1
    assert "is not known" in told["next hop"][0]["text"]


def test_a_next_hop_that_is_ourselves_by_another_name_is_trouble(patient: Patient) -> None:
    port = free_port()
    code, told = patient.say(listen=f"127.0.0.1:{port}", next_hop=f"localhost:{port}")
    assert code == 1
    assert "is where we listen ourselves" in told["next hop"][0]["text"]


@pytest.mark.parametrize("wide", ["0.0.0.0/0", "::/0", "8.0.0.0/8", "2001::/16"])
def test_an_open_door_is_trouble(patient: Patient, wide: str) -> None:
    code, told = patient.say(allow=["127.0.0.0/8", wide])
    assert (code, told["allow"][0]["result"]) == (1, "trouble")
    assert wide in told["allow"][0]["text"]


def test_private_and_own_networks_are_no_open_door(patient: Patient) -> None:
    assert patient.say(allow=["10.0.0.0/8", "192.0.2.0/24", "203.0.113.7/32"])[1]["allow"][0]["result"] == "ok"


def test_something_else_on_our_port_is_trouble(patient: Patient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        code, told = patient.say(listen=f"127.0.0.1:{other.getsockname()[1]}")
    assert code == 1
    assert told["gateway"][0]["text"].startswith("something else listens on")


def test_a_missing_key_is_trouble_with_its_id(patient: Patient) -> None:
    Store.prepare(patient.values["store"])
    (patient.folder / "saate.db.key").unlink()
    code, told = patient.say()
    assert code == 1
    assert any("saate.db.key is missing; put the key " in one["text"] for one in told["store"])


def test_a_folder_that_is_not_there_is_trouble(patient: Patient) -> None:
    code, told = patient.say(store=f"sqlite:///{patient.folder}/gone/saate.db")
    assert code == 1
    assert told["store"][0]["mend"].startswith(f"mkdir -m 0700 {patient.folder}/gone")


def test_a_clock_behind_the_log_is_trouble(patient: Patient) -> None:
    Store.prepare(patient.values["store"])
    store = Store(patient.values["store"])
    entry = Entry(EntryType.STARTED, datetime.now(UTC) + timedelta(days=2))
    store.write(lambda transaction: transaction.append(entry))
    store.close()
    code, told = patient.say()
    assert (code, told["clock"][0]["result"]) == (1, "trouble")


def test_policies_with_a_mistake_and_agents_outside_are_trouble(patient: Patient) -> None:
    (patient.folder / "ours").mkdir()
    (patient.folder / "ours" / "a.yaml").write_text("id: a\ncheck: b\n")
    code, told = patient.say(policies=["builtin", "ours"], agents={"Aino": "aino@elsewhere.example"})
    assert code == 1
    assert "ours/a.yaml:" in told["policies"][0]["text"]
    assert "outside senders:" in told["agents"][0]["text"]


def test_a_broken_configuration_is_one_line_and_exit_2(patient: Patient) -> None:
    patient.file.write_text("nexthop: 1\n")
    done = saate("doctor", "--config", patient.file)
    assert (done.code, done.out) == (2, "")
    assert done.err == f"saate: {patient.file}:1: nexthop: unknown key; did you mean next_hop?\n"


def test_a_store_of_somebody_else_is_noted(patient: Patient) -> None:
    assert os.geteuid() == 0, "only root can give a file away: run the tests as root"
    Store.prepare(patient.values["store"])
    os.chown(patient.folder / "saate.db", 65534, 65534)
    code, told = patient.say()
    assert code == 0
    assert any("you are root" in one["text"] for one in told["store"])
