"""Copies of generated pictures: what must be found, what must not, and at what cost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image, ImageEnhance
from samples import encoded, photo

from model.images.decode import open_picture
from model.scoring import duplicates
from model.scoring.duplicates import Fingerprint, Group

CHANGES = {
    "saved again at quality 60": lambda picture: open_picture(encoded(picture, "JPEG", quality=60)),
    "half as wide": lambda picture: picture.resize((picture.width // 2, picture.height // 2)),
    "cut by 3 %": lambda p: p.crop((p.width // 66, p.height // 66, p.width - p.width // 66, p.height - p.height // 66)),
    "a little brighter": lambda picture: ImageEnhance.Brightness(picture).enhance(1.1),
}


def scene(seed: int) -> Image.Image:
    """A smooth picture of 240 × 180 pixels with shapes of several sizes."""
    return Image.blend(photo(240, 180, seed=seed), photo(40, 32, seed=seed + 5000).resize((240, 180)), 0.7)


def kinds(pictures: list[Image.Image], checksums: list[str] | None = None, features=None) -> list[tuple[str, list[int]]]:
    """The groups of pictures, by their places."""
    names = [str(place) for place in range(len(pictures))]
    prints = [duplicates.fingerprint(picture) for picture in pictures]
    found = duplicates.groups(names, checksums or names, prints, features)
    return [(group.kind, [int(name) for name in group.files]) for group in found]


def test_pictures_that_differ_are_no_copies():
    assert kinds([scene(seed) for seed in range(60)]) == []


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_picture_that_was_changed_a_little_is_a_near_copy(change):
    originals = [scene(seed) for seed in range(12)]
    changed = [change(picture) for picture in originals]
    assert kinds(originals + changed) == [("near", [place, place + 12]) for place in range(12)]


def test_the_same_pixels_in_another_encoding_are_called_that():
    picture = scene(1)
    again = open_picture(encoded(picture, "BMP"))
    assert kinds([picture, scene(2), again], ["a", "b", "c"]) == [("pixels", [0, 2])]


def test_the_same_bytes_are_called_that():
    assert kinds([scene(1), scene(2), scene(1)], ["a", "b", "a"]) == [("bytes", [0, 2])]


def test_the_same_pixels_in_another_shape_are_another_picture():
    wide = photo(64, 32)
    tall = Image.frombytes("RGB", (32, 64), wide.tobytes())
    assert duplicates.fingerprint(wide).pixels != duplicates.fingerprint(tall).pixels


def test_a_group_is_called_by_its_loosest_link_and_no_file_is_in_two():
    near = CHANGES["half as wide"](scene(1))
    assert kinds([scene(1), scene(1), scene(1), near, scene(2), scene(2)], ["a", "a", "c", "d", "e", "e"]) == [
        ("near", [0, 1, 2, 3]),
        ("bytes", [4, 5]),
    ]


def test_a_broken_file_is_still_a_copy_by_its_bytes():
    prints = [None, duplicates.fingerprint(scene(1)), None, None]
    assert duplicates.groups(["a", "b", "c", "d"], ["1", "2", "1", "3"], prints) == [Group("bytes", ("a", "c"))]


@pytest.mark.parametrize("count", [0, 1])
def test_no_files_or_one_have_no_copies(count):
    assert kinds([scene(seed) for seed in range(count)]) == []


def test_blank_and_tiny_pictures_are_near_copies_of_nothing():
    blank = [Image.new("RGB", (100, 80), (shade, shade, shade)) for shade in (10, 12, 240)]
    tiny = [photo(8, 8, seed=1), CHANGES["a little brighter"](photo(8, 8, seed=1))]
    assert kinds(blank + tiny) == []
    assert kinds([tiny[0], tiny[0]]) == [("pixels", [0, 1])]


def test_the_features_decide_where_the_hashes_leave_doubt():
    picture, doubtful = _flipped(scene(1), 54)
    for cosine, expected in ((0.99, 1), (0.9, 0)):
        assert len(_groups_of(picture, doubtful, cosine)) == expected
    assert duplicates.groups(["a", "b"], ["1", "2"], [picture, doubtful]) == [], "without features the strict limit holds"


def test_features_of_quite_another_thing_overrule_like_hashes():
    picture, like = _flipped(scene(1), 20)
    assert len(_groups_of(picture, like, 0.8)) == 1
    assert len(_groups_of(picture, like, 0.3)) == 0


def _flipped(picture: Image.Image, bits: int) -> tuple[Fingerprint, Fingerprint]:
    """A fingerprint, and one whose finer bits differ in so many places."""
    first = duplicates.fingerprint(picture)
    changed = bytearray(first.phash)
    for bit in range(bits):
        changed[8 + bit // 8] ^= 1 << bit % 8
    other = Fingerprint(b"other", bytes(changed))
    assert duplicates.distance(first, other) == bits
    return first, other


def _groups_of(first: Fingerprint, second: Fingerprint, cosine: float) -> list[Group]:
    features = 7 * np.array([[1, 0], [cosine, (1 - cosine**2) ** 0.5]])
    return duplicates.groups(["a", "b"], ["1", "2"], [first, second], features)


@settings(max_examples=25)
@given(some.integers(0, 2**32), some.integers(2, 60))
def test_every_pair_within_seven_coarse_bits_is_found_as_comparing_all_with_all_finds_it(seed, count):
    random = np.random.default_rng(seed)
    base = random.integers(0, 2**63, 4, dtype=np.uint64)
    hashes = np.array([random.choice(base) for _ in range(count)], dtype=np.uint64)
    for _ in range(random.integers(0, 8)):
        hashes ^= np.uint64(1) << random.integers(0, 64, count).astype(np.uint64)
    hashes = np.unique(hashes)
    found = {tuple(sorted(pair)) for pairs in duplicates._candidates(hashes) for pair in pairs.tolist()}
    plain = [int(value) for value in hashes]
    near = {(i, j) for j in range(len(plain)) for i in range(j) if (plain[i] ^ plain[j]).bit_count() <= 7}
    assert near <= found
    assert all(first != second for first, second in found)


def test_of_a_hundred_thousand_pictures_each_is_compared_with_few_others(monkeypatch):
    random = np.random.default_rng(1)
    rows = random.integers(0, 256, (100_000, 32), dtype=np.uint8)
    rows[50_000:50_010] = rows[:10]
    rows[50_000:50_010, 20] ^= 3
    rows[60_000:70_000] = rows[60_000]  # ten thousand alike are no fifty million pairs
    prints = [Fingerprint(place.to_bytes(4, "big"), row.tobytes()) for place, row in enumerate(rows)]
    names = [str(place) for place in range(len(rows))]
    compared, real = [], duplicates._candidates
    monkeypatch.setattr(duplicates, "_candidates", lambda hashes: (compared.append(len(p)) or p for p in real(hashes)))
    found = duplicates.groups(names, names, prints)
    assert 10 < sum(compared) < 100 * len(rows)  # of five thousand million pairs
    assert [len(group.files) for group in found] == [2] * 10 + [10_000]
