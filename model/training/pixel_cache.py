"""Pictures cut once and kept as plain pixels, so that an epoch need not decode them again. No torch.

A pack is a file of pixels with an index by content: what has another content is another picture, wherever it lies and
whatever it is called. A pack is written whole or not at all; a new one takes from the earlier ones what it can.
"""

from __future__ import annotations

import json
import mmap
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from model.core import cache_folder, checksum, put_in_place
from model.errors import AppError
from model.images import Cut, cut_all, cut_name, open_picture
from model.types import Item, LeftOut

VERSION = 2  # of the packs: a change here makes every one again
LIMIT = 6 << 30  # bytes that all packs together may take
SPARE = 1 << 30  # bytes of the disk that are left free

Place = tuple[int, int, int]  # where a picture's pixels begin, its width, its height


@dataclass(frozen=True)
class PixelFile:
    """Cut pictures by their content, in one folder; without a folder it is empty."""

    index: dict[str, Place]
    pixels: memoryview

    @classmethod
    def open(cls, folder: Path) -> PixelFile:
        """The pack in `folder`; an empty one when there is none, or when it cannot be read."""
        try:
            index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
            with (folder / "pixels").open("rb") as file:
                return cls(index, memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))
        except (OSError, ValueError):
            return cls({}, memoryview(b""))

    def of(self, content: str) -> memoryview:
        start, width, height = self.index[content]
        return self.pixels[start : start + 3 * width * height]


class CachedPictures:
    """The cut pictures of some items, by number."""

    def __init__(self, items: Sequence[Item], contents: Sequence[str], cut: Cut, pack: PixelFile):
        self.items, self.cut = tuple(items), cut
        self._contents, self._pack = contents, pack

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, number: int) -> Image.Image:
        """One picture: from its pixels, or opened again where there was no room for them. Raises BadImage."""
        content = self._contents[number]
        if content not in self._pack.index:
            return self.cut(open_picture(self.items[number].path))
        _, width, height = self._pack.index[content]
        pixels: Any = self._pack.of(content)  # any buffer will do, which Pillow's types do not say
        return Image.frombuffer("RGB", (width, height), pixels, "raw", "RGB", 0, 1)


@dataclass(frozen=True)
class Shrinking:
    """What `shrink` gives: the pictures, the files that cannot be opened, and a sentence where some found no room."""

    pictures: CachedPictures
    left_out: list[LeftOut]
    note: str


def cache_pictures(items: Sequence[Item], cut: Cut, opened: Callable[[], None]) -> Shrinking:
    """Cut every picture, or find it cut in an earlier pack; `opened` is called once per picture, and may raise to end it."""
    contents: dict[Item, str] = {}
    refused: dict[Item, str] = {}
    for item in items:
        try:
            contents[item] = checksum(item.path)
        except OSError as error:
            refused[item] = f"cannot be read ({error.strerror})"
    try:
        home = cache_folder("shrunk")
        home.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home, prefix="making-") as scratch:
            pack, sentences, room = _pack(home, Path(scratch), contents, cut, opened)
        note = "" if room else "The disk has too little room for all the shrunk pictures: free some, for a quicker training."
    except (AppError, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        note = f"Shrunk pictures cannot be kept ({reason}), so each is opened again in every epoch, which takes longer."
        pack, sentences = PixelFile({}, memoryview(b"")), _unopened(contents, cut, opened)
    refused |= {item: sentences[content] for item, content in contents.items() if content in sentences}
    kept = [item for item in items if item not in refused]
    left_out = [LeftOut(item.path, sentence) for item, sentence in refused.items()]
    return Shrinking(CachedPictures(kept, [contents[item] for item in kept], cut, pack), left_out, note)


def _pack(
    home: Path, scratch: Path, contents: dict[Item, str], cut: Cut, opened: Callable[[], None]
) -> tuple[PixelFile, dict[str, str], bool]:
    """A pack with these contents; the sentences of those that cannot be opened; whether there was room for all."""
    kind = f"{cut_name(cut)}-v{VERSION}"
    earlier = {folder: PixelFile.open(folder) for folder in home.glob(f"{kind}-*")}
    wanted = {content: item.path for item, content in contents.items()}
    best = max(earlier, key=lambda folder: len(wanted.keys() & earlier[folder].index.keys()), default=None)
    known = {content for pack in earlier.values() for content in pack.index}
    fresh = [content for content in wanted if content not in known]
    for _ in range(len(contents) - len(fresh)):
        opened()
    writer = _Writer(scratch, min(LIMIT, shutil.disk_usage(home).free - SPARE))
    sentences: dict[str, str] = {}
    for content, answer in zip(fresh, cut_all([wanted[content] for content in fresh], cut), strict=True):
        if isinstance(answer, str):
            sentences[content] = answer
        else:
            writer.keep(content, *answer)
        opened()
    if best and wanted.keys() - sentences.keys() <= earlier[best].index.keys():
        os.utime(best)
        return earlier[best], sentences, True
    for pack in earlier.values():
        for content in wanted.keys() & pack.index.keys() - writer.index.keys():
            writer.keep(content, *pack.index[content][1:], pack.of(content))
    folder = home / f"{kind}-{scratch.name.removeprefix('making-')}"
    writer.close(folder)
    for other, pack in earlier.items():
        if pack.index.keys() <= writer.index.keys():
            shutil.rmtree(other, ignore_errors=True)
    _trim(home, folder)
    return PixelFile.open(folder), sentences, wanted.keys() - sentences.keys() <= writer.index.keys()


class _Writer:
    """A pack being written, of at most `room` bytes: what comes after that is not kept."""

    def __init__(self, scratch: Path, room: int):
        self.index: dict[str, Place] = {}
        self._folder, self._room = scratch / "pack", room
        self._folder.mkdir()
        self._file = (self._folder / "pixels").open("wb")

    def keep(self, content: str, width: int, height: int, pixels: bytes | memoryview) -> None:
        start = self._file.tell()
        if start + len(pixels) <= self._room:
            self._file.write(pixels)
            self.index[content] = (start, width, height)

    def close(self, folder: Path) -> None:
        """Give the pack its name."""
        self._file.close()
        (self._folder / "index.json").write_text(json.dumps(self.index), encoding="utf-8")
        put_in_place(self._folder, folder)


def _unopened(contents: dict[Item, str], cut: Cut, opened: Callable[[], None]) -> dict[str, str]:
    """Open every picture for nothing but to know which ones cannot be: content -> sentence."""
    sentences = {}
    for content, answer in zip(contents.values(), cut_all([item.path for item in contents], cut), strict=True):
        if isinstance(answer, str):
            sentences[content] = answer
        opened()
    return sentences


def _trim(home: Path, used: Path) -> None:
    """Remove the packs that were used longest ago, until all fit the limit again."""
    total = 0
    with suppress(OSError):
        folders = [folder for folder in home.iterdir() if not folder.name.startswith("making-")]
        for folder in sorted(folders, key=lambda f: (f == used, f.stat().st_mtime), reverse=True):
            total += sum(file.stat().st_size for file in folder.iterdir())
            if total > LIMIT and folder != used:
                shutil.rmtree(folder, ignore_errors=True)
