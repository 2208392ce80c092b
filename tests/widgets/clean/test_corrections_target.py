"""Files of corrections dropped on Clean, without a browser: what becomes of each, in words."""

from __future__ import annotations

import asyncio

import pytest
from corrections import correction, document

from model.errors import BadData
from widgets.clean import corrections_target
from widgets.clean.corrections_target import CorrectionsTarget


@pytest.fixture
def taken(monkeypatch) -> list[tuple[str, bytes, str]]:
    """What came to the inbox; a file that is called bad is refused."""
    came: list[tuple[str, bytes, str]] = []

    def take(data: str, content: bytes, name: str) -> int:
        if name == "bad.json":
            raise BadData("“bad.json” is damaged.")
        if name == "worse.json":
            raise RuntimeError("secret")
        came.append((data, content, name))
        return 2

    monkeypatch.setattr(corrections_target, "take_corrections", take)
    return came


def drop(target: CorrectionsTarget, **files: bytes) -> None:
    async def deliver() -> None:
        receive = target._on_browser_message
        receive(None, {"type": "start", "turn": 1, "names": [f"{name}.json" for name in files]}, [])
        for index, content in enumerate(files.values()):
            for at in range(0, len(content), 50_000):
                last = at + 50_000 >= len(content)
                message = {"type": "chunk", "turn": 1, "index": index, "last": last}
                receive(None, message, [memoryview(content[at : at + 50_000])])
        assert target.busy
        while len(asyncio.all_tasks()) > 1:
            await asyncio.sleep(0.01)

    asyncio.run(deliver())


def test_each_file_arrives_whole_and_is_taken_or_refused_by_itself(taken):
    target, heard = CorrectionsTarget(), []
    target.data = "/animals"
    target.on_take(lambda: heard.append(1))
    large = document(*(correction(seed, name="x" * 9_000) for seed in range(9)))
    drop(target, bad=b"{}", worse=b"{}", good=large)
    assert taken == [("/animals", large, "good.json")]
    assert heard == [1]
    assert not target.busy
    assert "“bad.json” is damaged." in target.status
    assert "2 photos of “good.json”: they wait under “from visitors”." in target.status
    assert "secret" not in target.status


def test_a_file_that_is_too_large_is_refused_with_a_sentence(taken, monkeypatch):
    monkeypatch.setattr("widgets.shared.uploader.MAX_BYTES", 60_000)
    target = CorrectionsTarget()
    drop(target, big=bytes(100_000))
    assert target.status == "“big.json” is larger than a file of corrections may be. Nothing was taken."
    assert taken == []
