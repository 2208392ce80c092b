"""What is published is made beside its place and put there whole; what lies there and is not ours stays."""

from __future__ import annotations

import errno
import os

import pytest

from model.errors import BadUsage
from model.publishing.placing import drafting, place


def publish(out, **files):
    with drafting(out) as draft:
        for name, content in files.items():
            file = draft / name.replace("__", "/").replace("_", ".")
            file.parent.mkdir(exist_ok=True)
            file.write_text(content)
        place(draft, out)


def held(folder):
    return {file.relative_to(folder).as_posix(): file.read_text() for file in folder.rglob("*") if file.is_file()}


def test_a_second_publication_replaces_the_first_and_leaves_what_is_not_ours(tmp_path):
    out = tmp_path / "site"
    publish(out, index_html="one", model__old_onnx="old")
    (out / ".git").mkdir()
    (out / ".git/HEAD").write_text("ref")
    (out / "CNAME").write_text("photos.example")
    publish(out, index_html="two", model__new_onnx="new")
    files = held(out)
    del files[".voilens-files.json"]
    assert files == {"index.html": "two", "model/new.onnx": "new", ".git/HEAD": "ref", "CNAME": "photos.example"}
    assert [each.name for each in tmp_path.iterdir()] == ["site"]


def test_a_folder_with_other_things_in_it_is_refused_and_stays_as_it_is(tmp_path):
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(BadUsage, match="holds other things"):
        publish(tmp_path, index_html="one")
    assert held(tmp_path) == {"letter.txt": "mine"}


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "site").write_text("mine")
    with pytest.raises(BadUsage, match="is a file"):
        publish(tmp_path / "site", index_html="one")


def test_nothing_is_left_of_a_draft_that_failed(tmp_path):
    with pytest.raises(ZeroDivisionError), drafting(tmp_path / "site") as draft:
        (draft / "index.html").write_text("half")
        _ = 1 / 0
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_in_a_sentence_and_leaves_nothing(tmp_path):
    with pytest.raises(BadUsage, match="see that there is room"), drafting(tmp_path / "site"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert list(tmp_path.iterdir()) == []


def test_a_place_below_a_file_is_told_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BadUsage, match=r"Cannot write to .*--out"):
        publish(tmp_path / "file" / "site", index_html="one")
