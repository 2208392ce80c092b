"""A folder at an address that fsspec knows (s3://, gs://, https:// ...), copied into the folder where a command runs.

What comes from an address is a stranger's: no name in it leads out of the copy, and pictures and tables alone are taken. Marks,
scores and the trash lie in the copy; the address is read, never written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from model.core import put_in_place, write_atomically
from model.data.names import is_called_picture, name_inside
from model.data.suggestions import CSV_SUFFIXES
from model.errors import BadData
from model.jobs import Report, Stopping

NOTE = ".voilens-address"  # in the copy: of which address it is, and what of it was copied
PART = ".part"  # at the end of the name of a file that is on its way
AS_ONE_LIKES = "copy it here yourself, and give the folder"


def is_address(data: str) -> bool:
    """Whether this names a folder elsewhere, not one of this machine."""
    return "://" in data


def copy_folder(address: str, report: Report = lambda event: None, stopping: Stopping = lambda: False) -> Path:
    """Copy the pictures and tables at an address; give the copy, a folder that is called as the last part of the address.

    A copy that is there is brought up to date: what is new or another file there is copied, what was moved or deleted here
    stays so. Events: {"event": "opening", "done", "total"}. What was copied before a stop, which raises KeyboardInterrupt, or
    before an error, is not copied again. Raises BadData.
    """
    folder = Path.cwd() / (os.path.basename(urlsplit(address).path.rstrip("/")) or urlsplit(address).netloc or "pictures")
    copied = _copied_before(folder, address)
    files, found = _found(address)
    news = {name: file for name, file in found.items() if copied.get(name) != _identity(file)}
    folder.mkdir(exist_ok=True)
    try:
        for done, (name, file) in enumerate(news.items(), start=1):
            if stopping():
                raise KeyboardInterrupt
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            part = place.with_name(f".{place.name}{PART}")
            files.get_file(file["name"], str(part))
            put_in_place(part, place)
            copied[name] = _identity(file)
            report({"event": "opening", "done": done, "total": len(news)})
    except Exception as error:  # each kind of place has its own
        raise BadData(
            f"{address} could not be copied to its end ({error}): run this again, it goes on where it stopped."
        ) from error
    finally:
        write_atomically(folder / NOTE, json.dumps({"address": address, "copied": copied}))
    return folder


def _copied_before(folder: Path, address: str) -> dict[str, str]:
    """What of the address is in its copy, by name. Raises BadData where another folder is in the copy's place."""
    if not os.path.lexists(folder):
        return {}
    try:
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        if note["address"] == address:
            return dict(note["copied"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise BadData(
        f"{address} would be copied to {folder}, which is there already: give that folder, rename it, or go elsewhere."
    )


def _found(address: str) -> tuple[Any, dict[str, Mapping[str, Any]]]:
    """The file system of an address, and the pictures and tables below it by their names in the copy. Raises BadData."""
    try:
        import fsspec

        files, root = fsspec.core.url_to_fs(address)
        below = files.find(root, detail=True)
    except ImportError as error:  # of the package that knows such addresses
        raise BadData(f"{address} cannot be read here ({error}). Install that, or {AS_ONE_LIKES}.") from error
    except Exception as error:
        raise BadData(f"{address} cannot be read ({error}): look whether it is right, or {AS_ONE_LIKES}.") from error
    found: dict[str, Mapping[str, Any]] = {}
    for path, file in below.items():
        name = name_inside(path.removeprefix(root).lstrip("/"))
        if name and (is_called_picture(name) or os.path.splitext(name)[1].lower() in CSV_SUFFIXES):
            found[name] = file
    if not any(map(is_called_picture, found)):
        raise BadData(
            f"There are no pictures at {address}: give the address of a folder with one folder of pictures per class."
        )
    return files, found


def _identity(file: Mapping[str, Any]) -> str:
    """What changes when a file does, as far as its place tells."""
    told = {key: file[key] for key in ("size", "ETag", "etag", "md5Hash", "mtime", "LastModified", "created") if file.get(key)}
    return json.dumps(told, default=str, sort_keys=True)
