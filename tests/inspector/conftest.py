"""Inspection processes for every test that wants them."""

from collections.abc import Iterator

import pytest

from inspecting import JUDGE, SETTINGS, Processes


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Newer Pythons warn of fork where a test runner has threads; the children here touch nothing of theirs."""
    for item in items:
        item.add_marker(pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning"))


@pytest.fixture
def processes() -> Iterator[Processes]:
    """None yet; a test starts as many as it wants."""
    made = Processes(JUDGE, SETTINGS)
    yield made
    made.stop()
