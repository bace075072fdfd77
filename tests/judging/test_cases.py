"""The cases that stand beside the builtin policies, judged as enforced and in scope."""

from pathlib import Path

import pytest

from gateway.policyfiles import BUILTIN, cases
from judging import builtin, found, judged

CASES = [(policy, kind, name, octets) for policy, kind, name, octets in cases([BUILTIN], Path())]


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(("policy", "kind", "name", "octets"), CASES, ids=[f"{c[0]}/{c[2]}" for c in CASES])
def test_a_case_is_judged_as_its_name_says(policy: str, kind: str, name: str, octets: bytes, line_end: bytes) -> None:
    as_filed = octets.replace(b"\r\n", b"\n").replace(b"\n", line_end)
    assert (policy in found(judged(as_filed))) is (kind == "finds"), name


def test_every_policy_has_cases_of_both_kinds_and_the_core_four_many() -> None:
    for policy in builtin().policies:
        kinds = [kind for policy_id, kind, _, _ in CASES if policy_id == policy.id]
        assert {"finds", "ok"} <= set(kinds), policy.id
        if policy.id not in {"encrypted", "could-not-inspect"}:
            assert kinds.count("finds") >= 8
            assert kinds.count("ok") >= 10
