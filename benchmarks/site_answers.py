"""The answers of the page without a server beside Python's: for TrashNet's validation pictures, for photos as of phones.

Asked as the proof of `publish static` asks: each file whole, as a visitor gives it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageCms

from benchmarks.measure import Figure
from model.artifacts import make_safe_model
from model.classifier import Classifier
from model.core import checksum, evenly
from model.publishing import check_answers, look, write_site
from model.types import Prediction

Picture = tuple[str, bytes]  # name and content

LARGE, TURNED = (4032, 3024), 6  # pixels of a phone's photo; EXIF's word for one that lies on its side
PHOTOS = 12
PYTHON, MAY_BE = "`python -m model predict`", "what it may be"


def figures(scratch: Path, export: Path, published: Path, pictures: Sequence[Path]) -> list[Figure]:
    """How many get Python's class, and by how much a share differs: as published, and with the network in full precision."""
    whole = scratch / "in-full-precision"
    write_site(make_safe_model(export, checksum(export)), {}, whole, published / "runtime")
    classifier = Classifier.load(export)
    small = [(file.name, file.read_bytes()) for file in pictures]
    large = [_as_from_a_phone(file, place) for place, file in enumerate(evenly(pictures, PHOTOS))]
    phones = "photos of 12 megapixels, turned by EXIF or with a colour profile"
    return [
        *_compared(classifier, published, small, "TrashNet's pictures in Chromium, as published", 0.99, 0.03),
        *_compared(classifier, whole, small, "TrashNet's pictures in Chromium, full precision", 1.0, 0.005),
        *_compared(classifier, published, large, f"{phones}, as published", 0.99, 0.03),
        *_compared(classifier, whole, large, f"{phones}, full precision", 1.0, 0.005),
    ]


def _compared(
    classifier: Classifier, site: Path, pictures: Sequence[Picture], name: str, same_class: float, largest: float
) -> list[Figure]:
    answers = classifier.classify([content for _, content in pictures])
    expected = [answer for answer in answers if isinstance(answer, Prediction)]
    assert len(expected) == len(pictures), "all of them can be opened"
    found = check_answers(look(site, pictures), expected).figures
    same, differs = found["same_class"], 100 * found["largest_difference"]
    return [
        Figure(f"{name}: same class as Python", PYTHON, same, len(pictures), same_class, "", at_least=True),
        Figure(f"{name}: largest difference of a share", MAY_BE, differs, 100 * largest, 1.0, "%"),
    ]


def _as_from_a_phone(file: Path, place: int) -> Picture:
    """The picture at a phone's size: as it is, lying on its side, or with a profile that would change its colours, in turns."""
    with Image.open(file) as small:
        photo = small.convert("RGB").resize(LARGE, Image.Resampling.BICUBIC)
    exif, profile = Image.Exif(), None
    if place % 3 == 1:
        photo, exif[0x0112] = photo.transpose(Image.Transpose.ROTATE_90), TURNED
    if place % 3 == 2:
        profile = _with_red_for_blue()
    held = io.BytesIO()
    photo.save(held, "JPEG", quality=90, exif=exif, icc_profile=profile)
    return f"{place}.jpg", held.getvalue()


def _with_red_for_blue() -> bytes:
    """A colour profile: sRGB's, in which red and blue have changed places, so that whoever goes by it sees another picture."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"....").replace(b"bXYZ", b"rXYZ").replace(b"....", b"bXYZ")
