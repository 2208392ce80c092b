"""Visits for some minutes: photos, bad files, tabs that vanish, processes that are killed."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence

from kernel_line import Gone
from page_server import Full, NoKernel, PageServer
from processes import model_processes
from rows import Row
from served_page import NO_PHOTOS, Photo, end, known_photos, megabytes, served, whole_tree
from visitor import Visitor

VISITORS = 6
BAD = 0.05  # of the files
VANISH = 0.1  # of the visitors, who leave without a word
KILL_SECONDS = 20.0  # between two kills, on the average
MOST = 500  # megabytes of the server, a kernel, the model process and its workers
LATEST = 15.0  # seconds until a file is answered or told, killed process or not: three times what is promised
PATIENCE = 3 * 120.0  # seconds for which who is told that the page is full tries again: three times what is promised
AGAIN = 2.0  # seconds between two tries
RESULTS = ("right", "told", "lost with its kernel", "wrong", "late")


def play(minutes: float, seed: int = 0) -> list[Row]:
    """The rows of so many minutes of visits."""
    photos, counts, waits = known_photos(), Counter(), []
    with served(f"--Guard.visits={3 * VISITORS}") as server:
        server.until(lambda: len(server.kernels()) == 1)
        killed = asyncio.run(_play(server, photos, minutes * 60, random.Random(seed), counts, waits))
        server.until(lambda: len(server.kernels()) == 1, 240)
        memory = megabytes(whole_tree(server))
    waits.sort()
    asked = ", ".join(f"{counts[name]} {name}" for name in RESULTS)
    files = sum(counts[name] for name in RESULTS)
    slow = waits[int(0.95 * (len(waits) - 1))]
    return [
        Row(
            f"{minutes:g} minutes of visits, {VISITORS} at once, 5 % bad files, {sum(killed.values())} kills",
            "none wrong, none late",
            f"{counts['visits']} visits ({counts['full']} times full), {files} files: {asked}; 95 % within {slow:.2f} s",
            counts["right"] > 0 and not counts["wrong"] + counts["late"],
        ),
        Row("afterwards", "one kernel, 500 MB", f"one kernel, {memory:.0f} MB", memory <= MOST),
    ]


async def _play(
    server: PageServer, photos: Sequence[Photo], seconds: float, rng: random.Random, counts: Counter, waits: list
) -> Counter:
    """Visitors and kills for so many seconds; how many processes of which kind were killed."""
    ends, killed = time.monotonic() + seconds, Counter()

    async def visitors(rng: random.Random) -> None:
        while time.monotonic() < ends:
            await _visit(server, photos, rng, counts, waits)

    async def killer() -> None:
        while time.monotonic() < ends:
            await asyncio.sleep(min(KILL_SECONDS * 2 * rng.random(), max(0, ends - time.monotonic())))
            what = rng.choice(("model", "kernel"))
            victims = model_processes(server.runtime) if what == "model" else list(server.kernels().values())
            if victims:
                await asyncio.to_thread(end, rng.choice(victims))
                killed[what] += 1

    await asyncio.gather(killer(), *(visitors(random.Random(rng.random())) for _ in range(VISITORS)))
    return killed


async def _visit(server: PageServer, photos: Sequence[Photo], rng: random.Random, counts: Counter, waits: list) -> None:
    counts["visits"] += 1
    visitor = None
    try:
        visitor = await Visitor.enter(server, await _kernel_of_a_page(server, counts), 30)
        for _ in range(rng.randint(1, 5)):
            started = time.monotonic()
            counts[await _ask(visitor, photos, rng)] += 1
            waits.append(time.monotonic() - started)
            await asyncio.sleep(rng.random())
    except Gone:
        counts["lost with its kernel"] += 1
    except TimeoutError:
        counts["lost with its kernel" if visitor is None or visitor.kernel not in server.kernels() else "late"] += 1
    finally:
        if visitor and rng.random() < VANISH:
            visitor.vanish()
        elif visitor:
            await visitor.leave()


async def _kernel_of_a_page(server: PageServer, counts: Counter) -> str:
    """Load the page, again and again where it is full. Raises Gone where its kernel was killed while it was made."""
    patience = time.monotonic() + PATIENCE
    while True:
        try:
            return await asyncio.to_thread(server.enter)
        except NoKernel as error:
            raise Gone from error
        except Full:
            counts["full"] += 1
            assert time.monotonic() < patience, "it stays full"
            await asyncio.sleep(AGAIN)


async def _ask(visitor: Visitor, photos: Sequence[Photo], rng: random.Random) -> str:
    """One file: what became of it."""
    if rng.random() < BAD:
        name, content = rng.choice(list(NO_PHOTOS.items()))
        shown = await visitor.ask(name, content, LATEST)
        return "told" if shown["kind"] == "refused" and shown["refusal"]["sentence"] else "wrong"
    photo = rng.choice(photos)
    shown = await visitor.ask(photo.name, photo.content, LATEST)
    if shown["kind"] == "refused":
        return "told"
    return "right" if photo.is_answered_by(shown) else "wrong"
