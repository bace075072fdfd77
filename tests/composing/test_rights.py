"""Who may do what to a held reply."""

from collections.abc import Callable

import pytest

from gateway.config import Config, Person, Role
from gateway.hold import Actor, Hold, Override
from gateway.rights import Action, actor, refusal, unreasoned
from gateway.verdict import Disposition, Finding, PolicyStatus, ReleaseBy, Where

AINO = Actor("aino", "aino@example.com", Role.AGENT)
VEERA = Actor("veera", "veera@example.com", Role.REVIEWER)
ROOT = Actor("root", "root@example.com", Role.ADMIN)
MakeHold = Callable[..., Hold]


@pytest.mark.parametrize(
    ("who", "action", "agent", "release_by", "allowed"),
    [
        (AINO, Action.SHOW, "aino@example.com", ReleaseBy.REVIEWER, True),
        (AINO, Action.FIX, "Aino@Example.com", ReleaseBy.REVIEWER, True),
        (AINO, Action.DISCARD, "aino@example.com", ReleaseBy.REVIEWER, True),
        (AINO, Action.RELEASE, "aino@example.com", ReleaseBy.AGENT, True),
        (AINO, Action.RELEASE, "aino@example.com", ReleaseBy.REVIEWER, False),
        (AINO, Action.SHOW, "pekka@example.com", ReleaseBy.AGENT, False),
        (AINO, Action.RELEASE, "", ReleaseBy.AGENT, False),
        (AINO, Action.ERASE, "aino@example.com", ReleaseBy.AGENT, False),
        (VEERA, Action.RELEASE, "aino@example.com", ReleaseBy.REVIEWER, True),
        (VEERA, Action.RELEASE, "veera@example.com", ReleaseBy.REVIEWER, False),
        (VEERA, Action.RELEASE, "veera@example.com", ReleaseBy.AGENT, True),
        (VEERA, Action.OPEN, "aino@example.com", ReleaseBy.REVIEWER, True),
        (VEERA, Action.ROTATE, "aino@example.com", ReleaseBy.AGENT, False),
        (ROOT, Action.RELEASE, "root@example.com", ReleaseBy.REVIEWER, True),
        (ROOT, Action.ERASE, "aino@example.com", ReleaseBy.REVIEWER, True),
    ],
)
def test_rights_go_by_role_and_by_whose_reply_it_is(
    make_hold: MakeHold, who: Actor, action: Action, agent: str, release_by: ReleaseBy, *, allowed: bool
) -> None:
    said = refusal(who, action, make_hold(agent=agent, release_by=release_by))
    assert (said == "") is allowed


def test_a_refusal_says_what_to_do_instead(make_hold: MakeHold) -> None:
    hold = make_hold(agent="aino@example.com", release_by=ReleaseBy.REVIEWER)
    assert f"saate holds ask {hold.id}" in refusal(AINO, Action.RELEASE, hold)


def test_people_are_known_by_login_or_mailbox() -> None:
    people = (
        Person(mailbox="aino@example.com", logins=("aino", "anevala")),
        Person(mailbox="veera@example.com", role=Role.REVIEWER),
    )
    config = Config(people=people)
    assert actor("anevala", config) == Actor("anevala", "aino@example.com", Role.AGENT)
    assert actor("Veera@example.com", config) == Actor("Veera@example.com", "veera@example.com", Role.REVIEWER)
    assert actor("mallory", config) is None
    assert actor("mallory", Config()) == Actor("mallory", "", Role.ADMIN)


def finding(disposition: Disposition, status: PolicyStatus = PolicyStatus.ENFORCED) -> Finding:
    return Finding("p", "c", status, disposition, Where("1", 1, 1), "…")


def test_a_reason_lets_one_finding_go_and_no_other(make_hold: MakeHold) -> None:
    findings = (
        finding(Disposition.HOLD),
        finding(Disposition.ANNOTATE),
        finding(Disposition.HOLD, PolicyStatus.TRIAL),
        finding(Disposition.HOLD),
        finding(Disposition.HOLD),
    )
    hold = make_hold(findings=findings, overrides=(Override(5, "p", "veera", "the customer asked for it"),))
    assert unreasoned(hold, {}) == (1, 4)
    assert unreasoned(hold, {1: "it hangs on the wall", 4: "  "}) == (4,)
    assert unreasoned(hold, {1: "it hangs on the wall", 4: "so does this"}) == ()
