"""How often test pictures were looked at: counted in the folder, else in the cache, never in the way."""

from __future__ import annotations

import json
import os

import pytest

from model.evaluation import test_set_log


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("VOILENS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_looks_are_counted_in_the_folder_with_model_and_time(tmp_path, cache):
    folder = tmp_path / "photos"
    folder.mkdir()
    assert [test_set_log.log_test_use(folder, model) for model in ("a", "b", "a")] == [1, 2, 3]
    kept = json.loads((folder / ".voilens" / "test-looks.json").read_text())["looks"]
    assert [look["model"] for look in kept] == ["a", "b", "a"]
    assert all("T" in look["time"] for look in kept)
    assert test_set_log.test_uses(folder) == kept
    assert [file.name for file in (folder / ".voilens").iterdir()] == ["test-looks.json"]


def test_two_folders_have_two_counts(tmp_path, cache):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        assert test_set_log.log_test_use(tmp_path / name, "a") == 1


def test_a_folder_that_takes_no_files_has_its_count_in_the_cache(tmp_path, cache):
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / ".voilens").write_text("in the way of the folder")
    assert [test_set_log.log_test_use(folder, "a") for _ in range(3)] == [1, 2, 3]
    assert len(list((cache / "test-looks").iterdir())) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root")
def test_a_read_only_folder_has_its_count_in_the_cache(tmp_path, cache):
    folder = tmp_path / "photos"
    folder.mkdir(mode=0o500)
    assert [test_set_log.log_test_use(folder, "a") for _ in range(2)] == [1, 2]


@pytest.mark.parametrize("content", ["", "[]", '{"looks": 5}', '{"looks": ["?"]}', "\0"])
def test_a_damaged_count_begins_anew(tmp_path, cache, content):
    (tmp_path / "photos" / ".voilens").mkdir(parents=True)
    (tmp_path / "photos" / ".voilens" / "test-looks.json").write_text(content)
    assert test_set_log.log_test_use(tmp_path / "photos", "a") == 1


def test_where_nothing_can_be_written_the_count_is_unknown(tmp_path, monkeypatch):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / ".voilens").write_text("")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("VOILENS_CACHE", str(tmp_path / "file" / "cache"))
    assert test_set_log.log_test_use(tmp_path / "photos", "a") is None
    assert "cannot be kept" in test_set_log.test_use_sentence(None)


def test_the_sentence_says_that_each_look_takes_something_away():
    assert "first look" in test_set_log.test_use_sentence(1)
    assert "looked at 7 times: the more often, the less" in test_set_log.test_use_sentence(7)
