"""Workers of Ray find what this process finds by itself, and one that is killed costs nothing: a real Ray on this machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from samples import class_folders, encoded, photo

from model import cluster
from model.__main__ import main
from model.core import PROJECT
from model.features.general_body import FRAMING
from model.scoring.inspection import inspect_all
from model.scoring.on_ray import BLOCK, packed, unpacked

needs_ray = pytest.mark.skipif(not cluster.is_installed(), reason=cluster.NOT_INSTALLED)
WORKING = "(Looker)).submit"  # in the name of a process


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Two classes, one picture in both, a broken and an empty one; nothing is known of it, and nobody may write there."""
    half = 2 * BLOCK  # so that workers have several blocks to look at
    root = class_folders(tmp_path_factory.mktemp("looked") / "colours", {"red": half, "green": half}, size=(64, 64))
    shutil.copy(root / "red" / "002.png", root / "green" / "conflict.png")
    (root / "red" / "broken.png").write_bytes(encoded(photo())[:300])
    (root / "red" / "empty.png").touch()
    return root


@pytest.fixture
def own(folder, tmp_path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "colours"))


@pytest.fixture(scope="module")
def expected(folder, tmp_path_factory) -> dict:
    """What this process finds in it by itself."""
    return found_in(shutil.copytree(folder, tmp_path_factory.mktemp("embedded") / "colours"))


@pytest.fixture
def on_ray(own) -> Iterator[subprocess.Popen[str]]:
    """Workers of Ray that look at it."""
    scratch = tempfile.mkdtemp(prefix="vl")  # a short path, for sockets
    process = asking(own, {**os.environ, "RAY_TMPDIR": scratch}, "--engine", "ray", "--workers", "1")
    yield process
    process.kill()
    process.wait()
    shutil.rmtree(scratch, ignore_errors=True)


def asking(folder: Path, environment: dict[str, str], *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "model", "score", str(folder), "--json", *more]
    return subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def found_in(folder: Path | str) -> dict:
    return json.loads(asking(Path(folder), dict(os.environ)).communicate()[0])


def assert_same(found: dict, expected: dict) -> None:
    """The same pictures with the same labels and issues, and numbers that differ by rounding alone."""
    assert [Path(item["file"]).name for item in found["quality"]] == [Path(item["file"]).name for item in expected["quality"]]
    assert [item["issues"] for item in found["quality"]] == [item["issues"] for item in expected["quality"]]
    assert [len(group["files"]) for group in found["duplicates"]] == [len(group["files"]) for group in expected["duplicates"]]
    mine, theirs = ({"/".join(Path(item["file"]).parts[-2:]): item for item in each["items"]} for each in (found, expected))
    assert mine.keys() == theirs.keys()
    for file, item in mine.items():
        other = theirs[file]
        assert (item["predicted"], item["doubtful"], item["suggested"]) == tuple(
            other[name] for name in ("predicted", "doubtful", "suggested")
        )
        assert item["doubt"] == pytest.approx(other["doubt"], abs=1e-3)


@needs_ray
@pytest.mark.slow
def test_a_worker_of_ray_finds_what_this_process_finds_by_itself(on_ray, expected):
    assert_same(json.loads(on_ray.communicate(timeout=600)[0]), expected)


@needs_ray
@pytest.mark.slow
def test_a_worker_that_is_killed_on_the_way_costs_no_wrong_and_no_lost_answer(on_ray, expected):
    deadline = time.monotonic() + 300
    while not (workers := at_work(on_ray.pid)):
        assert on_ray.poll() is None, "it ended before its worker could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    for worker in workers:
        worker.kill()
    assert on_ray.poll() is None
    assert_same(json.loads(on_ray.communicate(timeout=600)[0]), expected)


def at_work(pid: int) -> list[psutil.Process]:
    """The workers below a process that have pictures in hand."""
    found = []
    for process in psutil.Process(pid).children(recursive=True):
        try:
            if WORKING in " ".join(process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_what_travels_between_workers_comes_back_as_it_was(pictures, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no picture")
    files = [*sorted(pictures.rglob("*.png"))[:2], tmp_path / "broken.png"]
    found = {str(number): each.without_pixels() for number, each in enumerate(inspect_all(files, FRAMING))}
    rows = {"0": np.arange(4, dtype=np.float32), "1": np.ones(4, np.float32)}
    back, rows_back = unpacked(packed(found, rows))
    assert back == found
    assert {name: row.tolist() for name, row in rows_back.items()} == {name: row.tolist() for name, row in rows.items()}


def test_without_ray_a_sentence_says_how_to_get_it(own_pictures, monkeypatch, capsys):
    monkeypatch.setattr("model.cluster.local.is_installed", lambda: False)
    assert main(["score", str(own_pictures), "--engine", "ray"]) == 2
    assert "pip install" in capsys.readouterr().err
