"""Power that is cut while the cleaner works: the disk as it is at that instant, mounted anew."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from folders import FAST
from marked_folder import apply, is_half_done, is_whole, marked, undo
from rows import Row

from model.core import PROJECT

SIZE = 12 << 20  # bytes of the disk
LATEST = 0.08  # seconds after the beginning: about as long as an apply takes
PROGRAM = """
import sys
from pathlib import Path
from model.journal import Journal
root = Path(sys.argv[1])
with_journal = Journal(root)
print(flush=True)
getattr(with_journal, sys.argv[2])()
"""


def may_mount() -> bool:
    with tempfile.TemporaryDirectory(prefix="vl", dir=FAST) as name:
        return (
            os.geteuid() == 0 and _mount(_formatted(Path(name, "disk")), Path(name, "place")) and _unmount(Path(name, "place"))
        )


def cuts(wanted: int) -> Row:
    """So many cuts, each at a random instant of an apply or its undo. Needs `may_mount`."""
    rng, half_done, lost = random.Random(0), 0, 0
    with tempfile.TemporaryDirectory(prefix="vl", dir=FAST) as name:
        disk, later, place = (Path(name, each) for each in ("disk", "later", "place"))
        for number in range(wanted):
            work, step = (apply, "apply") if number % 2 else (undo, "undo_apply")
            _mount(_formatted(disk), place)
            marked(place, number, work)
            os.sync()
            _stopped(place, step, rng.random() * LATEST, lambda: later.write_bytes(disk.read_bytes()))
            _unmount(place)
            _mount(later, place)
            half_done += is_half_done(place)
            lost += not is_whole(place)
            _unmount(place)
    measured = f"{wanted}, {half_done} of them in the midst, {lost} with a loss"
    return Row(
        "power cut while applying and undoing, on a disk of its own", "nothing lost", measured, half_done > 0 and not lost
    )


def _stopped(place: Path, step: str, seconds: float, then) -> None:
    """Begin the step, stop the program after some time, do `then`, and kill it."""
    child = subprocess.Popen([sys.executable, "-c", PROGRAM, str(place), step], cwd=PROJECT, stdout=subprocess.PIPE)
    assert child.stdout
    child.stdout.readline()
    time.sleep(seconds)
    child.send_signal(signal.SIGSTOP)
    then()
    child.kill()
    child.communicate()


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
