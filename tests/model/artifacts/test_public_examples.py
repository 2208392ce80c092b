"""Example pictures that are handed out: those of one export, by their checksum, and nothing else of its folder."""

from __future__ import annotations

import pytest

from model.artifacts import example_pictures


@pytest.fixture
def export(tmp_path):
    folder = example_pictures.beside(tmp_path / "export.pkl")
    folder.mkdir()
    (folder / "1-cat.jpg").write_bytes(b"a cat")
    (folder / "notes.txt").write_bytes(b"a secret")
    return tmp_path / "export.pkl"


def find(export, name: str) -> bytes | None:
    return example_pictures.by_public_name(export, name)


def test_an_example_is_found_by_what_is_in_it(export):
    assert find(export, example_pictures.public_name(b"a cat")) == b"a cat"
    (example_pictures.beside(export) / "1-cat.jpg").write_bytes(b"another cat")
    assert find(export, example_pictures.public_name(b"a cat")) is None
    assert find(export, example_pictures.public_name(b"another cat")) == b"another cat"


@pytest.mark.parametrize("name", ["1-cat.jpg", "notes.txt", "example-.jpg", "example-0000000000000000.jpg"])
def test_nothing_else_is(export, name):
    assert find(export, name) is None
    assert find(export, example_pictures.public_name(b"a secret")) is None


def test_a_link_is_no_example(export, tmp_path):
    (tmp_path / "outside.jpg").write_bytes(b"outside")
    (example_pictures.beside(export) / "2-dog.jpg").symlink_to(tmp_path / "outside.jpg")
    assert find(export, example_pictures.public_name(b"outside")) is None
