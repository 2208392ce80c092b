"""What all tests share: places of their own, tiny pictures, a stock export, a training, no process left behind.

What takes long to make is made once for all workers, in a folder that they share.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from places import SHARED, once
from processes import end_model_processes
from samples import class_folders, encoded, photo

from model.data import read_dataset

if "PYTEST_XDIST_WORKER" in os.environ:  # before torch comes: two workers must not wait for one another's threads
    os.environ.setdefault("OMP_NUM_THREADS", "1")

hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")
CLASSES = ("Bär", "cat", "two words")
# Files that take longest, the longest first: two workers end at about the same time when what is left is short.
LONGEST = (
    "test_soak.py",
    "test_train_and_measure.py",
    "test_train_start.py",
    "test_train.py",
    "test_order_of_parts.py",
    "test_journey.py",
    "test_model_process_behind_the_page.py",
    "test_clean_page.py",
    "test_build.py",
    "test_parts.py",
    "test_classify_page.py",
    "test_client.py",
    "test_journal_crashes.py",
    "test_cleaner.py",
    "test_command_line.py",
)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # not in a worker, which inherits the folder
        os.environ[SHARED] = tempfile.mkdtemp(prefix="vl")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(SHARED), ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))


@pytest.fixture(scope="session", autouse=True)
def own_places() -> Iterator[None]:
    """Nothing is read from or left in the cache, the runs and the runtime folder of the person who runs the tests.

    The cache is shared by the workers, as it is by everything that a person runs.
    """
    runtime, runs = (Path(tempfile.mkdtemp(prefix="vl")) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOILENS_CACHE", str(Path(os.environ[SHARED], "cache")))
        patch.setenv("VOILENS_RUNTIME", str(runtime))
        patch.setenv("VOILENS_RUNS", str(runs))
        for name in ("VOILENS_URL", "VOILENS_PUBLIC", "VOILENS_MODEL", "VOILENS_IDLE"):
            patch.delenv(name, raising=False)
        yield
    end_model_processes(runtime)
    shutil.rmtree(runs, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def one_registry() -> Iterator[None]:
    """What onnxscript knows of torch's operators is read once, and not for every network again, which takes a second each."""
    if "torch" not in sys.modules:  # nobody here makes a network
        yield
        return
    from torch.onnx._internal.exporter._registration import ONNXRegistry

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ONNXRegistry, "from_torchlib", staticmethod(functools.cache(ONNXRegistry.from_torchlib)))
        yield


@pytest.fixture
def runtime(monkeypatch) -> Iterator[Path]:
    """A runtime folder of this test alone; model processes that were started in it are ended by their ids."""
    folder = Path(tempfile.mkdtemp(prefix="vl"))  # a short path, for sockets
    monkeypatch.setenv("VOILENS_RUNTIME", str(folder))
    yield folder
    end_model_processes(folder)


@pytest.fixture
def own_runs(tmp_path, monkeypatch) -> Path:
    """A folder of runs of this test alone; not made yet."""
    monkeypatch.setenv("VOILENS_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


@pytest.fixture
def shipped_place(tmp_path, own_runs, monkeypatch) -> Path:
    """Where the shipped export would lie, in a project of this test alone; nothing lies there yet, and none was replaced."""
    from model.artifacts import registry

    (tmp_path / "project").mkdir()
    monkeypatch.setattr(registry, "PROJECT", tmp_path / "project")
    return tmp_path / "project" / "export.pkl"


@pytest.fixture(scope="session")
def pictures() -> Iterator[Path]:
    """Three classes with a non-ASCII and a spaced name, eight pictures each; shared by all, so nobody may write there."""

    def make(folder: Path) -> None:
        read_dataset(class_folders(folder / "animals", dict.fromkeys(CLASSES, 8)))  # their sides are kept there once for all

    root = once("pictures", make) / "animals"
    yield root
    assert {entry.name for entry in root.iterdir()} == {*CLASSES, ".voilens"}, "a test wrote into the shared pictures"
    assert {entry.name for entry in (root / ".voilens").iterdir()} == {"split.json", ".split.lock"}


@pytest.fixture
def own_pictures(pictures, tmp_path) -> Path:
    """A copy of the tiny folder for a test that leaves something there, as counting the looks at test pictures does."""
    return Path(shutil.copytree(pictures, tmp_path / "animals"))


@pytest.fixture(scope="session")
def tiny_export(pictures) -> Path:
    """A fastai export of a tiny network, made without any code of this project; no card beside it. It is ready to serve."""

    def make(folder: Path) -> None:
        import exports
        import fastai.vision.all as fv

        normalise = fv.Normalize.from_stats(*fv.imagenet_stats)
        exports.ready(exports.export(pictures, folder / "tiny.pkl", item_tfms=fv.Resize(32), batch_tfms=normalise))

    return once("tiny", make) / "tiny.pkl"


@pytest.fixture(scope="session")
def explaining_export(pictures) -> Path:
    """An export of our own kind, untrained, that can say why; no card beside it. It is ready to serve."""

    def make(folder: Path) -> None:
        import exports

        exports.ready(exports.explaining(pictures, folder / "explaining.pkl"))

    return once("explaining", make) / "explaining.pkl"


@pytest.fixture(scope="session")
def spoiled(pictures) -> Path:
    """The tiny folder with a broken and a foreign file among its good pictures."""

    def make(folder: Path) -> None:
        root = Path(shutil.copytree(pictures, folder / "animals"))
        for number in range(4):
            (root / "cat" / f"broken {number}.png").write_bytes(encoded(photo(seed=number))[:400])
        (root / "cat" / "notes.txt").write_text("cats are nice")

    return once("spoiled", make) / "animals"


@pytest.fixture(scope="session")
def trained(spoiled) -> dict:
    """One training, with its events, its result and its files."""

    def make(folder: Path) -> None:
        from trainings import QUICK

        from model.training.stages import train

        events: list[dict] = []
        (folder / "out").mkdir()
        result = train(str(spoiled), QUICK, folder / "out" / "mine.pkl", events.append)
        (folder / "said.json").write_text(json.dumps({"events": events, "result": result}))

    from model.artifacts import model_card

    folder = once("trained", make)
    out = folder / "out" / "mine.pkl"
    return {**json.loads((folder / "said.json").read_text()), "out": out, "card": model_card.read(out)}
