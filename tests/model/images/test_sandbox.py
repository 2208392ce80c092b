"""Real worker processes; every test starts its own."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from processes import picture_workers
from samples import encoded, photo, same_picture

from model.core import PROJECT
from model.errors import BadImage, TooLarge
from model.images.decode import open_picture
from model.images.sandbox import Sandbox
from model.images.transforms import Resize, Transforms

FRAMING = Transforms("RGB", (Resize("crop", (32, 24)),))


def run(use, workers: int = 1, seconds: float = 60.0):
    """`use(sandbox)` in an event loop, once its workers run, with the sandbox stopped at the end; time enough for a busy
    machine, except where a test is about time."""

    async def main():
        box = Sandbox(workers, seconds)
        box.start()
        try:
            while len(picture_workers()) < workers:
                await asyncio.sleep(0.01)
            await box.frame(FRAMING, encoded(photo()))
            return await use(box)
        finally:
            await box.stop()

    return asyncio.run(main())


def ended(process: psutil.Process) -> bool:
    """Whether the process ends within ten seconds."""
    for _ in range(200):
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


async def signalled(box: Sandbox, picture: bytes, number: int):
    """Ask for `picture` while the one worker stands still, then send it a signal."""
    (worker,) = picture_workers()
    worker.suspend()
    asked = asyncio.ensure_future(box.frame(FRAMING, picture))
    await asyncio.sleep(0.2)
    assert not asked.done()
    os.kill(worker.pid, number)
    return await asked


def test_a_worker_gives_the_pixels_that_this_process_would_give():
    pictures = [photo(90, 50, seed=n) for n in range(6)]

    async def use(box):
        return await asyncio.gather(*(box.frame(FRAMING, encoded(picture)) for picture in pictures))

    framed = run(use, workers=2)
    assert all(same_picture(a.picture, FRAMING(b)) for a, b in zip(framed, pictures, strict=True))


def test_a_worker_frames_in_the_mode_of_the_learner():
    grey = Transforms("L", (Resize("squish", (9, 7)),))
    framed = run(lambda box: box.frame(grey, encoded(photo())))
    assert same_picture(framed.picture, grey(photo()))


@pytest.mark.parametrize("content", [b"", b"no picture", encoded(photo())[:200]])
def test_a_refusal_comes_back_with_its_sentence_and_the_worker_lives_on(content):
    async def use(box):
        before = picture_workers()
        with pytest.raises(BadImage) as refusal:
            await box.frame(FRAMING, content)
        await box.frame(FRAMING, encoded(photo()))
        assert picture_workers() == before
        return refusal.value

    with pytest.raises(BadImage) as expected:
        open_picture(content)
    assert str(run(use)) == str(expected.value)


def test_a_picture_of_too_many_pixels_comes_back_as_too_large():
    async def use(box):
        with pytest.raises(TooLarge, match="24 million"):
            await box.frame(FRAMING, encoded(photo(8, 8).resize((5001, 5000)), "PNG", compress_level=1))

    run(use)


def test_a_worker_that_died_while_it_waited_costs_nobody_a_picture():
    async def use(box):
        await box.frame(FRAMING, encoded(photo()))
        (worker,) = picture_workers()
        worker.kill()
        await asyncio.sleep(0.5)
        return await box.frame(FRAMING, encoded(photo()))

    assert same_picture(run(use).picture, FRAMING(photo()))


def test_killing_a_worker_refuses_its_picture_and_the_next_one_works():
    async def use(box):
        with pytest.raises(BadImage):
            await signalled(box, encoded(photo()), signal.SIGKILL)
        return await box.frame(FRAMING, encoded(photo()))

    assert same_picture(run(use).picture, FRAMING(photo()))


def test_a_picture_that_never_opens_is_refused_and_the_next_one_works():
    async def use(box):
        (worker,) = picture_workers()
        with pytest.raises(BadImage, match="takes longer than 3 s"):
            await signalled(box, encoded(photo()), signal.SIGSTOP)
        framed = await box.frame(FRAMING, encoded(photo()))
        assert ended(worker)
        return framed

    assert same_picture(run(use, seconds=3.0).picture, FRAMING(photo()))


def test_a_caller_who_gives_up_leaves_no_half_answer_for_the_next_one():
    async def use(box):
        asked = asyncio.ensure_future(box.frame(FRAMING, encoded(photo(64, 64, seed=1))))
        await asyncio.sleep(0.05)
        asked.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asked
        return await box.frame(FRAMING, encoded(photo(90, 50, seed=2)))

    assert same_picture(run(use).picture, FRAMING(photo(90, 50, seed=2)))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
def test_a_worker_cannot_take_more_memory_than_its_share(tmp_path):
    script = "from model.core import limits; limits.limit_memory(); bytearray(limits.WORKER_MEMORY)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=PROJECT)
    assert done.returncode == 1
    assert "MemoryError" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
def test_a_picture_that_needs_too_much_memory_is_refused_and_the_next_one_works():
    greedy = Transforms("RGB", (Resize("pad", (32, 32)),))  # an elongated picture, filled up to a square

    async def use(box):
        with pytest.raises(TooLarge, match="too much memory"):
            await box.frame(greedy, encoded(photo(8, 8).resize((15_500, 4))))
        return await box.frame(greedy, encoded(photo()))

    assert same_picture(run(use).picture, greedy(photo()))


def test_stopping_ends_every_worker():
    async def use(box):
        assert len(picture_workers()) == 3

        return picture_workers()

    assert all(ended(worker) for worker in run(use, workers=3))


def test_a_picture_that_is_to_be_shown_comes_whole_and_upright_beside_its_cut():
    turned = photo(90, 60, seed=3)
    exif = turned.getexif()
    exif[274] = 6  # a quarter turn
    content = encoded(turned, "JPEG", exif=exif)

    async def use(box):
        return await box.frame(FRAMING, content, shown=45), await box.frame(FRAMING, content)

    shown, plain = run(use)
    assert same_picture(shown.picture, plain.picture)
    assert plain.photo == b""
    assert open_picture(shown.photo).size == (30, 45)
    left, top, right, bottom = shown.part
    assert (left, right) == (0, 1)
    assert bottom - top == pytest.approx(0.5, abs=0.02)  # 60 × 45 of 60 × 90
    assert top == pytest.approx(0.25, abs=0.02)
