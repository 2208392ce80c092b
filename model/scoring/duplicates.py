"""Pictures that show the same: copies of a file, the same pixels in another encoding, and near copies. Knows no labels.

Near copies are a picture saved again at another quality or size, cut a little or made a little brighter, and shots of
one burst. They are found by a perceptual hash: the signs of the lowest frequencies of a small grey version (Zauner 2010,
"Implementation and benchmarking of perceptual image hash functions"), finer than the usual 64 bits, and where features of
a network are given, by these too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image

Kind = Literal["bytes", "pixels", "near"]
KINDS: tuple[Kind, ...] = ("bytes", "pixels", "near")  # from the closest to the loosest
SIDE, FREQUENCIES = 32, 16  # of the grey version in pixels; of the frequencies kept, each way
SMALLEST = 32  # pixels of the shorter side: in less, likeness says little (all threes of 8 × 8 pixels are alike)
FLAT = 4.0  # standard deviation of the grey version (0 to 255) under which only noise would be compared
CLOSE, FAR = 44, 64  # differing bits of 256: near copies unless the features contradict, and at most
ALIKE = 0.95  # cosine of the features that two pictures between CLOSE and FAR need
UNLIKE = 0.65  # cosine of the features under which two pictures are no copies, whatever the hash says
CHUNK = 16  # bits in which two hashes must agree except for one, so that they are compared at all
BLOCK = 1 << 21  # pairs held at a time

FIRST = [(row, column) for row in range(8) for column in range(8)]
ORDER = FIRST + [(r, c) for r in range(FREQUENCIES) for c in range(FREQUENCIES) if (r, c) not in set(FIRST)]
COARSE_FIRST = tuple(np.array(ORDER).T)  # the 64 bits of the common hash, then what is finer


@dataclass(frozen=True)
class Fingerprint:
    """What is kept of a picture to know it again: SHA-256 of size and pixels; 32 bytes of perceptual hash.

    `phash` has the 64 coarsest bits first, and is empty for a picture too small or too flat for it to say anything.
    """

    pixels: bytes
    phash: bytes


@dataclass(frozen=True)
class Group:
    """Files that show the same; `kind` is the loosest link that holds them together."""

    kind: Kind
    files: tuple[str, ...]


def fingerprint(picture: Image.Image) -> Fingerprint:
    """The fingerprint of an upright RGB picture, as `open_picture` gives it."""
    digest = hashlib.sha256(f"{picture.width} {picture.height}\n".encode())
    digest.update(picture.tobytes())
    return Fingerprint(digest.digest(), _phash(picture))


def groups(
    files: Sequence[str],
    checksums: Sequence[str],
    fingerprints: Sequence[Fingerprint | None],
    features: np.ndarray | None = None,
) -> list[Group]:
    """All groups of two or more files, in the order of their first files; no file is in two.

    `checksums` are of the files' bytes; a fingerprint is None for a picture that cannot be opened; `features` is
    files × width, of any length (zeros where there are none). A few seconds for 100,000 files.
    """
    found = {
        "bytes": _same(checksums),
        "pixels": _same([each.pixels if each else None for each in fingerprints]),
        "near": _near(fingerprints, features),
    }
    kind_of: dict[tuple[int, ...], Kind] = {}
    links = np.empty((0, 2), dtype=np.int64)
    for kind in KINDS:
        links = np.concatenate([links, found[kind]])
        together = _connected(links, len(files))
        for members in together:
            kind_of.setdefault(members, kind)
    return [Group(kind_of[members], tuple(files[place] for place in members)) for members in sorted(together)]


def distance(first: Fingerprint, second: Fingerprint) -> int:
    """How many of the 256 bits of their perceptual hashes differ."""
    return (int.from_bytes(first.phash, "big") ^ int.from_bytes(second.phash, "big")).bit_count()


def _phash(picture: Image.Image) -> bytes:
    from scipy.fft import dctn  # scipy only where it is needed: a folder that did not change is answered without

    if min(picture.size) < SMALLEST:
        return b""
    small = picture.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
    grey = np.asarray(small, dtype=np.float32)
    if grey.std() < FLAT:
        return b""
    waves = dctn(grey)[COARSE_FIRST]
    return np.packbits(waves > np.median(waves)).tobytes()


def _same(keys: Sequence[str | bytes | None]) -> np.ndarray:
    """Links (links × 2) between places that hold the same key."""
    first: dict[str | bytes, int] = {}
    links = [(first.setdefault(key, place), place) for place, key in enumerate(keys) if key]
    return np.array([link for link in links if link[0] != link[1]], dtype=np.int64).reshape(-1, 2)


def _connected(links: np.ndarray, count: int) -> list[tuple[int, ...]]:
    """The places that links join, as tuples in rising order."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(links), dtype=np.int8), (links[:, 0], links[:, 1])), shape=(count, count))
    _, component = connected_components(graph, directed=False)
    order = np.argsort(component, kind="stable")
    borders = np.flatnonzero(np.diff(component[order])) + 1
    return [tuple(part.tolist()) for part in np.split(order, borders) if len(part) > 1]


