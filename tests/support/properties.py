"""How long a property is tried: some hundred examples, always the same ones, or in `make soak` many new ones."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings

LENGTHS = [pytest.param(1, id="some"), pytest.param(50, id="many", marks=pytest.mark.soak)]
"""For `pytest.mark.parametrize("length", LENGTHS)`: by how much more than usual."""


def tried(examples: int, length: int) -> settings:
    """The settings for a property; a test machine may be slow, so no example has a deadline."""
    return settings(
        max_examples=examples * length,
        derandomize=length == 1,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
