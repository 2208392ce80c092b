"""A folder that is made beside its place, proved, and only then put there; what lies there and is not ours stays."""

from __future__ import annotations

import errno
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from model.core import put_in_place, stays_inside, write_atomically
from model.errors import BadUsage

UNWRITABLE = {
    errno.EEXIST,
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOSPC,
    errno.EDQUOT,
    errno.ENOTDIR,
    errno.ENAMETOOLONG,
}
LIST = ".voilens-files.json"  # in a folder that was published: which files are ours


@contextmanager
def drafting(out: Path) -> Iterator[Path]:
    """An empty folder on the disk of `out`, gone at the end of the block; `place` puts what it holds there.

    Raises BadUsage where `out` is a file, holds what was not published there, or cannot be written.
    """
    if out.exists() and not out.is_dir():
        raise BadUsage(f"{out} is a file: name a folder for what is published (--out).")
    if out.is_dir() and any(out.iterdir()) and not (out / LIST).is_file():
        raise BadUsage(f"{out} holds other things: name a folder that is empty or does not exist yet (--out).")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".publishing-") as scratch:
            draft = Path(scratch, out.name)
            draft.mkdir()
            if out.is_dir():
                _check_writable(out)
            yield draft
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        raise BadUsage(
            f"Cannot write to {out} ({error.strerror or error}): see that there is room, or name a folder that can be "
            "written (--out)."
        ) from error


def place(draft: Path, out: Path) -> None:
    """Put a finished draft in its place.

    Where an earlier one is, its files are replaced, each in one step, those at the top last; those that are no longer of it go.
    """
    files = files_of(draft)
    (draft / LIST).write_text(json.dumps(files), encoding="utf-8")
    if not out.is_dir() or not any(out.iterdir()):
        if out.is_dir():
            out.rmdir()
        put_in_place(draft, out)
        return
    before = json.loads((out / LIST).read_text(encoding="utf-8"))
    write_atomically(out / LIST, json.dumps(sorted({*before, *files})))  # so that a crash leaves nothing that is nobody's
    for file in sorted(files, key=lambda file: -file.count("/")):
        (out / file).parent.mkdir(parents=True, exist_ok=True)
        put_in_place(draft / file, out / file)
    for file in set(before) - set(files):
        if isinstance(file, str) and stays_inside(file):
            (out / file).unlink(missing_ok=True)
    put_in_place(draft / LIST, out / LIST)
    for folder in sorted((each for each in out.rglob("*") if each.is_dir()), reverse=True):
        if not any(folder.iterdir()) and ".git" not in folder.relative_to(out).parts:
            shutil.rmtree(folder)


def files_of(folder: Path) -> list[str]:
    """The files below a folder, by their paths from there."""
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def _check_writable(folder: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=folder):
        pass
