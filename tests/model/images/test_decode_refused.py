"""What is refused, and with which sentence; anything but a picture or a BadImage is a bug."""

import io
from pathlib import Path

import heic
import numpy as np
import pytest
from bad_pictures import BAD, jpeg_claiming, jpeg_of_many_scans, png_header, webp_claiming
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from PIL import Image
from samples import FORMATS, encoded, photo

from model.errors import BadImage, TooLarge
from model.images import decode
from model.images.decode import open_picture

REAL = {format: encoded(photo(24, 20), format) for format in FORMATS}
REAL["PNG 16"] = encoded(Image.fromarray(np.arange(480, dtype=np.uint16).reshape(20, 24)), "PNG")
REAL["TIFF F"] = encoded(photo(24, 20).convert("F"), "TIFF")
REAL["GIF 3"] = encoded(photo(24, 20), "GIF", save_all=True, append_images=[photo(24, 20, 1), photo(24, 20, 2)])
REAL["HEIC"] = heic.QUARTERS
REAL["JPEG progressive"] = encoded(photo(24, 20), "JPEG", progressive=True)
HEICS = [b"heic", b"heix", b"mif1"]


def refusal(source) -> BadImage:
    with pytest.raises(BadImage) as caught:
        open_picture(source)
    sentence = str(caught.value)
    assert sentence.endswith(".") and ":" in sentence, "a refusal says what is wrong and what to do"
    return caught.value


@pytest.mark.parametrize("kind", BAD)
def test_every_kind_of_bad_file_is_refused(kind):
    refusal(BAD[kind])


def test_an_empty_file_is_refused():
    assert "empty" in str(refusal(b""))


def test_text_named_jpg_is_refused_and_the_kinds_are_named(tmp_path):
    file = tmp_path / "photo.jpg"
    file.write_text("I am not a photo")
    assert "not a picture" in str(refusal(file))
    assert "JPEG, PNG, WebP" in str(refusal(file))


@pytest.mark.parametrize("format", ["EPS", "ICO", "PPM", "TGA", "PDF", "PCX"])
def test_a_format_that_is_not_on_the_list_is_refused_even_though_pillow_knows_it(format):
    assert "choose one of these kinds" in str(refusal(encoded(photo(), format)))


def test_a_missing_file_and_a_folder_are_refused_by_name_without_the_path(tmp_path):
    for path in (tmp_path / "nowhere.png", tmp_path):
        sentence = str(refusal(path))
        assert path.name in sentence
        assert str(tmp_path.parent) not in sentence


@pytest.mark.parametrize("kind", REAL)
def test_a_picture_that_breaks_off_is_refused(kind):
    data = REAL[kind]
    for share in (0.1, 0.2, 0.3) if kind == "GIF 3" else (0.1, 0.3, 0.5, 0.7):  # a third of it is a whole frame
        refusal(data[: int(share * len(data))])


@pytest.mark.parametrize("brand", HEICS)
def test_a_heic_photo_that_cannot_be_opened_is_refused(brand):
    assert "damaged" in str(refusal(b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1heic" + bytes(200)))


def test_a_heic_photo_that_breaks_off_is_refused():
    for share in (0.1, 0.5, 0.9):
        refusal(heic.QUARTERS[: int(share * len(heic.QUARTERS))])


def test_a_heic_photo_of_more_than_26_million_pixels_is_refused_before_it_is_decoded():
    assert open_picture(heic.PHONE).size == (5712, 4284)
    error = refusal(heic.TOO_MANY)
    assert isinstance(error, TooLarge)
    assert "5888 × 4432" in str(error)
    assert "26 million" in str(error)


def test_too_many_bytes_are_refused_before_they_are_read(tmp_path):
    file = tmp_path / "large.jpg"
    with file.open("wb") as stream:
        stream.truncate(decode.MAX_BYTES + 1)  # a hole, no bytes on the disk
    for source in (file, bytes(decode.MAX_BYTES + 1)):
        error = refusal(source)
        assert isinstance(error, TooLarge)
        assert "30 MB" in str(error)


def test_a_file_of_just_the_permitted_bytes_is_opened():
    data = REAL["PNG"]
    assert open_picture(data + bytes(decode.MAX_BYTES - len(data))).size == (24, 20)


@pytest.mark.parametrize("size", [(100_000, 100_000), (6000, 4001), (2**31 - 1, 1), (24_000_001, 1)])
def test_a_png_that_claims_too_many_pixels_is_refused_by_its_header(size):
    error = refusal(png_header(*size))
    assert isinstance(error, TooLarge)
    assert f"{size[0]} × {size[1]}" in str(error) or "too much memory" in str(error)


@pytest.mark.parametrize("kind", ["VP8L", "VP8 ", "VP8X"])
def test_a_small_webp_that_claims_the_largest_size_is_refused_before_it_is_decoded(kind, monkeypatch):
    opened = []
    monkeypatch.setattr(decode.Image, "open", lambda *arguments, **options: opened.append(arguments))
    error = refusal(webp_claiming(16383, 16383, kind))
    assert isinstance(error, TooLarge)
    assert "16383 × 16383" in str(error)
    assert not opened


def test_the_same_small_webp_with_its_own_size_is_opened():
    for kind in ("VP8L", "VP8 ", "VP8X"):
        assert open_picture(webp_claiming(48, 40, kind)).size == (48, 40)


def test_a_jpeg_that_claims_more_than_its_own_limit_is_refused():
    error = refusal(jpeg_claiming(65500, 65500))
    assert isinstance(error, TooLarge)
    assert "250 million" in str(error)


def test_a_jpeg_of_more_than_500_scans_is_refused():
    assert "slow to open" in str(refusal(jpeg_of_many_scans()))


def test_a_float_picture_without_any_number_is_refused():
    assert "no numbers" in str(refusal(encoded(Image.new("F", (3, 3), float("nan")), "TIFF")))


def test_pillows_warning_of_a_decompression_bomb_is_a_refusal(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)  # Pillow warns above it
    assert isinstance(refusal(REAL["PNG"]), TooLarge)


def opens_or_is_refused(data: bytes) -> None:
    try:
        opened = open_picture(data)
    except BadImage as error:
        assert str(error).endswith(".")
    else:
        assert opened.mode == "RGB"
        assert len(opened.tobytes()) == 3 * opened.width * opened.height


@settings(max_examples=200)
@given(
    some.binary(max_size=200),
    some.sampled_from([b"", *(data[:12] for data in REAL.values()), *(data[:40] for data in REAL.values())]),
)
def test_random_bytes_give_a_picture_or_a_refusal_and_nothing_else(tail, head):
    opens_or_is_refused(head + tail)


@pytest.mark.parametrize("kind", REAL)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(some.data())
def test_a_corrupted_file_gives_a_picture_or_a_refusal_and_nothing_else(kind, data):
    content = bytearray(REAL[kind])
    edits = some.tuples(some.integers(0, len(content) - 1) | some.integers(0, 60), some.binary(min_size=1, max_size=4))
    for place, patch in data.draw(some.lists(edits, min_size=1, max_size=6)):
        content[place : place + len(patch)] = patch
    opens_or_is_refused(bytes(content[: data.draw(some.integers(1, len(content)))] if data.draw(some.booleans()) else content))


def test_the_refused_file_can_be_removed_at_once(tmp_path):
    file = tmp_path / "broken.png"
    file.write_bytes(REAL["PNG"][:100])
    refusal(Path(file))
    refusal(io.BytesIO(b"not even a path").getvalue())
    file.unlink()
    assert not file.exists()
