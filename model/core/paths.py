"""Where things are: the project, a cache that may be thrown away, a runtime folder for sockets, a path as a person writes it.

Standard library only.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from model.errors import AppError

PROJECT = Path(__file__).resolve().parents[2]  # the folder of the project
INDEX_FOLDER = ".voilens"  # what is kept of a folder of pictures, in that folder, so that it moves with them


def cache_folder(*parts: str) -> Path:
    """A folder of the cache, made when missing (`VOILENS_CACHE`, else `XDG_CACHE_HOME/voilens`, else `~/.cache/voilens`)."""
    named = os.environ.get("VOILENS_CACHE")
    root = Path(named) if named else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "voilens"
    return _private(root).joinpath(*parts)


def runtime_folder() -> Path:
    """The folder of sockets, locks and logs, readable by this user alone; short, because a socket's path has some 100 bytes."""
    named = os.environ.get("VOILENS_RUNTIME")
    if named:
        return _private(Path(named))
    base = os.environ.get("XDG_RUNTIME_DIR")
    if base and os.access(base, os.W_OK):
        return _private(Path(base) / "voilens")
    return _private(Path(tempfile.gettempdir()) / f"voilens-{os.getuid()}")


def absolute(path: str | Path) -> Path:
    """A path as a person writes it, `~` and all, as one that holds in every folder; links are not followed."""
    return Path(os.path.expanduser(path)).absolute()


def _private(folder: Path) -> Path:
    """Make `folder` for this user alone; refuse one that belongs to somebody else (it could be a trap in /tmp)."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise AppError(f"Cannot use the folder {folder} ({error.strerror}): make it writable.") from error
    if folder.is_symlink() or found.st_uid != os.getuid():
        raise AppError(f"The folder {folder} belongs to another user: remove it, or set VOILENS_RUNTIME and VOILENS_CACHE.")
    if found.st_mode & 0o077:
        folder.chmod(0o700)
    return folder
