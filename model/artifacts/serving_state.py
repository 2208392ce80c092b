"""Which model serves: the one line in `serving` among the runs, and what served before. Knows files, no network.

The line names an export, by its path from the folder of runs where it lies in there; `export.pkl`, or no line at all, is the
shipped one. `served-before` has such lines too, the latest last. Both are written whole, under one lock, so that neither a
crash nor two processes at once lose a model; what serves is never copied, moved or written over. Standard library only.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from model.artifacts import model_card, moving_over, registry
from model.core import absolute, checksum, locked, write_atomically
from model.errors import BadModel

STATE, BEFORE, LOCK = "serving", "served-before", ".serving.lock"
MOST = 20  # of those that served before are known


def serving() -> Path:
    """The export that serves where nobody names another: the one that was made to, else the shipped one.

    A checkout whose shipped export was replaced by an earlier version is set right first.
    """
    _move_over()
    for export in _exports(STATE):
        if export.is_file():
            return export
    return registry.shipped_place()


def of_pages() -> Path:
    """The export that pages begin with: the one that VOILENS_MODEL names, else the one that serves."""
    named = os.environ.get("VOILENS_MODEL")
    return absolute(os.path.expanduser(named)) if named else serving()


def serve(export: Path) -> None:
    """Make `export` the one that serves. Raises BadModel when it is not what its card says, or that cannot be written down."""
    export = absolute(export)
    card = model_card.read(export) if export.is_file() else None
    if card is None:
        raise BadModel(f"There is no export with its card at {export}: train again.")
    if checksum(export) != card.sha256:
        raise BadModel(f"{export} is not the file that its card describes: train again.")
    _move_over()
    with _changing():
        _write(export)


def previous() -> Path | None:
    """The export that served before the one that does now, which `serve` brings back; None where there was no other."""
    now = serving()
    for export in (*reversed(_exports(BEFORE)), registry.shipped_place()):
        if export != now and export.is_file():
            return export
    return None


def is_serving(export: Path) -> bool:
    """Whether it is this export that serves."""
    return absolute(export) == serving()


def _move_over() -> None:
    """Make the model that an earlier version put in the place of the shipped one serve from among the runs.

    Where nothing can be written, all stays as it is: then that model is served from the place in which it lies.
    """
    if moving_over.is_due():
        with contextlib.suppress(BadModel), _changing():
            if moving_over.is_due():  # not by another process meanwhile
                moving_over.move_over(_write)


def _write(export: Path, *before: Path) -> None:
    """Let `export` serve; `before` are exports that served earlier still than the one that does now."""
    now = _exports(STATE)[:1] or ([] if before else [registry.shipped_place()])
    if now != [export]:
        others = [other for other in (*before, *_exports(BEFORE), *now) if other != export]
        latest = list(dict.fromkeys(reversed(others)))[:MOST]
        write_atomically(registry.runs_folder() / BEFORE, b"".join(map(_line, reversed(latest))), durable=True)
    write_atomically(registry.runs_folder() / STATE, _line(export), durable=True)


def _exports(name: str) -> list[Path]:
    """The exports that a file of the state names; none where it is not there."""
    with contextlib.suppress(OSError):
        lines = (registry.runs_folder() / name).read_bytes().split(b"\n")
        return [_export(os.fsdecode(line)) for line in lines if line.strip()]
    return []


def _export(line: str) -> Path:
    return registry.shipped_place() if line == registry.EXPORT else registry.runs_folder() / line


def _line(export: Path) -> bytes:
    if export == registry.shipped_place():
        return os.fsencode(f"{registry.EXPORT}\n")
    home = registry.runs_folder()
    named = export.relative_to(home) if export.is_relative_to(home) else export
    if "\n" in str(named) or str(named) == registry.EXPORT:
        raise BadModel(f"{str(export)!a} cannot be kept as the model that serves: move it to a folder of its own.")
    return os.fsencode(f"{named}\n")


@contextlib.contextmanager
def _changing() -> Iterator[None]:
    """Hold the state alone. Raises BadModel where it cannot be written."""
    home = registry.runs_folder()
    try:
        home.mkdir(parents=True, exist_ok=True)
        with locked(home / LOCK):
            yield
    except OSError as error:
        remedy = "make it writable, see that there is room, or set VOILENS_RUNS"
        raise BadModel(f"Cannot keep in {home} which model serves ({error.strerror}): {remedy}.") from error
