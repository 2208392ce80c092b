"""What the tests of serving share: a model process that runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from served import Server


@pytest.fixture(scope="module")
def server(tiny_export) -> Iterator[Server]:
    running = Server("--model", str(tiny_export))
    try:
        running.health = running.statuses_of_health()
        yield running
    finally:
        running.end()
