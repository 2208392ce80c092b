"""A file that is given in the place of a folder is named for what it is, with what to do."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from samples import class_folders, encoded, photo

from model.core import PROJECT
from model.data.dataset import read_dataset
from model.errors import BadData


def tar() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    return stream.getvalue()


def office() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.jpg", encoded(photo(), "JPEG"), "is a single picture.*python -m model predict"),
        ("pets.tar", tar(), r"is a tar archive.*tar -xf \S*pets.tar"),
        ("pets.tar.gz", gzip.compress(tar()), r"packed with gzip.*tar -xzf"),
        ("pets.7z", b"7z\xbc\xaf\x27\x1c" + bytes(40), "7-Zip archive"),
        ("pets.rar", b"Rar!\x1a\x07\0" + bytes(40), "RAR archive"),
        ("model.pkl", None, "is a trained model"),
        ("model.zip", None, "is a trained model"),
        ("data.pkl", b"\x80\x04\x95" + bytes(40), "is a Python pickle"),
        ("pets.zip", b"PK\x03\x04" + bytes(40), "zip archive that breaks off"),
        ("pets.zip", b"<!DOCTYPE html><html>", "is a web page"),
        ("table.xlsx", office(), "is an office document"),
        ("labels.csv", b"file,label\n", "is a table.*--labels"),
        ("empty", b"", "is an empty file"),
        ("notes.txt", b"hello", "is a file, not a folder"),
    ],
)
def test_it_is_said_what_it_is(tmp_path, name, content, words):
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    (folder / name).write_bytes((PROJECT / "export.pkl").read_bytes() if content is None else content)
    with pytest.raises(BadData, match=words):
        read_dataset(folder / name)
    assert [path.name for path in folder.iterdir()] == [name]


def test_a_picture_among_classes_and_a_table_beside_its_pictures_offer_their_folder(tmp_path):
    root = class_folders(tmp_path / "pets", {"a": 4, "b": 4}, size=(16, 16))
    with pytest.raises(BadData, match=f"is a single picture, not a folder of pictures. Did you mean {root}, 2 classes"):
        read_dataset(root / "a" / "000.png")
    labels = Path(root, "a", "labels.csv")
    labels.write_text("file,label\n" + "".join(f"00{number}.png,{'xy'[number % 2]}\n" for number in range(4)))
    with pytest.raises(BadData, match=f"Give it as {root / 'a'} --labels {labels}"):
        read_dataset(labels)
