"""What is accepted, and what the pixels then are. Refusals are in test_images_refused.py."""

import warnings

import heic
import numpy as np
import pytest
from PIL import Image, ImageCms
from samples import FORMATS, encoded, photo, same_picture

from model.images import decode
from model.images.decode import looks_like_picture, open_picture

LOSSLESS = {"WEBP": {"lossless": True}, "TIFF": {"compression": "tiff_lzw"}}
ORIENTATION = 0x0112
WHITE = (255, 255, 255)


def quarters() -> Image.Image:
    """Four colours in four corners, wider than high, so that every turn and mirror shows."""
    picture = Image.new("RGB", (32, 16))
    for corner, colour in (((0, 0), "red"), ((16, 0), "lime"), ((0, 8), "blue"), ((16, 8), "white")):
        picture.paste(colour, (*corner, corner[0] + 16, corner[1] + 8))
    return picture


def stored_as(upright: Image.Image, orientation: int) -> Image.Image:
    """What a camera stores when `orientation` says how to turn it: the inverse of EXIF's eight definitions."""
    turn = Image.Transpose
    inverse = {
        1: None,
        2: turn.FLIP_LEFT_RIGHT,
        3: turn.ROTATE_180,
        4: turn.FLIP_TOP_BOTTOM,
        5: turn.TRANSPOSE,
        6: turn.ROTATE_90,
        7: turn.TRANSVERSE,
        8: turn.ROTATE_270,
    }[orientation]
    return upright if inverse is None else upright.transpose(inverse)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_photo_comes_out_upright_whichever_way_the_camera_was_held(format, orientation):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    options = {"quality": 95, "subsampling": 0} if format == "JPEG" else LOSSLESS.get(format, {})
    opened = open_picture(encoded(stored_as(quarters(), orientation), format, exif=exif, **options))
    assert opened.size == (32, 16)
    assert np.abs(np.asarray(opened, int) - np.asarray(quarters(), int))[2:-2, 2:-2].max() < 40


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_opens_as_rgb_from_bytes_and_from_a_file_of_any_name(format, tmp_path):
    data = encoded(photo(), format)
    (tmp_path / "holiday.txt").write_bytes(data)
    opened = open_picture(data)
    assert (opened.mode, opened.size) == ("RGB", photo().size)
    assert same_picture(open_picture(tmp_path / "holiday.txt"), opened)
    assert same_picture(open_picture(str(tmp_path / "holiday.txt")), opened)
    assert np.abs(np.asarray(opened, float) - np.asarray(photo(), float)).mean() < 12


@pytest.mark.parametrize("format", ["PNG", "WEBP", "BMP", "TIFF"])
def test_a_lossless_picture_keeps_every_pixel(format):
    assert same_picture(open_picture(encoded(photo(), format, **LOSSLESS.get(format, {}))), photo())


@pytest.mark.parametrize("format", FORMATS)
def test_a_picture_is_recognised_by_its_first_bytes(format):
    assert looks_like_picture(encoded(photo(), format)[:32])


@pytest.mark.parametrize(
    "head", [b"", b"hello, this is text", b"%PDF-1.7", b"PK\x03\x04", b"<svg", b"RIFF....WAVE", b"....ftypisom"]
)
def test_other_files_are_recognised_as_no_picture(head):
    assert not looks_like_picture(head)


def test_a_pillow_picture_is_taken_as_it_is_and_not_changed():
    picture = photo()
    picture.getexif()[ORIENTATION] = 6
    assert open_picture(picture).size == picture.size[::-1]
    assert same_picture(picture, photo())


def test_an_animation_gives_its_first_frame():
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "lime", "blue")]
    for format in ("GIF", "WEBP", "PNG", "TIFF"):
        data = encoded(frames[0], format, save_all=True, append_images=frames[1:], **LOSSLESS.get(format, {}))
        assert open_picture(data).getpixel((10, 10)) == (255, 0, 0), format


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_transparency_is_laid_over_white(mode):
    picture = Image.new("RGBA", (4, 1), (0, 0, 0, 255))
    picture.putpixel((1, 0), (0, 0, 0, 0))
    picture.putpixel((2, 0), (0, 0, 0, 51))
    opened = open_picture(picture.convert("LA") if mode == "LA" else picture if mode == "RGBA" else picture.convert("PA"))
    assert [opened.getpixel((x, 0)) for x in (0, 1)] == [(0, 0, 0), WHITE]
    assert opened.getpixel((2, 0)) == (204, 204, 204)  # 20 % black


