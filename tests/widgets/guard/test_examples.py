"""Example pictures as files: those of the model that serves, by their checksum, and nothing else of its folder."""

from __future__ import annotations

import pytest

from model.artifacts import example_pictures
from widgets.guard import examples
from widgets.shared import page_files


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("VOILENS_MODEL", str(tmp_path / "export.pkl"))
    folder = example_pictures.beside(tmp_path / "export.pkl")
    folder.mkdir()
    (folder / "1-cat.jpg").write_bytes(b"a cat")
    (folder / "notes.txt").write_bytes(b"a secret")
    return folder


def test_an_example_is_found_by_what_is_in_it(folder):
    assert examples.find(page_files.example(b"a cat")) == b"a cat"
    (folder / "1-cat.jpg").write_bytes(b"another cat")
    assert examples.find(page_files.example(b"a cat")) is None
    assert examples.find(page_files.example(b"another cat")) == b"another cat"


@pytest.mark.parametrize("name", ["1-cat.jpg", "notes.txt", "example-.jpg", "example-0000000000000000.jpg"])
def test_nothing_else_is(folder, name):
    assert examples.find(name) is None
    assert examples.find(page_files.example(b"a secret")) is None


def test_a_link_is_no_example(folder, tmp_path):
    (tmp_path / "outside.jpg").write_bytes(b"outside")
    (folder / "2-dog.jpg").symlink_to(tmp_path / "outside.jpg")
    assert examples.find(page_files.example(b"outside")) is None
