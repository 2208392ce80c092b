"""Moving files, all of them or none. Knows paths; no marks, no labels, no database. Standard library only.

Nothing is ever overwritten, not even what appears in the meantime: a file gets its new name by a hard link, which fails
where the name is taken, and only then loses the old one. Every move can be run again, so what a kill left half done is
finished, or taken back, by the same functions.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from model.core import one_line

RESERVED = b"Reserved by Voilens for a picture that is being moved here.\n"
NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}  # or not of files of other owners
NO_SYNC = {errno.ENOENT, errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EROFS}  # no such folder, or none that can be synced


@dataclass(frozen=True)
class Move:
    """One file, where it is to go, and its inode, by which it is known again wherever a kill left it."""

    source: Path
    target: Path
    inode: int

    def back(self) -> Move:
        return Move(self.target, self.source, self.inode)


def carry_out(moves: Sequence[Move], report: Callable[[int], None] = lambda done: None) -> None:
    """Bring every file to its target, and do not return before the disk has it. Raises OSError at the first that fails.

    Folders are made where missing. `report` is told how many are done.
    """
    for done, move in enumerate(moves, start=1):
        _settle(move)
        report(done)
    _sync({folder for move in moves for folder in (move.source.parent, move.target.parent)})


def take_back(moves: Sequence[Move]) -> None:
    """Bring every file back to its source, as far as it was moved. Raises the first OSError, after all were tried."""
    failed: OSError | None = None
    for move in reversed(moves):
        try:
            _settle(move.back())
        except FileNotFoundError:  # somebody took it away: there is nothing to bring back
            pass
        except OSError as error:
            failed = failed or error
    if failed:
        raise failed
    _sync({folder for move in moves for folder in (move.source.parent, move.target.parent)})


def missing_folders(targets: Iterable[Path]) -> list[Path]:
    """The folders that must be made for files to get there, outer ones first."""
    missing: set[Path] = set()
    for folder in {target.parent for target in targets}:
        while folder not in missing and not os.path.lexists(folder):
            missing.add(folder)
            folder = folder.parent
    return sorted(missing)


def remove_empty(folders: Sequence[Path]) -> None:
    """Remove those of these folders that are empty, inner ones first."""
    for folder in sorted(folders, reverse=True):
        with suppress(OSError):
            folder.rmdir()


def reason(error: OSError) -> str:
    """Why a move failed, and what to do, as one sentence."""
    what = one_line(os.fsdecode(error.filename2 or error.filename or "a picture"))
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full at {what}: make room, then try again."
    if error.errno == errno.EROFS:
        return f"The disk is read-only at {what}: make it writable, or copy the folder."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"There is no permission to move {what}: make it and its folder writable for you."
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return f"Something lies in the way at {what}: move it away, then try again."
    if error.errno == errno.ENOENT:
        return f"Somebody else moved or removed {what} meanwhile: put it back, or clear its mark."
    if error.errno == errno.ENAMETOOLONG:
        return f"The name {what} is too long: shorten it, or the name of the class."
    if error.errno == errno.EXDEV:
        return f"{what} lies on another disk: only a folder on one disk can be changed."
    return f"Cannot move {what} ({error.strerror or error}): try again."


def _settle(move: Move) -> None:
    """Let the file lie at the target and not at the source, whatever of that is done already."""
    here, there = _look(move.source), _look(move.target)
    if here and there and os.path.samestat(here, there):  # killed between link and unlink
        return os.unlink(move.source)
    if there and there.st_ino == move.inode:  # moved already; what is at the source is somebody else's
        return _unreserve(move.source)
    if here is None and there is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(move.source))
    if here:
        if there:
            _unreserve(move.target)
        _make(move.target.parent)
        _rename(move.source, move.target)


def _look(path: Path) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _rename(source: Path, target: Path) -> None:
    """Rename, unless the target exists: then FileExistsError."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        _rename_over_reservation(source, target)
    else:
        os.unlink(source)


def _rename_over_reservation(source: Path, target: Path) -> None:
    """The same where there are no links: a file of our own takes the name first, and is then renamed over."""
    with target.open("xb") as stream:
        stream.write(RESERVED)
    try:
        os.rename(source, target)
    except OSError:
        _unreserve(target)
        raise


def _unreserve(path: Path) -> None:
    with suppress(OSError):
        if path.stat().st_size == len(RESERVED) and path.read_bytes() == RESERVED:
            path.unlink()


def _make(folder: Path) -> None:
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync([folder.parent])


def _sync(folders: Iterable[Path]) -> None:
    """Have the disk keep the names in these folders."""
    for folder in folders:
        try:
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            if error.errno not in NO_SYNC:
                raise
