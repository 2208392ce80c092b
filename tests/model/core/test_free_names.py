"""Names that nothing has yet, on disk, in an archive, and where several ask at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from model.core import free_name, unique_path


def test_the_wanted_name_comes_first_then_numbers_before_the_suffix(tmp_path):
    taken: set[str] = set()
    assert [free_name(tmp_path, "cats/a.jpg", taken) for _ in range(3)] == ["cats/a.jpg", "cats/a-2.jpg", "cats/a-3.jpg"]
    assert free_name(tmp_path, "cats/folder", taken) == "cats/folder"
    assert free_name(tmp_path, "cats/folder", taken) == "cats/folder-2"


def test_what_lies_in_the_folder_is_taken_be_it_a_broken_link(tmp_path):
    (tmp_path / "a.jpg").symlink_to(tmp_path / "nowhere")
    (tmp_path / "a-2.jpg").mkdir()
    assert free_name(tmp_path, "a.jpg", set()) == "a-3.jpg"
    assert free_name(None, "a.jpg", set()) == "a.jpg"


def test_names_that_differ_by_case_alone_are_the_same(tmp_path):
    taken: set[str] = set()
    assert free_name(tmp_path, "A.JPG", taken) == "A.JPG"
    assert free_name(tmp_path, "a.jpg", taken) == "a-2.jpg"
    assert free_name(None, "Straße", {"strasse"}) == "Straße-2"


def test_several_at_once_never_get_the_same_path(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: unique_path(tmp_path / "run.d", Path.mkdir), range(40)))
    assert len(set(made)) == 40
    assert sorted(folder.name for folder in made)[:2] == ["run-10.d", "run-11.d"]
    assert all(folder.is_dir() for folder in made)


def test_another_error_than_a_taken_name_passes_through(tmp_path):
    with pytest.raises(FileNotFoundError):
        unique_path(tmp_path / "nowhere" / "file", Path.mkdir)
