"""The same light gives the same pixels, in whatever numbers it was kept; what is stretched is said."""

import numpy as np
import pytest
from PIL import Image
from samples import encoded, photo

from model.images.decode import open_for_answer, open_picture

GREY = np.clip(np.asarray(photo().convert("L")), 60, 180)  # neither black nor white in it
COLOUR = np.asarray(photo())


def grey_of(source) -> np.ndarray:
    opened = np.asarray(open_picture(source), int)
    assert (opened == opened[..., :1]).all()
    return opened[..., 0]


def i16_tiff(big_endian: bool = False, white_is_zero: bool = False, bits: int = 16) -> bytes:
    """A TIFF of one band of 16 bits, or of 12 that are packed, written by hand, because Pillow writes few of the kinds."""
    order = ">" if big_endian else "<"
    light = 255 - GREY if white_is_zero else GREY
    if bits == 16:
        strip = (light.astype(np.uint16) * 257).astype(f"{order}u2").tobytes()
    else:
        twelve = np.round(light * (4095 / 255)).astype(np.uint16).reshape(-1, 2)
        first, second = twelve[:, 0], twelve[:, 1]
        strip = np.stack([first >> 4, (first & 15) << 4 | second >> 8, second & 255], axis=1).astype(np.uint8).tobytes()
    height, width = GREY.shape
    tags = {256: width, 257: height, 258: bits, 259: 1, 262: int(not white_is_zero), 273: 8, 277: 1, 278: height}
    entries = [
        np.array([tag, 4 if tag in (273, 279) else 3], f"{order}u2").tobytes()
        + np.array([1], f"{order}u4").tobytes()
        + (np.array([value], f"{order}u4") if tag in (273, 279) else np.array([value, 0], f"{order}u2")).tobytes()
        for tag, value in {**tags, 279: len(strip)}.items()
    ]
    head = (b"MM\0*" if big_endian else b"II*\0") + np.array([8 + len(strip)], f"{order}u4").tobytes()
    return head + strip + np.array([len(entries)], f"{order}u2").tobytes() + b"".join(entries) + bytes(4)


def of(values: np.ndarray, format: str = "TIFF") -> bytes:
    return encoded(Image.fromarray(values), format)


SIXTEEN = GREY.astype(np.uint16) * 257
SAME_LIGHT = {
    "16 bits in a PNG": of(SIXTEEN, "PNG"),
    "16 bits in a TIFF": of(SIXTEEN),
    "16 bits, big-endian": i16_tiff(big_endian=True),
    "16 bits, white is zero": i16_tiff(white_is_zero=True),
    "12 bits": i16_tiff(bits=12),
    "8 bits in 32": of(GREY.astype(np.int32)),
    "16 bits in 32": of(GREY.astype(np.int32) * 257),
    "31 bits in 32": of((GREY * (2147483647 / 255)).astype(np.int32)),
    "floats from 0 to 1": of((GREY / 255).astype(np.float32)),
    "16 bits in memory": Image.fromarray(SIXTEEN),
    "16 bits in memory, big-endian": Image.frombytes("I;16B", GREY.shape[::-1], SIXTEEN.astype(">u2").tobytes()),
    "32 bits in memory": Image.fromarray(GREY.astype(np.int32) * 257),
    "floats in memory": Image.fromarray((GREY / 255).astype(np.float32)),
}


@pytest.mark.parametrize("what", SAME_LIGHT)
def test_the_same_light_gives_the_same_greys_and_nothing_is_said(what):
    assert np.abs(grey_of(SAME_LIGHT[what]) - GREY).max() <= 1
    assert open_for_answer(SAME_LIGHT[what]).note == ""


def test_sixteen_bits_of_colour_are_those_of_eight():
    rows = (COLOUR.astype(">u2") * 257).astype(">u2")
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width, _ = COLOUR.shape
    head = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    assert np.array_equal(np.asarray(open_picture(png)), COLOUR)


UNKNOWN = {
    "integers below zero": np.array([[-5, 0, 5]], np.int32),
    "signed 16 bits": np.array([[-1000, 0, 1000]], np.int16),
    "more than 16 bits and far less than 32": np.array([[0, 100_000, 200_000]], np.int32),
    "floats above 1": np.array([[0.0, 100.0, 200.0]], np.float32),
    "floats below 0": np.array([[-0.5, 0.0, 0.5]], np.float32),
}


@pytest.mark.parametrize("what", UNKNOWN)
def test_numbers_whose_range_nobody_knows_are_stretched_and_that_is_said(what):
    values = UNKNOWN[what]
    values = values.astype(np.int32) if values.dtype == np.int16 else values
    opened = grey_of(of(values))[0]
    assert [opened[0], opened[2]] == [0, 255]
    assert abs(opened[1] - 127.5) <= 1
    note = open_for_answer(of(values)).note
    assert "no known range" in note
    assert note.endswith(".")


def test_what_is_no_number_is_as_dark_as_the_darkest():
    values = np.array([[np.nan, -2.0, 0.0, 2.0, np.inf, -np.inf]], np.float32)
    opened = grey_of(of(values))[0]
    assert opened[[0, 1, 4, 5]].tolist() == [0, 0, 0, 0]
    assert abs(opened[2] - 127.5) <= 1
    assert opened[3] == 255
    within = grey_of(of(np.array([[np.nan, 0.5, 1.0]], np.float32)))[0]
    assert within.tolist() == [within[1], 128, 255]


@pytest.mark.parametrize("value", [0.0, 0.25, 7.5, -3e38])
def test_one_value_everywhere_is_one_colour(value):
    opened = open_picture(encoded(Image.new("F", (3, 3), value), "TIFF"))
    assert len(opened.getcolors()) == 1
    if 0 < value < 1:
        assert opened.getpixel((1, 1)) == (64, 64, 64)


def test_a_dark_picture_of_16_bits_stays_dark():
    dark = of(np.full((4, 4), 2000, np.uint16) + np.arange(4, dtype=np.uint16) * 100, "PNG")
    assert grey_of(dark).max() <= 10
