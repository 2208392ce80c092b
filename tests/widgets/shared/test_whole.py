"""The browser knows which files break off, and sends them as they are: real files of every kind, cut, and the real script."""

from __future__ import annotations

import base64

import heic
import pytest
from bad_pictures import BAD, FOR_FEW
from node import evaluate
from PIL import Image
from samples import FORMATS, encoded, photo

from model.core import PROJECT
from model.images import open_picture
from model.images.containers import breaks_off

WHOLE = (PROJECT / "widgets/shared/whole.js").as_uri()
SHOWN = [format for format in FORMATS if format != "TIFF"]  # no browser shows a TIFF: it goes as it is in any case
FILES = {
    **{format: encoded(photo(90, 70), format) for format in SHOWN},
    "progressive": encoded(photo(90, 70), "JPEG", progressive=True),
    "with restarts": encoded(photo(90, 70), "JPEG", restart_marker_rows=1),
    "PNG in pieces": encoded(Image.effect_noise((300, 300), 80)),
    "animation": encoded(photo(), "GIF", save_all=True, append_images=[photo(seed=1)]),
    "HEIC": heic.TURNED,
}
SHARES = (0.3, 0.6, 0.9, 0.99)
ENDS = {"PNG": 4, "PNG in pieces": 4, "GIF": 1}  # bytes behind the pixels, which a decoder can do without


def break_off(files: list[bytes]) -> list[bool]:
    script = """
const { breaksOff } = await import(module);
tell(files.map((file) => breaksOff(new Uint8Array(Buffer.from(file, "base64")))));
"""
    return evaluate(script, module=WHOLE, files=[base64.b64encode(file).decode() for file in files])


def test_a_whole_file_is_whole():
    assert break_off([*FILES.values()]) == [False] * len(FILES)


@pytest.mark.parametrize("kind", [kind for kind in FILES if kind != "animation"])
def test_a_file_that_breaks_off_is_seen_to(kind):
    data = FILES[kind]
    shortest = data[: -ENDS.get(kind, 0) - 1]
    assert break_off([*(data[: int(share * len(data))] for share in SHARES), shortest]) == [True] * (len(SHARES) + 1)


@pytest.mark.parametrize("kind", ENDS)
def test_a_file_that_lacks_nothing_of_its_pixels_is_whole(kind):
    whole, shorter = FILES[kind], FILES[kind][: -ENDS[kind]]
    assert break_off([shorter]) == [False]
    assert open_picture(shorter).tobytes() == open_picture(whole).tobytes()


def test_an_animation_is_as_whole_as_its_first_frame():
    animation, first = FILES["animation"], FILES["animation"].rindex(b"\x21\xf9\x04")  # what stands before the second one
    assert break_off([animation[: first + 3], animation[: first // 2]]) == [False, True]


def test_python_and_the_browser_agree_on_every_file():
    parts = [data[:length] for data in FILES.values() for length in range(3, min(len(data), 3000), 17)]
    files = [*parts, *FILES.values(), *BAD.values(), *FOR_FEW.values()]
    assert break_off(files) == [bool(breaks_off(file)) for file in files]


def test_a_jpeg_with_something_behind_it_is_whole():
    jpeg = FILES["JPEG"]
    assert break_off([jpeg + b"a film", jpeg + jpeg, jpeg + bytes(100)]) == [False] * 3


def test_what_is_no_picture_is_left_to_the_model_process():
    assert break_off([b"", b"\xff", b"text", b"RIFF", bytes(100)]) == [False] * 5