def _near(fingerprints: Sequence[Fingerprint | None], features: np.ndarray | None) -> np.ndarray:
    """Links (links × 2) between near copies."""
    first: dict[bytes, int] = {}
    for place, each in enumerate(fingerprints):
        if each and each.phash:
            first.setdefault(each.phash, place)
    places = np.array(list(first.values()), dtype=np.int64)  # one of each hash: a thousand equal ones are no million pairs
    if len(places) < 2:
        return np.empty((0, 2), dtype=np.int64)
    twins = _same([each.phash if each else None for each in fingerprints])
    hashes = np.frombuffer(b"".join(first), dtype=">u8").reshape(len(places), -1).astype(np.uint64)
    links = [twins[_agree(twins, np.zeros(len(twins)), features)]] if len(twins) else []
    for pairs in _candidates(hashes[:, 0]):
        apart = np.bitwise_count(hashes[pairs[:, 0]] ^ hashes[pairs[:, 1]]).sum(axis=1, dtype=np.int64)
        pairs, apart = places[pairs[apart <= FAR]], apart[apart <= FAR]
        links.append(pairs[_agree(pairs, apart, features)])
    return np.concatenate([np.empty((0, 2), dtype=np.int64), *links])


def _agree(pairs: np.ndarray, apart: np.ndarray, features: np.ndarray | None) -> np.ndarray:
    """Which pairs of places, so many bits `apart`, are near copies by their features too."""
    if features is None:
        return apart <= CLOSE
    first, second = (features[pairs[:, side]].astype(np.float32) for side in (0, 1))
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    alike = np.where(lengths > 0, (first * second).sum(axis=1) / np.maximum(lengths, 1e-12), (ALIKE + UNLIKE) / 2)
    return np.where(apart <= CLOSE, alike >= UNLIKE, alike >= ALIKE)


def _candidates(coarse: np.ndarray) -> Iterator[np.ndarray]:
    """Pairs (pairs × 2) of 64-bit hashes that agree in one of four chunks of 16 bits, except for one bit at most.

    So every pair that differs by up to 7 bits is found, and most of those that differ by some more (multi-index
    hashing, Norouzi et al. 2012). Bits are dealt out to the chunks in turn, because neighbouring bits change together.
    """
    bits = np.unpackbits(coarse.astype(">u8").view(np.uint8).reshape(-1, 8), axis=1)
    for chunk in range(64 // CHUNK):
        values = np.packbits(bits[:, chunk :: 64 // CHUNK], axis=1).view(">u2").ravel().astype(np.uint32)
        order = np.argsort(values, kind="stable")
        ranked = values[order]
        for flipped in (0, *(1 << bit for bit in range(CHUNK))):
            wanted = ranked ^ np.uint32(flipped)
            start = np.searchsorted(ranked, wanted, "left")
            start = np.maximum(start, np.arange(len(ranked)) + 1)  # each pair once
            yield from _expanded(order, start, np.maximum(np.searchsorted(ranked, wanted, "right"), start))


def _expanded(order: np.ndarray, start: np.ndarray, end: np.ndarray) -> Iterator[np.ndarray]:
    """The pairs of place n with the places start[n] to end[n] of `order`, in blocks of bounded size."""
    counts = end - start
    ends = np.cumsum(counts)
    for low in range(0, int(ends[-1]), BLOCK):
        numbers = np.arange(low, min(low + BLOCK, int(ends[-1])))
        first = np.searchsorted(ends, numbers, "right")
        second = start[first] + numbers - (ends[first] - counts[first])
        yield np.stack([order[first], order[second]], axis=1)
