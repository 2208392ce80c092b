"""Power that is cut while the cleaner works: the disk as it is at that instant, mounted anew."""

from __future__ import annotations

import os
import random
import subprocess
import tempfile
from pathlib import Path

from children import KILLED, killed_at
from folders import FAST
from marked_folder import Work, apply, is_half_done, is_whole, marked, undo
from rows import Row

SIZE = 12 << 20  # bytes of the disk
LATEST = 300  # changes of the disk and statements of SQL: about as many as an apply takes


def may_mount() -> bool:
    with tempfile.TemporaryDirectory(prefix="vl", dir=FAST) as name:
        return (
            os.geteuid() == 0 and _mount(_formatted(Path(name, "disk")), Path(name, "place")) and _unmount(Path(name, "place"))
        )


def cuts(wanted: int) -> Row:
    """So many cuts, each at a random instant of an apply or its undo. Needs `may_mount`."""
    rng, midst, lost = random.Random(0), 0, 0
    with tempfile.TemporaryDirectory(prefix="vl", dir=FAST) as name:
        disk, later, place = (Path(name, each) for each in ("disk", "later", "place"))
        for number in range(wanted):
            work = apply if number % 2 else undo
            _mount(_formatted(disk), place)
            marked(place, number, work)
            os.sync()
            _cut(work, place, rng.randrange(LATEST), disk, later)
            _unmount(place)
            _mount(later, place)
            midst += is_half_done(place)
            lost += not is_whole(place)
            _unmount(place)
    measured = f"{wanted}, {midst} of them in the midst, {lost} with a loss"
    return Row("power cut while applying and undoing, on a disk of its own", "nothing lost", measured, midst > 0 and not lost)


def _cut(work: Work, place: Path, instant: int, disk: Path, later: Path) -> None:
    """Begin the work, and keep the disk as it is at that instant, without what the system has not yet written to it."""

    def keep() -> None:
        later.write_bytes(disk.read_bytes())

    if killed_at(instant, lambda: work(place), keep) != KILLED:
        keep()


def _formatted(disk: Path) -> Path:
    disk.unlink(missing_ok=True)
    disk.touch()
    os.truncate(disk, SIZE)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(disk)], check=True, capture_output=True)
    return disk


def _mount(disk: Path, place: Path) -> bool:
    place.mkdir(exist_ok=True)
    return subprocess.run(["mount", "-o", "loop", str(disk), str(place)], capture_output=True).returncode == 0


def _unmount(place: Path) -> bool:
    return subprocess.run(["umount", str(place)], check=True).returncode == 0
