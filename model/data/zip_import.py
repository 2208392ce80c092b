"""A zip of pictures, opened into a folder beside it: all of it or nothing, within limits. Standard library only.

A zip comes from strangers: no name in it leads out of the folder, links and what is no picture or table stay inside, and
what is really written is counted, whatever the zip says of itself.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from model.core import free_name, put_in_place, write_atomically
from model.data.file_kinds import is_zip_of_pictures, no_folder
from model.data.names import is_ignored, name_inside
from model.data.suggestions import CSV_SUFFIXES, suggest
from model.errors import BadData
from model.images import looks_like_picture
from model.jobs import Report, Stopping

MOST_FILES = 500_000
MOST_BYTES = 50 << 30  # unpacked, in all
MOST_RATIO = 100  # times what the zip has: pictures hardly shrink, bombs do
RATIO_FROM = 50 << 20  # bytes unpacked, from which the ratio counts
SPARE = 200 << 20  # bytes that stay free on the disk
BLOCK = 1 << 20
NOTE = ".voilens-zip"  # in the folder: which zip it was made of
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError)


def opened_folder(archive: Path) -> Path | None:
    """The folder that this zip was opened into earlier, None where it was not, or is another zip now."""
    folder = _place(archive)
    try:
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        return folder / note["inside"] if note["zip"] == _identity(archive) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def open_zip(archive: Path, report: Report = lambda event: None, stopping: Stopping = lambda: False) -> Path:
    """Open a zip of pictures into a folder beside it that is called like it; give the folder in it that holds the classes.

    One that was opened before is not opened again. Events: {"event": "opening", "done", "total"}. A stop leaves nothing and
    raises KeyboardInterrupt. Raises BadData, with nothing left behind.
    """
    if not is_zip_of_pictures(archive):
        raise no_folder(archive)
    if before := opened_folder(archive):
        return before
    folder = _place(archive)
    if os.path.lexists(folder):
        raise BadData(f"{archive} would be opened into {folder}, which is there already: give that folder, or rename it.")
    try:
        with zipfile.ZipFile(archive) as source:
            _check(source, archive)
            with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".voilens-") as scratch:
                draft = Path(scratch, "opened")
                draft.mkdir()
                if not _unpack(source, archive, draft, report, stopping):
                    raise BadData(f"{archive} holds no pictures: give a zip with one folder of pictures per class.")
                inside = _meant(draft).relative_to(draft).as_posix()
                write_atomically(draft / NOTE, json.dumps({"zip": _identity(archive), "inside": inside}))
                put_in_place(draft, folder)
    except BROKEN as error:
        raise BadData(f"{archive} is damaged ({error}): download or copy it again.") from error
    except OSError as error:
        raise BadData(
            f"{archive} cannot be opened beside itself ({error.strerror or error}): unpack it where there is room and "
            "permission, and give that folder."
        ) from error
    return folder / inside


def _place(archive: Path) -> Path:
    """Where a zip is opened: beside it, under its name."""
    name = archive.stem if archive.suffix else f"{archive.name}-opened"
    return archive.absolute().with_name(name)


def _identity(archive: Path) -> list[int]:
    """What changes when a zip does."""
    found = archive.stat()
    return [found.st_size, found.st_mtime_ns]


def _check(source: zipfile.ZipFile, archive: Path) -> None:
    """Refuse what is too much, or locked, by what the zip says of itself. Raises BadData."""
    entries = source.infolist()
    if len(entries) > MOST_FILES:
        raise BadData(f"{archive} holds {len(entries):,} files, more than {MOST_FILES:,}: unpack it yourself, if you trust it.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise BadData(f"{archive} is locked with a password: unpack it yourself, and give the folder.")
    _check_bytes(sum(entry.file_size for entry in entries), archive)
    free = shutil.disk_usage(archive.absolute().parent).free
    if sum(entry.file_size for entry in entries) > free - SPARE:
        raise BadData(f"There is too little room beside {archive} to open it: make room, or unpack it on another disk.")


def _check_bytes(count: int, archive: Path) -> None:
    """Refuse more bytes than a zip of pictures of this size can hold. Raises BadData."""
    if count > MOST_BYTES or (count > RATIO_FROM and count > MOST_RATIO * archive.stat().st_size):
        raise BadData(
            f"{archive} would become {count / 1e9:.1f} GB or more, too much for a zip of pictures of its size: unpack it "
            "yourself, if you trust it, and give the folder."
        )


def _unpack(source: zipfile.ZipFile, archive: Path, folder: Path, report: Report, stopping: Stopping) -> int:
    """Write the pictures and tables of a zip into a folder; give how many pictures. Raises BadData, KeyboardInterrupt."""
    entries = list(_wanted(source))
    taken: set[str] = set()
    written = pictures = 0

    def count(size: int) -> None:
        nonlocal written
        written += size
        _check_bytes(written, archive)

    for done, (entry, name) in enumerate(entries, start=1):
        if stopping():
            raise KeyboardInterrupt
        with source.open(entry) as stream:
            head = stream.read(32)
            is_picture = looks_like_picture(head)
            if is_picture or PurePosixPath(name).suffix.lower() in CSV_SUFFIXES:
                place = folder / free_name(None, name, taken)
                place.parent.mkdir(parents=True, exist_ok=True)
                _copy(head, stream, place, count)
                pictures += is_picture
        report({"event": "opening", "done": done, "total": len(entries)})
    return pictures


def _copy(head: bytes, stream, place: Path, count: Callable[[int], None]) -> None:
    with place.open("xb") as file:
        block = head
        while block:
            count(len(block))
            file.write(block)
            block = stream.read(BLOCK)


def _wanted(source: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """The files of a zip that may be taken, with their names as paths that stay inside a folder."""
    for entry in source.infolist():
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if entry.is_dir() or kind not in (0, stat.S_IFREG):  # a link, a device
            continue
        if name := name_inside(_name(entry)):
            yield entry, name


def _name(entry: zipfile.ZipInfo) -> str:
    """The name of a file in a zip: macOS writes UTF-8 without saying so, Windows the letters of an old code page."""
    name = entry.filename
    if not entry.flag_bits & 0x800 and not name.isascii():
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:  # then it is what zipfile took it for
            pass
    return unicodedata.normalize("NFC", name)


def _meant(folder: Path) -> Path:
    """The folder in an opened zip that holds the classes: itself, or one that suggests itself, or the only one there is."""
    found = [suggestion for suggestion in suggest(folder) if not suggestion.labels]
    if found and Path(found[0].data).is_relative_to(folder):
        return Path(found[0].data)
    while len(inside := [file for file in folder.iterdir() if not is_ignored(file.name)]) == 1 and inside[0].is_dir():
        deeper = [file for file in inside[0].iterdir() if file.is_dir() or file.suffix.lower() in CSV_SUFFIXES]
        if not deeper:
            break
        folder = inside[0]
    return folder
