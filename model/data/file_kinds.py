"""What a file is that was given in the place of a folder, said in a sentence. Reads the first bytes alone."""

from __future__ import annotations

import shlex
import zipfile
from contextlib import suppress
from pathlib import Path

from model.data.suggestions import CSV_SUFFIXES, refusal
from model.errors import BadData
from model.images import looks_like_picture

PACKED = (  # first bytes, what that is, how it is unpacked
    (b"\x1f\x8b", "an archive packed with gzip", "tar -xzf"),
    (b"BZh", "an archive packed with bzip2", "tar -xjf"),
    (b"\xfd7zXZ\0", "an archive packed with xz", "tar -xJf"),
    (b"\x28\xb5\x2f\xfd", "an archive packed with Zstandard", "tar --zstd -xf"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "7z x"),
    (b"Rar!", "a RAR archive", "unrar x"),
)
OTHERS = (
    (b"PK\x03\x04", "a zip archive that breaks off (download it again)"),
    (b"%PDF", "a PDF"),
    (b"<!DOCTYPE", "a web page (what was to be downloaded was another address)"),
    (b"<html", "a web page (what was to be downloaded was another address)"),
    (b"\x80\x04", "a Python pickle"),
    (b"\x80\x03", "a Python pickle"),
    (b"\x80\x02", "a Python pickle"),
    (b"\x89HDF", "an HDF5 file"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"version https://git-lfs", "a Git LFS pointer in the place of a file (git lfs pull brings it)"),
)
FOLDER = "give the folder that holds one folder of pictures per class"


def is_zip_of_pictures(file: Path) -> bool:
    """Whether a file is a zip archive, and not one of those formats that are zips inside: an export, a document, arrays."""
    return _is_zip(file) and _zip_kind(file) is None


def no_folder(file: Path) -> BadData:
    """The refusal of a file that was given in the place of a folder: what it is, and what to give."""
    kind, remedy = _kind(file)
    return refusal(f"{file} is {kind}, not a folder of pictures", file, remedy)


def _kind(file: Path) -> tuple[str, str]:
    """What a file is, and what to do."""
    remedy = f"{FOLDER}."
    try:
        with file.open("rb") as stream:
            head = stream.read(512)
    except OSError as error:
        return f"a file that cannot be read ({error.strerror})", remedy
    if not head:
        return "an empty file", remedy
    if looks_like_picture(head[:32]):
        return "a single picture", f"{remedy} To classify it: python -m model predict {shlex.quote(str(file))}"
    if _is_zip(file):
        return _zip_kind(file) or "a zip archive", remedy
    for start, kind, unpack in (*PACKED, (head[:1] if head[257:262] == b"ustar" else b"\0none", "a tar archive", "tar -xf")):
        if head.startswith(start):
            return kind, f"unpack it ({unpack} {shlex.quote(str(file))}) and {FOLDER}."
    if file.suffix.lower() in CSV_SUFFIXES:
        return "a table", f"{remedy} A table of labels goes into --labels."
    return next((kind for start, kind in OTHERS if head.startswith(start)), "a file"), remedy


def _is_zip(file: Path) -> bool:
    with suppress(OSError):
        return zipfile.is_zipfile(file)
    return False


def _zip_kind(file: Path) -> str | None:
    """What a zip is that holds no folders of pictures by its very format."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
        return None
    if any(name.rpartition("/")[2] == "data.pkl" for name in names):
        return "a trained model (an export or weights)"
    if "[Content_Types].xml" in names or "mimetype" in names[:1]:
        return "an office document"
    return "NumPy arrays" if names and all(name.endswith(".npy") for name in names) else None
