"""Folders labelled by a CSV: a cleaned copy of it is written, and pictures stay."""

from __future__ import annotations

import errno
import os
from contextlib import closing
from pathlib import Path

import pytest
from folders import failing_at, fill, pending, tree
from samples import encoded, photo

from model.catalog import scanner
from model.errors import BadData
from model.journal.journal import Journal


@pytest.fixture
def labelled(tmp_path) -> tuple[Path, Path]:
    root = fill(tmp_path / "photos", "1.jpg", "2.jpg", "sub/3.jpg")
    labels = root / "labels.csv"
    labels.write_bytes(b'id,file,"label",by\r\n7,1.jpg,cat,"me, too"\r\n8,2.jpg,cat,\r\n9,sub/3.jpg,dog,x\r\n')
    return root, labels


def test_a_cleaned_copy_of_the_csv_is_written_and_pictures_stay(labelled):
    root, labels = labelled
    original, before = labels.read_bytes(), tree(root)
    with closing(Journal(root, labels)) as log:
        log.mark(["1.jpg"], "relabel", "dog")
        log.mark(["2.jpg"], "delete")
        assert [(change.file, change.to) for change in log.apply()] == [("1.jpg", "1.jpg"), ("2.jpg", "2.jpg")]
        assert log.labels == root / "labels-cleaned.csv"
        assert log.labels.read_bytes() == b'id,file,"label",by\r\n7,1.jpg,dog,"me, too"\r\n9,sub/3.jpg,dog,x\r\n'
        assert labels.read_bytes() == original
        assert log.apply() == []
        log.undo_apply()
        assert log.labels == labels
        (trashed,) = (root / ".voilens" / "trash").glob("*/labels-cleaned.csv")
        assert b"7,1.jpg,dog" in trashed.read_bytes()
        assert {name: text for name, text in tree(root).items() if ".voilens" not in name} == before
        assert len(log.pending()) == 2


def test_the_next_apply_goes_on_from_the_cleaned_copy_and_overwrites_none(labelled):
    root, labels = labelled
    (root / "labels-cleaned-2.csv").write_text("somebody else's")
    with closing(Journal(root, labels)) as log, closing(Journal(root, labels)) as other:
        log.mark(["1.jpg"], "relabel", "dog")
        log.apply()
        other.mark(["1.jpg"], "relabel", "dog")  # it is one by now
        assert other.pending() == []
        other.mark(["2.jpg"], "relabel", "owl")
        other.apply()
        assert log.labels == root / "labels-cleaned-3.csv"
        assert [line.split(",")[2] for line in log.labels.read_text().splitlines()[1:]] == ["dog", "owl", "dog"]
        log.undo_apply()
        assert log.labels == other.labels == root / "labels-cleaned.csv"
        log.undo_apply()
        assert other.labels == labels
    assert (root / "labels-cleaned-2.csv").read_text() == "somebody else's"


def test_an_apply_that_fails_leaves_no_draft_of_the_csv(labelled, monkeypatch):
    root, labels = labelled
    before = tree(root)
    with closing(Journal(root, labels)) as log:
        log.mark(["1.jpg"], "relabel", "dog")
        failing_at(monkeypatch, "link", 1, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(labels)))
        with pytest.raises(BadData, match="disk is full"):
            log.apply()
        assert tree(root) == before
        assert log.labels == labels
        assert len(log.apply()) == 1


def test_only_pictures_with_a_row_can_be_marked(labelled):
    root, labels = labelled
    fill(root, "4.jpg", f"{scanner.INBOX}/a.jpg")
    with closing(Journal(root, labels)) as log:
        for file in ("4.jpg", f"{scanner.INBOX}/a.jpg"):
            with pytest.raises(BadData, match="no label"):
                log.mark([file], "delete")


@pytest.mark.parametrize("label", ["../../elsewhere", "a/b", "..", ".hidden"])
def test_a_label_of_a_csv_never_leads_out_of_the_class_folders(folder, label):
    labels = folder.parent / "labels.csv"
    labels.write_text(f"file,label\ncat/1.jpg,cat\ncat/2.jpg,{label}\n")
    with closing(Journal(folder, labels)) as log:
        log.mark(["cat/1.jpg"], "relabel", label)
    before = sorted(folder.parent.rglob("*.jpg"))
    with closing(Journal(folder)) as log:
        assert pending(log) == [("cat/1.jpg", label)]
        with pytest.raises(BadData, match="name of a class folder"):
            log.apply()
    assert sorted(folder.parent.rglob("*.jpg")) == before


def test_a_csv_outside_of_the_folder_gets_its_copy_beside_it(labelled, tmp_path):
    root, labels = labelled
    labels = labels.rename(tmp_path / "truth.csv")
    with closing(Journal(root, labels)) as log:
        log.mark(["2.jpg"], "delete")
        log.apply()
        assert log.labels == tmp_path / "truth-cleaned.csv"
        log.undo_apply()
    assert sorted(f.name for f in tmp_path.iterdir()) == ["photos", "truth.csv"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\ufeffimage;breed\r\n0001;cat\r\n0002;cat\r\n0003;dog\r\n", "\ufeffimage;breed\r\n0001;big; cat\r\n0003;dog\r\n"),
        ("cat\ttrain/0001.jpg\ncat\ttrain/0002.jpg\ndog\ttrain/0003.jpg\n", "big; cat\ttrain/0001.jpg\ndog\ttrain/0003.jpg\n"),
        (
            "n,path,target\n1,/kaggle/input/train/0001.jpg,cat\n2,train/0002,cat\n3,0003.jpg,dog\n",
            "n,path,target\n1,/kaggle/input/train/0001.jpg,big; cat\n3,0003.jpg,dog\n",
        ),
    ],
)
def test_a_csv_of_another_form_keeps_it_and_its_pictures_are_known_by_their_paths(tmp_path, before, after):
    root = fill(tmp_path / "photos", "train/0001.jpg", "train/0002.jpg", "train/0003.jpg", "test/9.jpg")
    for number, file in enumerate(sorted(root.rglob("*.jpg"))):
        file.write_bytes(encoded(photo(16, 16, seed=number)))
    labels = root / "train.csv"
    labels.write_bytes(before.encode())
    scanner.scan(root, labels)
    with closing(Journal(root, labels)) as log:
        log.mark(["train/0001.jpg"], "relabel", "big; cat")
        log.mark(["train/0002.jpg"], "delete")
        with pytest.raises(BadData, match="no label that could be changed"):
            log.mark(["test/9.jpg"], "delete")
        log.apply()
        expected = after.replace("big; cat", '"big; cat"') if ";" in before else after
        assert log.labels.read_bytes().decode() == expected
        assert scanner.scan(root, log.labels) == 2


def test_pictures_in_sides_that_are_folders_in_folders_can_be_relabelled(tmp_path):
    root = fill(
        tmp_path / "pets",
        "training_set/training_set/cat/1.jpg",
        "training_set/training_set/dog/2.jpg",
        "test_set/test_set/cat/3.jpg",
    )
    with closing(Journal(root)) as log:
        log.mark(["training_set/training_set/cat/1.jpg"], "relabel", "dog")
        assert [change.to for change in log.apply()] == ["training_set/training_set/dog/1.jpg"]
