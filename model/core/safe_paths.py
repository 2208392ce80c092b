"""Names that come from outside, as places below a folder: never through a link, never beside it. Knows no picture."""

import os
import stat
from pathlib import Path, PurePosixPath


def find_inside(root: Path, file: str) -> os.stat_result | None:
    """The regular file of that name, reached through real folders; None where there is a link, another thing or nothing.

    Names that are not UTF-8 are none either, because the index cannot hold them.
    """
    if not file or str(PurePosixPath(file)) != file or not stays_inside(file):
        return None
    try:
        found = os.lstat(root / file)
    except (OSError, ValueError):  # a name with a null is no name
        return None
    return found if is_utf8(file) and stat.S_ISREG(found.st_mode) and leads_inside(root, os.path.dirname(file)) else None


def stays_inside(file: str) -> bool:
    """Whether a relative path, by its words alone, leads nowhere beside or above the folder that it starts from."""
    return not PurePosixPath(file).is_absolute() and ".." not in file.split("/")


def leads_inside(root: Path, folder: str) -> bool:
    """Whether each part of a path is a folder and no link, or is not there yet."""
    path = str(root)
    for part in folder.split("/") if folder else ():
        path = os.path.join(path, part)
        try:
            if not stat.S_ISDIR(os.lstat(path).st_mode):
                return False
        except OSError:
            return True
    return True


def is_plain_file(path: Path) -> bool:
    """Whether that is a regular file, and no link to one."""
    return path.is_file() and not path.is_symlink()


def is_free(root: Path, file: str) -> bool:
    """Whether a file can be put there: nothing has the name, and no link leads there."""
    return leads_inside(root, os.path.dirname(file)) and not os.path.lexists(root / file)


def is_utf8(name: str) -> bool:
    """Whether a name is text that can be written as UTF-8, and not empty."""
    try:
        return bool(name.encode())
    except UnicodeEncodeError:
        return False
