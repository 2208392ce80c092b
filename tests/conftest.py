"""What all tests share: places of their own, tiny pictures, a stock export, a training, no process left behind."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import psutil
import pytest
from processes import model_processes
from samples import class_folders, encoded, photo

if "PYTEST_XDIST_WORKER" in os.environ:  # before torch comes: two workers must not wait for one another's threads
    os.environ.setdefault("OMP_NUM_THREADS", "1")

hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")
CLASSES = ("Bär", "cat", "two words")


def _end(runtime: Path) -> None:
    processes = model_processes(runtime)
    for process in processes:
        process.kill()
    psutil.wait_procs(processes, timeout=10)
    shutil.rmtree(runtime, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def own_places() -> Iterator[None]:
    """Nothing is read from or left in the cache, the runs and the runtime folder of the person who runs the tests."""
    cache, runtime, runs = (Path(tempfile.mkdtemp(prefix="vl")) for _ in range(3))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOILENS_CACHE", str(cache))
        patch.setenv("VOILENS_RUNTIME", str(runtime))
        patch.setenv("VOILENS_RUNS", str(runs))
        for name in ("VOILENS_URL", "VOILENS_PUBLIC", "VOILENS_MODEL", "VOILENS_IDLE"):
            patch.delenv(name, raising=False)
        yield
    _end(runtime)
    for folder in (cache, runs):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def runtime(monkeypatch) -> Iterator[Path]:
    """A runtime folder of this test alone; model processes that were started in it are ended by their ids."""
    folder = Path(tempfile.mkdtemp(prefix="vl"))  # a short path, for sockets
    monkeypatch.setenv("VOILENS_RUNTIME", str(folder))
    yield folder
    _end(folder)


@pytest.fixture
def own_runs(tmp_path, monkeypatch) -> Path:
    """A folder of runs of this test alone; not made yet."""
    monkeypatch.setenv("VOILENS_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


@pytest.fixture(scope="session")
def pictures(tmp_path_factory) -> Iterator[Path]:
    """Three classes with a non-ASCII and a spaced name, eight pictures each; shared by all, so nobody may write there."""
    root = class_folders(tmp_path_factory.mktemp("data") / "animals", dict.fromkeys(CLASSES, 8))
    yield root
    assert sorted(entry.name for entry in root.iterdir()) == sorted(CLASSES), "a test wrote into the shared pictures"


@pytest.fixture
def own_pictures(pictures, tmp_path) -> Path:
    """A copy of the tiny folder for a test that leaves something there, as counting the looks at test pictures does."""
    return Path(shutil.copytree(pictures, tmp_path / "animals"))


@pytest.fixture(scope="session")
def tiny_export(pictures, tmp_path_factory) -> Path:
    """A fastai export of a tiny network, made without any code of this project; no card beside it."""
    import exports
    import fastai.vision.all as fv

    normalise = fv.Normalize.from_stats(*fv.imagenet_stats)
    out = tmp_path_factory.mktemp("tiny") / "tiny.pkl"
    return exports.export(pictures, out, item_tfms=fv.Resize(32), batch_tfms=normalise)


@pytest.fixture(scope="session")
def spoiled(pictures, tmp_path_factory) -> Path:
    """The tiny folder with a broken and a foreign file among its good pictures."""
    root = Path(shutil.copytree(pictures, tmp_path_factory.mktemp("spoiled") / "animals"))
    for number in range(4):
        (root / "cat" / f"broken {number}.png").write_bytes(encoded(photo(seed=number))[:400])
    (root / "cat" / "notes.txt").write_text("cats are nice")
    return root


@pytest.fixture(scope="session")
def trained(spoiled, tmp_path_factory) -> dict:
    """One training, with its events, its result and its files."""
    from trainings import QUICK

    from model.artifacts import model_card
    from model.training.stages import train

    events: list[dict] = []
    out = tmp_path_factory.mktemp("out") / "mine.pkl"
    result = train(str(spoiled), QUICK, out, events.append)
    return {"events": events, "result": result, "out": out, "card": model_card.read(out)}
