"""The configuration: defaults, and one plain line for everything that a person can write wrong."""

import pytest

from gateway.config import Config, HostPort, parse
from gateway.yamltext import YamlError

MINIMAL = """\
listen: 127.0.0.1:2525
next_hop: 127.0.0.1:2526
store: sqlite:////var/lib/saate/saate.db
senders: [example.com]
"""


def test_the_minimal_file_is_the_defaults_and_the_senders() -> None:
    assert parse("saate.yaml", MINIMAL) == Config(senders=("example.com",))


def test_an_empty_file_is_all_defaults_and_so_a_trial() -> None:
    config = parse("saate.yaml", "# nothing yet\n")
    assert config == Config()
    assert config.in_trial
    assert config.fallback == ""


def test_without_a_fallback_the_postmaster_of_the_first_sender_is_told() -> None:
    assert parse("saate.yaml", "senders: [Example.COM, example.org]").fallback == "postmaster@example.com"


def test_one_value_stands_for_a_list_of_one() -> None:
    config = parse("saate.yaml", "listen: '[::1]:25'\nsenders: example.com\nallow: 192.0.2.7\npolicies: ours")
    assert config.listen == (HostPort(host="::1", port=25),)
    assert str(config.listen[0]) == "[::1]:25"
    assert [str(network) for network in config.allow] == ["192.0.2.7/32"]
    assert config.policies == ("ours",)


@pytest.mark.parametrize(
    ("written", "in_seconds"), [("5", 5), ("500 ms", 0.5), ("30 s", 30), ("10m", 600), ("4 h", 14400), ("5 d", 432000)]
)
def test_a_duration_is_written_as_people_write_it(written: str, in_seconds: float) -> None:
    assert parse("saate.yaml", f"timeouts: {{dot: {written}}}").timeouts.dot == in_seconds


@pytest.mark.parametrize(
    ("written", "octets"), [("1000", 1000), ("64 KB", 65536), ("50 MB", 50 << 20), ("1g", 1 << 30)]
)
def test_a_size_is_written_as_people_write_it(written: str, octets: int) -> None:
    assert parse("saate.yaml", f"limits: {{size: {written}}}").limits.size == octets


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\nnexthop: a", "2: nexthop: unknown key; did you mean next_hop?"),
        ("pool: {idel: 2}", "1: pool.idel: unknown key; did you mean idle?"),
        (
            "next_hop: 2525",
            "1: next_hop: 2525 is no host:port pair; write 127.0.0.1:2525 or '[::1]:2525', the latter in",
        ),
        ("next_hop: relay.example.com", "1: next_hop: 'relay.example.com' is no host:port pair; write"),
        ("listen:\n- 127.0.0.1:1\n- foo", "3: listen[2]: 'foo' is no host:port pair; write"),
        ("listen: []", "1: listen: is empty; write at least one"),
        ("allow: [192.0.2.1/24]", "1: allow[1]: '192.0.2.1/24' is no network; write 192.0.2.0/24"),
        ("allow: everybody", "1: allow: 'everybody' is no network; write 192.0.2.0/24"),
        ("workers: many", "1: workers: 'many' is no whole number"),
        ("workers: 0", "1: workers: 0 must be more than 0"),
        ("mode: off", "1: mode: 'off' is not known; write enforce or trial"),
        ("pool: 5", "1: pool: 5 has no keys; write `key: value` lines under it"),
        ("timeouts:\n  dot: 10 y", "2: timeouts.dot: '10 y' is no duration; write seconds or 30 s, 10 m, 4 h, 5 d"),
        ("limits: {size: 5 TB}", "1: limits.size: '5 TB' is no size; write octets or 64 KB, 50 MB"),
        ("agents: {x: y}", "1: agents.x: 'y' is no mailbox; write name@example.com"),
        ("notices: {sender: x}", "1: notices.sender: 'x' is no mailbox; write name@example.com"),
        ("senders: [two words]", "1: senders[1]: 'two words' is no domain; write example.com"),
        ("mode: trial\nmode: enforce", "2: mode: given twice; keep one"),
        ("store: somewhere", "1: store: 'somewhere' is no store; write sqlite:////var/lib/saate/saate.db or"),
        ("- a", "1: a configuration is a list of `key: value` lines; see deploy/saate.yaml"),
        ("senders: [", "2: not YAML: did not find expected node content"),
    ],
)
def test_a_mistake_is_one_line_with_file_line_key_and_mend(text: str, said: str) -> None:
    with pytest.raises(YamlError) as caught:
        parse("saate.yaml", text)
    assert str(caught.value).startswith(f"saate.yaml:{said}")
    assert "\n" not in str(caught.value)


def test_all_mistakes_of_a_file_are_known_at_once() -> None:
    with pytest.raises(YamlError) as caught:
        parse("saate.yaml", "workers: 0\nmode: off\n")
    assert [str(other) for other in caught.value.others] == [
        "saate.yaml:2: mode: 'off' is not known; write enforce or trial"
    ]


@pytest.mark.parametrize(
    "listen", ["127.0.0.1:2526", "0.0.0.0:2526", "'[::]:2526'", "localhost:2526", "[127.0.0.1:25, 127.0.0.1:2526]"]
)
def test_a_next_hop_that_is_ourselves_is_refused(listen: str) -> None:
    with pytest.raises(YamlError, match=r"next_hop: 127\.0\.0\.1:2526 is where we listen ourselves"):
        parse("saate.yaml", f"listen: {listen}\nnext_hop: 127.0.0.1:2526\n")


def test_a_password_does_not_stand_in_the_configuration() -> None:
    with pytest.raises(YamlError, match="say store: file:") as caught:
        parse("saate.yaml", "store: postgresql://saate:Kuura88@db.example/saate")
    assert "Kuura88" not in str(caught.value)


def test_the_store_is_not_shown_where_the_configuration_is() -> None:
    assert "Kuura88" not in repr(Config(store="postgresql://saate:Kuura88@db.example/saate"))


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [*a]",
        "!!int x",
        "a: !!python/object:os.system x",
        "? [a]\n: b",
        "\x00",
        "[" * 5000,
        "a: *b",
        "---\n---\n",
    ],
)
def test_hostile_yaml_is_a_mistake_and_never_a_traceback(text: str) -> None:
    with pytest.raises(YamlError):
        parse("saate.yaml", text)
