"""The form of a policy file: which keys there are and what they may hold.

Rules of this file: forms only, no I/O. docs/policies.md names every key; `saate policies schema` prints this.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from gateway.config import one_or_many

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=64)]
Words = Annotated[str, StringConstraints(min_length=1)]
Many = Annotated[tuple[str, ...], BeforeValidator(one_or_many)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Told = Words | Annotated[dict[Language, Words], Field(min_length=1)]
"""Said once, in English or the language of the house, or once for each language."""


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class AppliesToForm(_Form):
    """Which mail a policy looks at; all that is given must match."""

    recipients: Many = ()
    """Globs; any recipient of the envelope may match any of them."""
    senders: Many = ()
    """Globs on the header From."""
    language: Annotated[tuple[Language, ...], BeforeValidator(one_or_many)] = ()
    """ISO 639-1 of the reply."""
    auto_submitted: bool | None = None
    """Only automatic mail, or only mail that is not. A courtesy policy that asks for automatic mail gets it."""
    header: dict[str, str] = {}
    """Field name → RE2 pattern, searched in every value."""


class PolicyForm(_Form):
    """One policy file. What a later directory leaves out stays as it was."""

    id: Id = ""
    title: Told = ""
    why: Told = ""
    status: Literal["enforced", "trial", "off"] = "enforced"
    check: str = ""
    params: dict[str, Any] = {}
    applies_to: AppliesToForm = AppliesToForm()
    disposition: Literal["annotate", "hold"] = "hold"
    release_by: Literal["agent", "reviewer"] = "agent"
    on_timeout: Literal["return", "release"] = "return"
    advice: Annotated[dict[Language, Words], Field(min_length=1)] = {"en": "-"}
    false_positives: Many = ()
