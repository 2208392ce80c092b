"""A visitor's own folder."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from samples import encoded, photo

from model.catalog.database import open_database
from model.core import PROJECT, paths
from model.data import dataset
from model.data.names import class_name_of
from model.errors import BadData
from model.intake import visitor
from model.intake.visitor import VisitorFolder
from model.journal.journal import Journal
from model.types import Prediction

ANSWER = Prediction("glass", 0.7, {"glass": 0.7, "paper": 0.3}, "sure", 0.01)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("VOILENS_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def own():
    started = VisitorFolder()
    yield started
    started.end()


def test_photos_become_a_dataset_filed_under_what_they_are_said_to_be(own):
    own.add(encoded(photo(seed=1)), "a.png", ANSWER)
    own.add(encoded(photo(seed=2)), "a.png", ANSWER)
    own.add(encoded(photo(seed=3)), "a.png", ANSWER, said="paper")
    assert len(own) == 3
    files = sorted(item.path.relative_to(own.folder).as_posix() for item in dataset.read_dataset(own.folder).items)
    assert files == ["glass/a-2.png", "glass/a.png", "paper/a.png"]
    database = open_database(own.folder)
    listed = [tuple(row) for row in database.execute("SELECT file, label FROM pictures ORDER BY file")]
    database.close()
    assert listed == [("glass/a-2.png", "glass"), ("glass/a.png", "glass"), ("paper/a.png", "paper")]


def test_photos_of_one_name_that_arrive_together_are_all_kept_in_one_folder(own, monkeypatch):
    together, sweeping = threading.Barrier(8), visitor.remove_left_visits
    monkeypatch.setattr(visitor, "remove_left_visits", lambda: (time.sleep(0.05), sweeping()))

    def arrive(number: int) -> None:
        together.wait()
        own.add(b"%d" % number, "image.jpg", ANSWER)

    threads = [threading.Thread(target=arrive, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(own) == 8
    assert {file.read_bytes() for file, *_ in own.labelled()} == {b"%d" % number for number in range(8)}
    assert list(paths.cache_folder("visits").iterdir()) == [own.folder]


def test_a_class_that_is_called_like_a_side_of_the_split_can_be_marked_like_any_other(own):
    named = own.add(encoded(photo(seed=1)), "a.png", ANSWER, said="Train")
    other = own.add(encoded(photo(seed=2)), "a.png", ANSWER)
    journal = Journal(own.folder)
    journal.mark([named, other], "relabel", "paper")
    assert [change.file for change in journal.pending()] == [named, other]
    assert own.labelled()[0][1] == "paper"


def test_the_folder_is_private_and_gone_at_the_end(own):
    own.add(encoded(photo()), "a.png", ANSWER)
    folder = own.folder
    assert folder.stat().st_mode & 0o077 == 0
    own.end()
    assert not folder.exists()
    assert len(own) == 0


def test_a_process_that_ends_takes_its_folder_with_it():
    script = (
        "from model.intake import VisitorFolder\nfrom model.types import Prediction\n"
        "v = VisitorFolder(); v.add(b'x', 'a.jpg', Prediction('a', 1.0, {'a': 1.0}, 'sure', 0.0)); print(v.folder)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert not Path(done.stdout.strip()).exists()


def test_what_a_killed_process_left_is_swept_up_but_not_what_is_in_use(own):
    own.add(encoded(photo()), "a.png", ANSWER)
    script = (
        "import os\nfrom model.intake import VisitorFolder\nfrom model.types import Prediction\n"
        "v = VisitorFolder(); v.add(b'x', 'a.jpg', Prediction('a', 1.0, {'a': 1.0}, 'sure', 0.0))\n"
        "print(v.folder, flush=True)\n"
        "os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True)
    left = Path(done.stdout.strip())
    assert left.exists()
    another = VisitorFolder()
    assert another.folder.exists()
    assert not left.exists()
    assert own.folder.exists()
    another.end()
    assert [folder.name for folder in paths.cache_folder("visits").iterdir()] == [own.folder.name]


def test_the_space_of_a_visit_is_bounded(own, monkeypatch):
    monkeypatch.setattr(visitor, "MAX_BYTES", 1000)
    own.add(bytes(900), "a.jpg", ANSWER)
    with pytest.raises(BadData, match="download what is here"):
        own.add(bytes(200), "a.jpg", ANSWER)
    monkeypatch.setattr(visitor, "MAX_PHOTOS", 1)
    with pytest.raises(BadData, match="reload the page"):
        own.add(b"x", "a.jpg", ANSWER)


@pytest.mark.parametrize(
    ("label", "folder"),
    [
        ("glass", "glass"),
        ("Bär 2", "Bär 2"),
        ("../up", "-up"),
        ("a/b\\c", "a-b-c"),
        (".", "unnamed"),
        ("\0\n", "-"),
        ("valid", "valid-class"),
    ],
)
def test_a_class_name_never_leaves_the_folder(label, folder):
    assert class_name_of(label) == folder
