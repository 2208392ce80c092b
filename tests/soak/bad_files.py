"""Small pictures changed by chance, opened by the workers that open strangers' photos."""

from __future__ import annotations

import random
import time
from contextlib import suppress

import heic
import psutil
import rows
from PIL import Image
from rows import Row
from samples import encoded, flipped, photo

from model.errors import BadImage
from model.images import Resize, Transforms, WorkerPool, frame

REQUEST = {"framing": Transforms("RGB", (Resize("crop", (224, 224)),)).to_json(), "shown": 0}
SMALL, MORE = photo(24, 20), [photo(24, 20, 1), photo(24, 20, 2)]
SEEDS = {
    "JPEG": encoded(SMALL, "JPEG"),
    "progressive JPEG": encoded(SMALL, "JPEG", progressive=True),
    "JPEG of four inks": encoded(SMALL.convert("CMYK"), "JPEG"),
    "PNG": encoded(SMALL),
    "PNG of a palette": encoded(SMALL.convert("P")),
    "PNG of 16 bits": encoded(Image.new("I;16", (24, 20), 40_000)),
    "WebP": encoded(SMALL, "WEBP"),
    "moving WebP": encoded(SMALL, "WEBP", lossless=True, save_all=True, append_images=MORE),
    "moving GIF": encoded(SMALL, "GIF", save_all=True, append_images=MORE),
    "BMP": encoded(SMALL, "BMP"),
    "TIFF": encoded(SMALL, "TIFF", compression="tiff_lzw"),
    "HEIC": heic.QUARTERS,
}
SECONDS, MEGABYTES = 5.0, 400


def mutations(files: int) -> Row:
    """So many files, each a seed changed in a few places: none takes long, much memory, or a worker with it."""
    rng, seeds = random.Random(0), list(SEEDS.values())
    slowest, largest, deaths, unsaid, answered = 0.0, 0.0, 0, 0, 0
    with WorkerPool(frame, workers=1, seconds=3 * SECONDS) as pool:
        pool.submit(REQUEST, seeds[0]).result()
        (worker,) = pool._workers
        for number in range(files):
            process = worker._process
            content = changed(seeds[number % len(seeds)], rng)
            started = time.monotonic()
            outcome = pool.submit(REQUEST, content).result()
            slowest = max(slowest, time.monotonic() - started)
            deaths += worker._process is not process
            if isinstance(outcome, BadImage):
                unsaid += not (str(outcome).endswith(".") and ":" in str(outcome))
            else:
                answered += 1
            with suppress(psutil.Error, AttributeError):
                largest = max(largest, psutil.Process(process.pid).memory_info().rss / 1e6)
    measured = f"{answered} opened, {files - answered} told; slowest {slowest:.2f} s, {deaths} workers died, {largest:.0f} MB"
    return Row(
        f"{files} mutations of {len(seeds)} small pictures",
        "none over 5 s, no worker dies, 400 MB, a sentence each",
        measured,
        answered > 0 and slowest <= rows.patience * SECONDS and not deaths and not unsaid and largest <= MEGABYTES,
    )


def changed(content: bytes, rng: random.Random) -> bytes:
    """The same file with a few bits, bytes, numbers or pieces of another kind."""
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(content))
        kind = rng.randrange(6)
        if kind == 0:
            content = flipped(content, 8 * at + rng.randrange(8))
        elif kind == 1:
            content = content[:at] + rng.randbytes(rng.randint(1, 4)) + content[at + 1 :]
        elif kind == 2:
            content = content[: max(1, at)]
        elif kind == 3:
            content = content[:at] + content[at // 2 : at] + content[at:]
        elif kind == 4:
            number = rng.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\0\1\0\0"))
            content = content[:at] + number + content[at + 4 :]
        else:
            content = content[:at] + content[at + rng.randint(1, 16) :] or b"\0"
    return content
