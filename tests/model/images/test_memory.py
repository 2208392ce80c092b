"""A picture is answered or told, whatever its size, within the memory of a worker, which gives it back."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PIL import Image
from samples import encoded, photo

from model.errors import TooLarge
from model.images import Answer, Resize, Transforms, WorkerPool, frame
from model.images.containers import held_of_jpeg
from model.images.decode import open_picture

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much memory a process has")

MOST, AFTERWARDS = 400, 100  # megabytes
SIZE = 4899, 4898  # just the pixels that are taken
CROP, PAD = (Transforms("RGB", (Resize(kind, (64, 64), fill=fill),)) for kind, fill in (("crop", ""), ("pad", "reflect")))


def floats() -> Image.Image:
    values = np.zeros(SIZE[::-1], np.float32)
    values[0, 0], values[1, 1] = np.nan, 5
    return Image.fromarray(values)


def of_colour(mode: str, colour: tuple[int, ...] | int = 0) -> Image.Image:
    return Image.new(mode, SIZE, colour)


def claiming(jpeg: bytes, width: int, height: int) -> bytes:
    """The same JPEG with another size in its header."""
    at = next(jpeg.index(frame) for frame in (b"\xff\xc2\0", b"\xff\xc0\0") if frame in jpeg)
    return jpeg[: at + 5] + height.to_bytes(2, "big") + width.to_bytes(2, "big") + jpeg[at + 9 :]


HALF_CLEAR = (1, 2, 3, 100)
PICTURES: dict[str, Callable[[], bytes]] = {
    "floats": lambda: encoded(floats(), "TIFF", compression="tiff_deflate"),
    "integers of 32 bits": lambda: encoded(of_colour("I"), "TIFF", compression="tiff_deflate"),
    "transparent PNG": lambda: encoded(of_colour("RGBA", HALF_CLEAR)),
    "grey and transparent PNG": lambda: encoded(of_colour("LA")),
    "palette with a clear colour": lambda: encoded(of_colour("P"), transparency=0),
    "transparent WebP": lambda: encoded(of_colour("RGBA", HALF_CLEAR), "WEBP", lossless=True),
    "animated WebP": lambda: encoded(
        of_colour("RGBA", HALF_CLEAR),
        "WEBP",
        lossless=True,
        save_all=True,
        append_images=[of_colour("RGBA", (200, 2, 3, 100))],
    ),
    "WebP of a photo": lambda: encoded(photo(*SIZE), "WEBP", method=0),
    "transparent AVIF": lambda: encoded(of_colour("RGBA", HALF_CLEAR), "AVIF", speed=10),
    "JPEG on its side": lambda: encoded(photo(*SIZE), "JPEG", exif=lying()),
    "JPEG that breaks off": lambda: encoded(photo(*SIZE), "JPEG", progressive=True)[:-50_000],
    "progressive JPEG at its limit": lambda: encoded(Image.new("RGB", (8000, 8000), (9, 99, 9)), "JPEG", progressive=True),
    "JPEG of 250 million": lambda: encoded(Image.new("L", (15_811, 15_811), 99), "JPEG"),
}
QUICK = ("floats", "animated WebP")


def lying() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(frame, workers=1, seconds=60.0) as made:
        yield made


def megabytes(pool: WorkerPool, which: str) -> int:
    (worker,) = pool._workers
    with open(f"/proc/{worker._process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(which)) * 1024 // 10**6


@pytest.mark.parametrize(
    ("what", "shown"),
    [
        pytest.param(what, shown, marks=() if what in QUICK and not shown else pytest.mark.slow)
        for what in PICTURES
        for shown in (0, 1024)
    ],
)
def test_a_picture_of_as_many_pixels_as_are_taken_is_answered_within_the_memory_which_is_given_back(pool, what, shown):
    outcome = pool.submit({"framing": CROP.to_json(), "shown": shown}, PICTURES[what]()).result()
    assert isinstance(outcome, Answer), outcome
    assert megabytes(pool, "VmHWM") < MOST
    deadline = time.monotonic() + 10  # it does so after it has answered
    while megabytes(pool, "VmRSS") > AFTERWARDS and time.monotonic() < deadline:
        time.sleep(0.02)
    assert megabytes(pool, "VmRSS") <= AFTERWARDS


@pytest.mark.slow
def test_a_picture_that_is_filled_up_is_answered_or_told_within_the_memory(pool):
    outcome = pool.submit({"framing": PAD.to_json(), "shown": 0}, encoded(photo(6000, 3990), "JPEG")).result()
    assert isinstance(outcome, (Answer, TooLarge)), outcome
    assert megabytes(pool, "VmHWM") < MOST


@pytest.mark.parametrize(("mode", "millions"), [("RGB", 66), ("L", 100), ("CMYK", 25)])
def test_a_progressive_jpeg_of_250_million_pixels_is_told_by_its_size_and_never_as_broken(mode, millions):
    content = claiming(encoded(photo().convert(mode), "JPEG", progressive=True), 15_811, 15_811)
    with pytest.raises(TooLarge, match=rf"15811 × 15811 pixels, more than the {millions}|{millions + 1} million") as told:
        open_picture(content)
    assert told.value.code == "too-many-pixels"


def test_a_jpeg_in_one_scan_is_held_to_no_other_limit_than_before():
    assert held_of_jpeg(claiming(encoded(photo(), "JPEG"), 15_811, 15_811)) == 0
    assert held_of_jpeg(encoded(Image.new("L", (40, 24)), "JPEG", progressive=True)) == 2 * 40 * 24