@pytest.mark.parametrize("format", ["PNG", "GIF"])
def test_the_transparent_colour_of_a_palette_becomes_white(format):
    picture = Image.new("P", (2, 1))
    picture.putpalette([200, 0, 0, 0, 0, 200])
    picture.putpixel((1, 0), 1)
    opened = open_picture(encoded(picture, format, transparency=1))
    assert [opened.getpixel((x, 0)) for x in (0, 1)] == [(200, 0, 0), WHITE]


def test_the_transparent_colour_of_an_rgb_png_becomes_white():
    picture = Image.new("RGB", (2, 1), (9, 8, 7))
    picture.putpixel((1, 0), (1, 2, 3))
    opened = open_picture(encoded(picture, "PNG", transparency=(1, 2, 3)))
    assert [opened.getpixel((x, 0)) for x in (0, 1)] == [(9, 8, 7), WHITE]


@pytest.mark.parametrize("mode", ["1", "L"])
def test_grey_pictures_become_rgb_with_the_same_greys(mode):
    opened = open_picture(encoded(photo().convert(mode)))
    assert same_picture(opened, photo().convert(mode).convert("RGB"))


def test_cmyk_becomes_rgb():
    opened = open_picture(encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "TIFF"))
    assert opened.getpixel((4, 4)) == (255, 0, 0)
    opened = open_picture(encoded(Image.new("CMYK", (16, 16), (255, 0, 255, 0)), "JPEG", quality=95))
    assert np.abs(np.subtract(opened.getpixel((8, 8)), (0, 255, 0))).max() < 12


def test_lab_becomes_rgb_by_its_colours():
    to_lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
    opened = open_picture(encoded(ImageCms.applyTransform(photo(), to_lab), "TIFF"))
    assert opened.mode == "RGB"
    assert np.abs(np.asarray(opened, int) - np.asarray(photo(), int)).mean() < 3


def test_a_large_jpeg_is_opened_at_half_its_size_and_looks_the_same():
    grey = Image.linear_gradient("L").resize((6000, 5000))
    opened = open_picture(encoded(grey, "JPEG", quality=60))
    assert opened.size == (3000, 2500)
    assert opened.width * opened.height <= decode.MAX_PIXELS
    expected = np.asarray(grey.resize((60, 50)), int)
    assert np.abs(np.asarray(opened.convert("L").resize((60, 50)), int) - expected).max() < 6


@pytest.mark.parametrize(("size", "opened"), [((10_000, 9_000), (5_000, 4_500)), ((14_000, 13_000), (3_500, 3_250))])
def test_a_jpeg_of_a_camera_with_a_hundred_million_pixels_is_opened(size, opened):
    assert open_picture(encoded(Image.new("L", size, 128), "JPEG")).size == opened


def test_a_heic_photo_opens_upright_and_its_transparency_is_laid_over_white(tmp_path):
    corners = [(16, 8), (48, 8), (16, 24), (48, 24)]
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), WHITE]
    (tmp_path / "IMG_0001.JPG").write_bytes(heic.TURNED)
    for source in (heic.QUARTERS, heic.TURNED, tmp_path / "IMG_0001.JPG"):
        opened = open_picture(source)
        assert (opened.mode, opened.size) == ("RGB", (64, 32))
        assert np.abs(np.subtract([opened.getpixel(corner) for corner in corners], colours)).max() < 8
    faint, strong = (open_picture(heic.ALPHA).getpixel((16, y)) for y in (1, 30))
    assert min(faint) > 230
    assert max(strong[:2]) < 30


def test_opening_does_not_change_how_warnings_are_treated():
    before = list(warnings.filters)
    open_picture(encoded(photo()))
    assert warnings.filters == before
