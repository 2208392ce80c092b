"""Pictures examined, here and by workers: the same is found, and one that hangs or grows costs itself alone."""

from __future__ import annotations

import os
import sys

import psutil
import pytest
from PIL import Image
from processes import picture_workers
from samples import encoded, photo

from model.errors import BadImage
from model.images.decode import open_picture
from model.images.transforms import Resize, Transforms
from model.images.workers import WORKERS
from model.scoring import duplicates, inspection, quality
from model.scoring.inspection import MEMORY, Inspection, inspect_all

FRAMING = Transforms("RGB", (Resize("crop", (32, 24)),))


def inspected_here(file, transforms) -> Inspection:
    try:
        picture = open_picture(file)
    except BadImage as error:
        return Inspection(problem=str(error))
    return Inspection(transforms(picture), duplicates.fingerprint(picture), quality.measure(picture))


linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Eight files, more than are asked for ahead."""
    monkeypatch.setattr(inspection, "AHEAD", 4)
    for number in range(6):
        (tmp_path / f"{number} \u00fc.png").write_bytes(encoded(photo(60 + number, 40, seed=number)))
    (tmp_path / "6.png").write_bytes(encoded(photo(seed=9))[:300])
    (tmp_path / "7.png").write_bytes(encoded(photo(8, 8)))  # too small for a perceptual hash
    return sorted(tmp_path.iterdir())


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_workers_find_the_same_as_is_found_here(files, mode):
    framing = Transforms(mode, (Resize("squish", (9, 7)),))
    found = list(inspect_all(files, framing))
    assert found == [inspected_here(file, framing) for file in files]
    problems = {file.name: each.problem for file, each in zip(files, found, strict=True) if each.problem}
    assert "breaks off" in problems.pop("6.png")
    assert not problems


def test_a_worker_that_is_killed_costs_one_picture_at_most_and_the_order_is_kept(files):
    many = files * 10
    examined = inspect_all(many, FRAMING)
    found = [next(examined) for _ in range(10)]
    for worker in picture_workers():
        worker.kill()
    found += examined
    here = [inspected_here(file, FRAMING) for file in files]
    wrong = [found[place] for place in range(len(many)) if found[place] != here[place % len(files)]]
    assert len(wrong) <= WORKERS
    assert all("too much memory" in each.problem for each in wrong)


def test_a_picture_that_never_opens_is_refused_and_the_others_are_examined(files, monkeypatch, tmp_path):
    monkeypatch.setattr(inspection, "BATCH_SECONDS", 4.0)
    os.mkfifo(tmp_path / "never")
    found = list(inspect_all([files[0], tmp_path / "never", *files[1:]], FRAMING))
    assert "takes longer than 4 s" in found.pop(1).problem
    assert found == [inspected_here(file, FRAMING) for file in files]


@linux
def test_a_picture_that_takes_too_much_memory_is_refused_and_the_others_are_examined(files, tmp_path):
    photo(8, 8).resize((15_500, 4)).save(tmp_path / "long.png")
    greedy = Transforms("RGB", (Resize("pad", (32, 32)),))  # an elongated picture, filled up to a square
    found = list(inspect_all([files[0], tmp_path / "long.png", *files[1:]], greedy))
    assert "too much memory" in found.pop(1).problem
    assert found == [inspected_here(file, greedy) for file in files]


@linux
def test_the_hungriest_picture_that_is_taken_fits_into_a_worker(files, tmp_path):
    large = photo(64, 48).convert("F").resize((6000, 3990), Image.Resampling.NEAREST)
    large.save(tmp_path / "floats.tif", compression="tiff_lzw")
    found = list(inspect_all([*files[:4], tmp_path / "floats.tif"], FRAMING))
    assert [each.problem for each in found] == [None] * 5


@linux
def test_every_worker_has_the_limits(files):
    examined = inspect_all(files * 4, FRAMING)
    for _ in range(8):
        next(examined)
    limits = [worker.rlimit(psutil.RLIMIT_AS) for worker in picture_workers()]
    examined.close()
    assert (MEMORY, MEMORY) in limits


def test_those_who_stop_early_leave_no_worker(files):
    examined = inspect_all(files, FRAMING)
    next(examined)
    examined.close()
    assert picture_workers() == []
