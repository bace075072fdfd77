"""What policies make of what checks saw."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.checks import CHECKS
from gateway.checks.check import Check
from gateway.mail import Envelope, Recipient
from gateway.policy import PolicySet, could_not_inspect, facts_of, header_pattern, inspect, judge
from gateway.verdict import MASK, Disposition, PolicyStatus, ReleaseBy, ReplyFacts, Where
from judging import ENVELOPE, applying, builtin, enforced, every_text, found, judged, mail, only, reply

SECRET = "Kuura-parta41"
GOOD = "Hello Maija,\n\nyour parcel leaves tomorrow.\n\nKind regards,\nAnna\n"
BLUNT = "Your parcel leaves tomorrow.\n"
LEAK = f"Hello Maija,\n\nyour password is {SECRET}.\n\nKind regards,\nAnna\n"


def test_a_good_reply_passes_and_every_policy_that_looked_is_named() -> None:
    verdict = judged(mail(GOOD), builtin()).verdict
    assert verdict.disposition is Disposition.PASS
    assert not verdict.findings
    assert set(verdict.clean) == {policy.id for policy in builtin().policies}


def test_the_verdict_is_the_strictest_of_all_findings_and_all_are_kept() -> None:
    verdict = judged(mail(f"Your password is {SECRET}.\n")).verdict
    assert verdict.disposition is Disposition.HOLD
    assert set(verdict.policies) == {"plaintext-password", "missing-greeting"}
    assert "uppercase-dump" in verdict.clean


def test_a_finding_says_where_it_stands_what_it_saw_and_what_can_be_done() -> None:
    (finding,) = judged(mail(LEAK)).verdict.findings
    assert finding.where == Where("1", 3, 18)
    assert finding.excerpt == f"your password is {MASK}."
    assert [(fix.name, fix.preview) for fix in finding.fixes] == [("blank-password", "[password removed]")]


def test_the_strictest_release_among_the_policies_that_hold_counts() -> None:
    assert judged(mail(LEAK)).verdict.release_by is ReleaseBy.REVIEWER
    for policies in (
        only("plaintext-password", release_by=ReleaseBy.AGENT),
        only("plaintext-password", disposition=Disposition.ANNOTATE),
    ):
        assert judged(mail(LEAK), policies).verdict.release_by is ReleaseBy.AGENT


def test_a_trial_policy_is_shown_and_changes_nothing() -> None:
    verdict = judged(mail(LEAK), only("plaintext-password", status=PolicyStatus.TRIAL)).verdict
    assert [finding.status for finding in verdict.findings] == [PolicyStatus.TRIAL]
    assert verdict.disposition is Disposition.PASS
    assert not verdict.policies


def test_a_policy_that_is_off_does_not_look() -> None:
    verdict = judged(mail(LEAK), only("plaintext-password", status=PolicyStatus.OFF)).verdict
    assert not verdict.findings
    assert not verdict.clean


@pytest.mark.parametrize(
    "field", ["Auto-Submitted: auto-replied", "Precedence: bulk", "List-Unsubscribe: <mailto:x@example.com>"]
)
def test_automatic_and_bulk_mail_is_exempt_from_courtesy_and_from_nothing_else(field: str) -> None:
    assert found(judged(mail(BLUNT, "Hello", field))) == set()
    assert found(judged(mail(LEAK, "Hello", field))) == {"plaintext-password"}


def test_the_null_reverse_path_is_automatic() -> None:
    envelope = Envelope("", (), (Recipient("maija@example.org"),))
    inspection = judged(mail(BLUNT), envelope=envelope)
    assert inspection.facts.automatic
    assert not found(inspection)


def test_a_courtesy_policy_that_asks_for_automatic_mail_gets_it() -> None:
    policies = applying("missing-greeting", auto_submitted=True)
    assert found(judged(mail(BLUNT, "Hello", "Auto-Submitted: auto-replied"), policies)) == {"missing-greeting"}
    assert not found(judged(mail(BLUNT), policies))


@pytest.mark.parametrize(
    ("conditions", "applies"),
    [
        ({"recipients": ("*@example.org",)}, True),
        ({"recipients": ("*@example.net", "maija@*")}, True),
        ({"recipients": ("*@example.net",)}, False),
        ({"senders": ("anna@example.com",)}, True),
        ({"senders": ("*@shop.example.com",)}, False),
        ({"language": ("fi", "en")}, True),
        ({"language": ("fi",)}, False),
        ({"auto_submitted": False}, True),
        ({"auto_submitted": True}, False),
        ({"header": (("subject", header_pattern("(?i)^re: parcel")),)}, True),
        ({"header": (("subject", header_pattern("^Invoice")),)}, False),
        ({"header": (("x-queue", header_pattern(".")),)}, False),
        ({"recipients": ("*@example.org",), "language": ("sv",)}, False),
    ],
)
def test_a_policy_looks_where_all_its_conditions_match(conditions: dict[str, Any], applies: bool) -> None:  # noqa: FBT001  # a table's column
    octets = mail(LEAK, "Re: Parcel 12")
    assert bool(found(judged(octets, applying("plaintext-password", **conditions)))) is applies


def test_a_header_with_octets_that_are_no_text_breaks_no_condition() -> None:
    seen_in = reply(LEAK, fields=(("Subject", "a\udce4b"),))
    policies = applying("plaintext-password", header=(("Subject", header_pattern("a.b")),))
    verdict, _ = judge(seen_in, facts_of(seen_in, ENVELOPE), ENVELOPE, policies)
    assert verdict.findings


def _crash(*_: object) -> None:
    raise ValueError(SECRET)


def test_a_check_that_crashes_is_a_finding_that_names_it_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {**CHECKS, "uppercase-dump": Check("uppercase-dump", _crash)}  # type: ignore[arg-type]  # it never returns
    monkeypatch.setattr("gateway.policy.CHECKS", table)
    inspection = judged(mail(GOOD))
    (finding,) = inspection.verdict.findings
    assert (finding.policy, finding.check) == ("could-not-inspect", "could-not-inspect")
    assert finding.excerpt == "the check uppercase-dump failed"
    assert inspection.verdict.disposition is Disposition.HOLD
    assert "uppercase-dump" not in inspection.verdict.clean
    assert "could-not-inspect" not in inspection.verdict.clean
    assert SECRET not in repr(inspection)


def test_where_the_search_for_passwords_crashes_the_subject_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {**CHECKS, "plaintext-password": Check("plaintext-password", _crash)}  # type: ignore[arg-type]  # it never returns
    monkeypatch.setattr("gateway.policy.CHECKS", table)
    assert judged(mail(GOOD, f"password {SECRET}")).facts.subject == ""
    facts = ReplyFacts(subject=f"password {SECRET}", sign_off=("Anna",))
    assert SECRET not in repr(could_not_inspect(enforced(), facts, "it took too long"))


def test_what_could_not_be_inspected_is_held_and_its_header_masked() -> None:
    facts = ReplyFacts(subject=f"Your password: {SECRET}", header_from=("anna@example.com",), sign_off=("Anna",))
    inspection = could_not_inspect(enforced(), facts, "it took longer than 2 s")
    (finding,) = inspection.verdict.findings
    assert finding.excerpt == "it took longer than 2 s"
    assert finding.where == Where("")
    assert inspection.verdict.disposition is Disposition.HOLD
    assert inspection.verdict.release_by is ReleaseBy.REVIEWER
    assert inspection.facts.subject == f"Your password: {MASK}"
    assert inspection.facts.header_from == ("anna@example.com",)


def test_it_is_held_without_a_policy_of_that_name_and_shown_when_that_is_off() -> None:
    facts = ReplyFacts()
    assert could_not_inspect(PolicySet(), facts, "x").verdict.disposition is Disposition.HOLD
    off = could_not_inspect(only("could-not-inspect", status=PolicyStatus.OFF), facts, "x").verdict
    assert [finding.status for finding in off.findings] == [PolicyStatus.TRIAL]
    assert off.disposition is Disposition.PASS


def test_a_found_secret_is_masked_in_every_text_that_leaves_the_room() -> None:
    octets = mail(
        f"Hello,\n\nthe password is {SECRET}\n\nKind regards\nAnna {SECRET.upper()}\n",
        f"Re: {SECRET.lower()} and Kuura-\r\n parta41",
        f"X-Agent: {SECRET}",
    )
    inspection = judged(octets)
    assert found(inspection) >= {"plaintext-password"}
    for text in every_text(inspection):
        flat = "".join(text.split()).lower()
        assert SECRET.lower() not in flat
        assert "parta41" not in flat


def test_timings_come_from_the_clock_that_is_passed_in() -> None:
    ticks = iter(range(0, 10_000_000, 1_000_000))
    timings = inspect(mail(GOOD), ENVELOPE, builtin(), clock=lambda: next(ticks)).timings
    assert (timings.read, timings.judge) == (1000, 1000)


def test_facts_are_bounded_and_the_agent_field_is_read_by_name() -> None:
    seen_in = reply(GOOD, fields=(("X-Agent", "anna@example.com"),), sign_off=reply("x\n" * 90).texts[0].lines)
    facts = facts_of(seen_in, ENVELOPE, "x-agent")
    assert facts.agent_field == "anna@example.com"
    assert len(facts.sign_off) == 20
    assert facts.header_recipients == ("maija@example.org",)
    assert replace(facts, sign_off=()).from_name == "Anna Korhonen"
