"""What lies around the pixels keeps no sound picture out, and what is missing of one is said."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from samples import encoded, photo, same_picture

from model.errors import BadImage
from model.images.containers import close_jpeg, shown_of_png
from model.images.decode import open_for_answer, open_picture

JPEG = encoded(photo(), "JPEG", quality=90)
PNG = encoded(photo())


def exif(*entries: bytes) -> bytes:
    return b"Exif\0\0II*\0" + struct.pack("<IH", 8, len(entries)) + b"".join(entries) + bytes(4)


def entry(tag: int, kind: int, count: int, value: int) -> bytes:
    return struct.pack("<HHII", tag, kind, count, value)


def with_segment(marker: int, body: bytes) -> bytes:
    return JPEG[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body + JPEG[2:]


def mpf(*entries: bytes) -> bytes:
    """An index of further pictures in the file, as phones write it."""
    return with_segment(0xE2, b"MPF\0II*\0" + struct.pack("<IH", 8, len(entries)) + b"".join(entries) + bytes(4))


def chunk(kind: bytes, data: bytes, crc: int | None = None) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data) if crc is None else crc)


def with_chunk(*chunks: bytes) -> bytes:
    return PNG[:33] + b"".join(chunks) + PNG[33:]


UPRIGHT = entry(0x112, 3, 1, 1)
SOUND = {
    "an EXIF tag past the end": encoded(photo(), "JPEG", quality=90, exif=exif(entry(0x10F, 2, 40, 5000), UPRIGHT)),
    "an EXIF block of another kind": with_segment(0xE1, b"Exif\0\0" + b"no TIFF header"),
    "an EXIF block of a few bytes": with_segment(0xE1, b"Exif\0\0II"),
    "an orientation that is no number": encoded(photo(), "JPEG", quality=90, exif=exif(entry(0x112, 2, 4, 0x676E6F77))),
    "an orientation of nine": encoded(photo(), "JPEG", quality=90, exif=exif(entry(0x112, 3, 1, 9))),
    "an MPF block longer than it is": mpf(
        entry(0xB000, 7, 4, 0x30303130), entry(0xB001, 4, 1, 2), entry(0xB002, 7, 32, 0xFFFFFF)
    ),
    "an MPF block without a count": mpf(entry(0xB000, 7, 4, 0x30303130)),
    "an MPF block whose count is text": mpf(entry(0xB001, 2, 4, 0x676E6F77)),
    "an animation of no pictures": with_chunk(chunk(b"acTL", struct.pack(">II", 0, 0))),
    "an animation with a short head": with_chunk(chunk(b"acTL", b"\0\0")),
    "a frame of an animation that is none": with_chunk(chunk(b"fcTL", bytes(26))),
    "a resolution that is too short": with_chunk(chunk(b"pHYs", b"\0\0\0")),
    "a colour profile that is no zlib": with_chunk(chunk(b"iCCP", b"name\0\0not compressed")),
    "a text whose checksum is wrong": with_chunk(chunk(b"tEXt", b"Comment\0hello", crc=1)),
    "a text that is a bomb": with_chunk(*[chunk(b"zTXt", b"c\0\0" + zlib.compress(bytes(2_000_000)))] * 40),
    "gamma and colours that are too short": with_chunk(chunk(b"gAMA", b"\1"), chunk(b"cHRM", b"\1"), chunk(b"sRGB", b"")),
}


@pytest.mark.parametrize("what", SOUND)
def test_a_sound_picture_with_this_around_it_opens(what):
    plain = JPEG if SOUND[what].startswith(b"\xff\xd8") else PNG
    assert same_picture(open_picture(SOUND[what]), open_picture(plain))


def test_a_good_orientation_beside_a_bad_tag_counts():
    lying = encoded(photo(), "JPEG", quality=90, exif=exif(entry(0x10F, 2, 40, 5000), entry(0x112, 3, 1, 6)))
    assert open_picture(lying).size == photo().size[::-1]


def test_what_was_turned_upright_is_not_turned_again():
    lying = encoded(photo(), "JPEG", quality=90, exif=exif(entry(0x112, 3, 1, 6)))
    once = open_picture(lying)
    assert same_picture(open_picture(once), once)


def test_a_png_keeps_what_is_seen():
    palette = photo().convert("P")
    exif_block = Image.Exif()
    exif_block[0x112] = 6
    for data in (
        encoded(palette, transparency=3),
        encoded(photo(), exif=exif_block),
        encoded(photo().convert("L"), transparency=9),
    ):
        bare = shown_of_png(with_text := data[:33] + chunk(b"tEXt", b"a\0b") + data[33:])
        assert len(bare) < len(with_text)
        assert same_picture(open_picture(bare), open_picture(data))
    assert shown_of_png(PNG[:100]) == PNG[:100]
    assert shown_of_png(JPEG) == JPEG


# ---- a JPEG that breaks off

LARGE = {
    "baseline": encoded(photo(320, 240), "JPEG", quality=85),
    "without subsampling": encoded(photo(320, 240), "JPEG", quality=85, subsampling=0),
    "with restarts": encoded(photo(320, 240), "JPEG", quality=85, restart_marker_rows=1),
    "grey": encoded(photo(320, 240).convert("L"), "JPEG", quality=85),
    "CMYK": encoded(photo(320, 240).convert("CMYK"), "JPEG", quality=85),
}


def cut(data: bytes, share: float) -> bytes:
    return data[: int(share * len(data))]


@pytest.mark.parametrize("kind", LARGE)
def test_half_a_jpeg_is_enough_for_an_answer_with_a_note_and_not_for_learning(kind):
    whole = np.asarray(open_picture(LARGE[kind]), int)
    broken = cut(LARGE[kind], 0.75)
    picture, note = open_for_answer(broken)
    assert "lower part is missing" in note
    assert note.endswith(".")
    assert picture.width == 320
    assert 160 <= picture.height < 230
    assert np.abs(np.asarray(picture, int) - whole[: picture.height])[:-20].max() <= 2
    with pytest.raises(BadImage, match="breaks off"):
        open_picture(broken)


@pytest.mark.parametrize("kind", LARGE)
def test_less_than_half_a_jpeg_is_refused(kind):
    for share in (0.1, 0.3, 0.45):
        with pytest.raises(BadImage, match="breaks off"):
            open_for_answer(cut(LARGE[kind], share))


def test_a_jpeg_that_lacks_its_last_bytes_alone_lacks_nothing_that_is_seen():
    picture, note = open_for_answer(LARGE["baseline"][:-2])
    assert note == ""
    assert same_picture(picture, open_picture(LARGE["baseline"]))


@pytest.mark.parametrize(("orientation", "side"), [(3, "upper"), (6, "left"), (8, "right"), (5, "right"), (7, "left")])
def test_the_note_names_the_side_of_the_upright_picture(orientation, side):
    lying = encoded(photo(320, 240), "JPEG", quality=85, exif=exif(entry(0x112, 3, 1, orientation)))
    assert f"The {side} part is missing" in open_for_answer(cut(lying, 0.75)).note


def test_a_progressive_jpeg_is_taken_once_its_fine_detail_has_begun():
    progressive = encoded(photo(320, 240), "JPEG", quality=85, progressive=True)
    picture, note = open_for_answer(cut(progressive, 0.7))
    assert picture.size == (320, 240)
    assert "fine detail is missing" in note
    with pytest.raises(BadImage, match="breaks off"):
        open_for_answer(cut(progressive, 0.12))


def test_wherever_a_jpeg_breaks_off_there_is_an_answer_or_a_refusal():
    for data in (LARGE["baseline"], encoded(photo(64, 48), "JPEG", progressive=True)):
        for length in [*range(2, 700, 7), *range(700, len(data), 97), len(data) - 1]:
            try:
                assert open_for_answer(data[:length]).picture.mode == "RGB"
            except BadImage as error:
                assert str(error).endswith(".")


def test_a_whole_jpeg_is_whole_whatever_follows_it():
    for data in (*LARGE.values(), encoded(photo(), "JPEG", progressive=True)):
        assert close_jpeg(data) is None
        assert close_jpeg(data + b"a film of three seconds") is None
        assert open_for_answer(data).note == ""
