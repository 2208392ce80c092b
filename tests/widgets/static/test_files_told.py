"""What a file is, and how large its picture, is told before it is decoded; and what there is of one that breaks off."""

from __future__ import annotations

import base64
import io

import heic
import pytest
from bad_pictures import PROGRESSIVE, jpeg_claiming
from node import evaluate
from PIL import Image, ImageOps
from samples import FORMATS, encoded, photo

from model.core import PROJECT
from model.images import open_for_answer
from model.images.containers import close_jpeg, held_of_jpeg

STATIC = PROJECT / "widgets/static"
SIZE = (90, 70)
FILES = {
    **{format: encoded(photo(*SIZE), format) for format in FORMATS},
    "lossless WebP": encoded(photo(*SIZE), "WEBP", lossless=True),
    "WebP with opacity": encoded(photo(*SIZE).convert("RGBA"), "WEBP", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"),
    "progressive": encoded(photo(*SIZE), "JPEG", progressive=True),
    "HEIC": heic.TURNED,
}
KINDS = {"lossless WebP": "WebP", "WebP with opacity": "WebP", "progressive": "JPEG", "WEBP": "WebP"}


def told(script: str, files: list[bytes]):
    start = """const [kinds, jpeg, cut] = await Promise.all(modules.map((module) => import(module)));
const files = given.map((file) => new Uint8Array(Buffer.from(file, "base64")));
"""
    modules = [(STATIC / name).as_uri() for name in ("kinds.js", "jpeg.js", "cut_off.js")]
    return evaluate(start + script, modules=modules, given=[base64.b64encode(file).decode() for file in files])


def test_every_kind_is_told_and_most_sizes():
    said = told("tell(files.map((f) => [kinds.kindOf(f), kinds.sizeOf(f, kinds.kindOf(f))]));", [*FILES.values()])
    for name, (kind, size) in zip(FILES, said, strict=True):
        assert kind == KINDS.get(name, name)
        assert size == (None if kind in ("TIFF", "HEIC") else list(SIZE)), name


def test_what_is_no_picture_is_none_and_what_is_cut_short_has_no_size():
    said = told(
        "tell(files.map((f) => kinds.kindOf(f)));", [b"", b"text", b"<html>", bytes(64), b"RIFFxxxxWAVE", b"\0\0\0\x18ftypisom"]
    )
    assert said == [None] * 6
    heads = [FILES[name][:14] for name in ("JPEG", "PNG", "BMP", "WEBP")]
    assert told("tell(files.map((f) => kinds.sizeOf(f, kinds.kindOf(f))));", heads) == [None] * 4


@pytest.mark.parametrize("little", [True, False])
def test_how_a_photo_lies_is_read_from_its_exif(little):
    files = []
    for orientation in (*range(1, 9), 9):
        exif = Image.Exif()
        exif.endian = "<" if little else ">"
        exif[0x0112] = orientation
        files.append(encoded(photo(), "JPEG", exif=exif.tobytes()))
    assert told("tell(files.map(jpeg.orientationOf));", [*files, FILES["JPEG"]]) == [*range(1, 9), 1, 1]


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
def test_a_jpeg_that_breaks_off_is_closed_as_python_closes_it(options):
    whole = encoded(photo(200, 160), "JPEG", **options)
    files = [whole[: int(share * len(whole))] for share in (0.05, 0.3, 0.5, 0.7, 0.9, 0.99)]
    script = """tell(files.map((f) => jpeg.closeJpeg(f)).map((c) => c && Buffer.from(c.closed).toString("base64")));"""
    for file, closed in zip(files, told(script, files), strict=True):
        theirs = close_jpeg(file)
        expected = theirs.closed if theirs and theirs.detailed else None
        assert (closed and base64.b64decode(closed)) == expected


def test_what_a_decoder_would_hold_of_a_jpeg_is_what_python_counts():
    of_four_inks = encoded(photo(200, 160).convert("CMYK"), "JPEG", progressive=True)
    finer = encoded(photo(201, 163), "JPEG", progressive=True, subsampling=0)
    files = [FILES["JPEG"], FILES["progressive"], of_four_inks, finer, jpeg_claiming(12_000, 10_000, PROGRESSIVE), FILES["PNG"]]
    held = [held_of_jpeg(file) for file in files]
    assert told("tell(files.map(jpeg.heldOfJpeg));", files) == held
    assert held[0] == 0 < held[1]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_what_is_missing_is_cut_away_on_the_side_that_it_lies_on(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    whole = encoded(photo(320, 240), "JPEG", exif=exif, quality=95)
    file = whole[: int(0.8 * len(whole))]
    opened, note = open_for_answer(file)
    upright = Image.open(io.BytesIO(file + b"\xff\xd9"))
    turned = ImageOps.exif_transpose(upright)
    pixels = {"width": turned.width, "height": turned.height, "bands": 3}
    script = f"""const found = cut.cutToWhatThereIs({{ ...{pixels}, data: files[0] }}, {orientation});
tell([found.picture.width, found.picture.height, found.side, Buffer.from(found.picture.data).toString("base64")]);"""
    width, height, side, data = told(script, [turned.tobytes()])
    assert ((width, height), base64.b64decode(data)) == (opened.size, opened.tobytes())
    assert f"The {side} part is missing" in note
