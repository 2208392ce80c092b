"""Whose photo is next: the line alone, with photos that are done when the test says so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace

import pytest

from model.errors import Busy
from model.serving import line as line_module
from model.serving.line import HALF_LIFE, LITTLE, MAX_BYTES, Line


class Photos:
    """Photos that a test sends to one line and lets be done; `begun` names those that had their turn, in order."""

    def __init__(self, at_once: int, quick: int = 0, opened: bool = True):
        self.line, self.begun, self._done = Line(at_once, quick), [], {}
        if opened:
            self.line.open()

    async def send(self, visit: str, *photos: str, size: int = 0) -> list[asyncio.Task]:
        sent = [asyncio.ensure_future(self._photo(visit, photo, size)) for photo in photos]
        await settled()
        return sent

    async def _photo(self, visit: str, photo: str, size: int) -> None:
        done = self._done[photo] = asyncio.Event()
        async with self.line.turn(visit, photo, size):
            self.begun.append(photo)
            await done.wait()

    async def done(self, *photos: str) -> None:
        for photo in photos:
            self._done[photo].set()
            await settled()

    async def all_done(self) -> None:
        at = 0
        while at < len(self.begun):
            await self.done(self.begun[at])
            at += 1


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def run(at_once: int, test: Callable[[Photos], Awaitable[None]], **options) -> None:
    async def main():
        await test(Photos(at_once, **options))

    asyncio.run(main())


@pytest.fixture(autouse=True)
def seconds(monkeypatch) -> list[float]:
    """What the line takes for the time, which passes when the test says so."""
    now = [0.0]
    monkeypatch.setattr(line_module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


def test_visits_take_turns_however_many_photos_each_has():
    async def test(photos):
        await photos.send("a", "a1", "a2", "a3", "a4")
        await photos.send("b", "b1", "b2")
        await photos.send("c", "c1")
        await photos.all_done()
        assert photos.begun == ["a1", "b1", "c1", "a2", "b2", "a3", "a4"]

    run(1, test)


def test_a_lone_photo_has_its_turn_while_others_have_all_turns_that_there_are(seconds):
    async def test(photos):
        for visit in ("a", "b"):
            await photos.send(visit, *(f"{visit}{number}" for number in range(30)))
        for _ in range(2):
            seconds[0] += 2 * LITTLE
            await photos.done(*photos.begun)
        others = list(photos.begun)
        await photos.send("c", "lone", "its second")
        assert photos.begun == [*others, "lone"]
        await photos.done("lone")
        assert photos.begun == [*others, "lone", "its second"]

    run(2, test, quick=1)


def test_a_visit_for_which_much_was_done_does_not_wait_until_others_had_as_much(seconds):
    async def test(photos):
        for number in range(50):  # when nobody else was there
            await photos.send("regular", f"r{number}")
            seconds[0] += 0.1
            await photos.done(f"r{number}")
        newcomers = [f"n{number}" for number in range(20)]
        for visit in newcomers:
            await photos.send(visit, *(f"{visit}-{number}" for number in range(5)))
        await photos.send("regular", "one more")
        for _ in range(2 * len(newcomers)):
            seconds[0] += 0.1
            await photos.done(photos.begun[-1])
        assert "one more" in photos.begun

    run(1, test)


def test_turns_of_many_are_shared_by_their_seconds(seconds):
    async def test(photos):
        for visit, each in (("quick", 1), ("slow", 5)):
            await photos.send(visit, *(f"{visit} {number} {each}" for number in range(60)))
        for _ in range(60):
            seconds[0] += int(photos.begun[-1][-1])
            await photos.done(photos.begun[-1])
        quick = sum(name.startswith("quick") for name in photos.begun)
        assert 4.5 < quick / (len(photos.begun) - quick) < 5.5

    run(1, test)


def test_what_was_done_for_a_visit_is_forgotten_in_time(seconds):
    async def test(photos):
        await photos.send("a", "a1")
        seconds[0] += 10 * LITTLE
        await photos.done("a1")
        await photos.send("b", "b1", "b2", "b3")
        await photos.send("a", "a2")
        assert photos.begun == ["a1", "b1", "b2"]
        await photos.done("b1")  # the quick one
        assert photos.begun == ["a1", "b1", "b2"]
        seconds[0] += 10 * HALF_LIFE
        await photos.send("c", "c1")
        await photos.done("c1")
        assert photos.begun == ["a1", "b1", "b2", "c1", "a2"]

    run(1, test, quick=1)


def test_whose_sender_left_has_no_turn_and_no_place():
    async def test(photos):
        _, second, third = await photos.send("a", "a1", "a2", "a3")
        second.cancel()
        await settled()
        assert photos.line.before("a", "a3") == 1
        third.cancel()
        await photos.all_done()
        assert photos.begun == ["a1"]

    run(1, test)


def test_one_whose_sender_leaves_during_its_turn_lets_the_next_one_have_it():
    async def test(photos):
        first, *_ = await photos.send("a", "a1", "a2")
        first.cancel()
        await settled()
        assert photos.begun == ["a1", "a2"]

    run(1, test)


def test_how_many_are_before_a_photo_is_told_by_the_turns_to_come():
    async def test(photos):
        await photos.send("a", "a1", "a2", "a3", "a4")
        await photos.send("b", "b1")
        await photos.send("c", "c1", "c2")
        before = {name: photos.line.before(name[0], name) for name in ("a1", "b1", "c1", "a2", "c2", "a3", "a4")}
        assert before == {"a1": 0, "b1": 1, "c1": 2, "a2": 3, "c2": 4, "a3": 5, "a4": 6}
        assert photos.line.before("a", "c1") is None
        assert photos.line.before("d", "d1") is None

    run(1, test)


def test_where_the_line_is_full_the_latest_photo_of_who_has_most_gives_way(monkeypatch):
    monkeypatch.setattr(line_module, "MAX_WAITING", 6)

    async def test(photos):
        many = await photos.send("a", *(f"a{number}" for number in range(6)))
        (more,) = await photos.send("a", "a6")
        with pytest.raises(Busy):
            await more
        (one,) = await photos.send("b", "b1")
        with pytest.raises(Busy):
            await many[-1]
        await photos.all_done()
        assert one.done()
        assert not one.exception()
        assert sorted(photos.begun) == ["a0", "a1", "a2", "a3", "a4", "b1"]

    run(1, test)


def test_large_photos_fill_the_line_by_their_bytes():
    async def test(photos):
        await photos.send("a", "a1", "a2", "a3", "a4", size=MAX_BYTES // 4)
        (more,) = await photos.send("a", "a5", size=MAX_BYTES // 4)
        with pytest.raises(Busy):
            await more
        await photos.send("b", "b1", size=1000)
        await photos.all_done()
        assert sorted(photos.begun) == ["a1", "a2", "a3", "b1"]

    run(1, test)


def test_nobody_has_a_turn_before_it_is_opened():
    async def test(photos):
        await photos.send("a", "a1")
        assert photos.begun == []
        photos.line.open()
        await settled()
        assert photos.begun == ["a1"]

    run(1, test, opened=False)


def test_visits_that_are_gone_are_forgotten(seconds, monkeypatch):
    monkeypatch.setattr(line_module, "MAX_VISITS", 5)

    async def test(photos):
        for number in range(50):
            await photos.send(f"visit {number}", "photo")
            seconds[0] += 200.0
            await photos.done("photo")
        assert len(photos.line._visits) <= 6

    run(1, test)


def test_no_more_photos_are_invited_than_there_is_room_for(seconds, monkeypatch):
    monkeypatch.setattr(line_module, "MAX_WAITING", 3)

    async def test(photos):
        line = photos.line
        assert [line.has_room("a", 1000, invite=True) for _ in range(4)] == [True, True, True, False]
        assert line.has_room("a", 1000)  # who was invited
        await photos.send("a", "a1", size=1000)
        assert not line.has_room("a", 5)
        seconds[0] += 60.0  # the others did not come
        assert line.has_room("a", 5)

    run(1, test)
