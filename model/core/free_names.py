"""Names that nothing has yet: the wanted one, or with -2, -3 ... Knows names and paths. Standard library only."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath


def free_name(root: Path | None, file: str, taken: set[str]) -> str:
    """`file` itself, or with -2, -3 ... where that is in the folder `root` or among `taken`, to which the name is added.

    Names that differ by case alone count as the same, because on some file systems they are. Without a `root` there is no
    folder to look into: names in an archive.
    """
    name = next(
        name
        for name in _numbered(file)
        if name.casefold() not in taken and not (root is not None and os.path.lexists(root / name))
    )
    taken.add(name.casefold())
    return name


def unique_path(path: Path, create: Callable[[Path], object]) -> Path:
    """Create a file or a folder at `path`, or with -2, -3 ... where that is taken; give where it is.

    `create` raises FileExistsError where its path is taken, as `Path.mkdir` and `open("x")` do, so that two processes
    never get the same one. Its other errors pass through.
    """
    for name in _numbered(path.name):
        place = path.with_name(name)
        try:
            create(place)
        except FileExistsError:
            continue
        return place
    raise AssertionError("the numbers never end")


def _numbered(file: str) -> Iterator[str]:
    """cat.jpg, cat-2.jpg, cat-3.jpg ..."""
    yield file
    path = PurePosixPath(file)
    for number in itertools.count(2):
        yield str(path.with_name(f"{path.stem}-{number}{path.suffix}"))
