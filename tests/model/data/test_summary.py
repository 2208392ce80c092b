"""What a folder holds is said before anything is learned from it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from samples import class_folders, encoded, photo

from model.core import PROJECT
from model.data import summary
from model.errors import BadData
from model.images import thumbnail


@pytest.fixture
def folder(tmp_path) -> Path:
    return class_folders(tmp_path / "pets", {"cat": 12, "dog": 9})


def test_the_counts_are_those_of_the_dataset(folder):
    found = summary.summarize(str(folder))
    assert found["name"] == "pets"
    assert found["count"] == 21
    assert [row["label"] for row in found["classes"]] == ["cat", "dog"]
    assert [sum(row[split] for split in ("train", "valid", "test")) for row in found["classes"]] == [12, 9]
    assert found["problem"] == ""


def test_ten_pictures_are_shown_in_turns_of_classes_and_a_broken_one_is_passed_over(folder):
    for number in range(6):
        (folder / "cat" / f"00{number}.png").write_bytes(encoded(photo())[:60])
    shown = summary.summarize(str(folder))["pictures"]
    assert len(shown) <= 10
    assert {picture["label"] for picture in shown} == {"cat", "dog"}
    assert [picture["label"] for picture in shown[:4]] == ["cat", "dog", "cat", "dog"]
    assert all(picture["thumbnail"].startswith("data:image/") for picture in shown)


def test_what_is_left_out_is_counted_and_named_by_reason(folder):
    (folder / "notes.txt").write_text("hello")
    (folder / "cat" / "empty.jpg").touch()
    (folder / "cat" / "text.jpg").write_text("hello")
    (folder / "dog" / "nested").mkdir()
    groups = {group["reason"]: group["files"] for group in summary.summarize(str(folder))["left_out"]}
    assert groups["is empty"] == ["cat/empty.jpg"]
    assert groups["is not a picture"] == ["cat/text.jpg"]
    assert groups["lies beside the class folders"] == ["notes.txt"]
    assert any("inside a class folder" in reason for reason in groups)


def test_of_very_many_files_left_out_a_few_are_named(folder):
    for number in range(50):
        (folder / "cat" / f"{number}.txt").write_text("x")
    (group,) = summary.summarize(str(folder))["left_out"]
    assert group["count"] == 50
    assert len(group["files"]) == summary.NAMED


def test_a_folder_that_cannot_be_trained_on_is_shown_with_the_reason(tmp_path):
    folder = class_folders(tmp_path / "pets", {"cat": 5})
    found = summary.summarize(str(folder))
    assert found["problem"].startswith("pets has one class only (cat)")
    assert found["pictures"]


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(BadData, match="There is no folder"):
        summary.summarize(str(tmp_path / "none"))


def test_the_command_prints_the_same_as_json(folder):
    command = [sys.executable, "-m", "model", "overview", str(folder), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=True)
    assert json.loads(done.stdout) == summary.summarize(str(folder))


def test_a_tiny_picture_is_kept_pixel_by_pixel_and_a_large_one_is_shrunk(tmp_path):
    tiny, large = tmp_path / "tiny.png", tmp_path / "large.png"
    photo(8, 8).save(tiny)
    photo(1200, 900).save(large)
    assert thumbnail.data_url(tiny).startswith("data:image/png")
    assert thumbnail.data_url(large).startswith("data:image/jpeg")
    assert len(thumbnail.data_url(large)) < 20_000


def test_what_is_no_picture_has_no_preview(tmp_path):
    (tmp_path / "a.jpg").write_text("hello")
    assert thumbnail.data_url(tmp_path / "a.jpg") == thumbnail.data_url(tmp_path / "none.jpg") == ""
