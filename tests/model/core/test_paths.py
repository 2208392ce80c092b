import os
import stat
from pathlib import Path

import pytest

from model.core import paths
from model.errors import AppError


def mode(folder: Path) -> int:
    return stat.S_IMODE(folder.stat().st_mode)


def test_the_cache_is_where_its_variable_says_and_for_this_user_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("VOILENS_CACHE", str(tmp_path / "deep" / "cache"))
    assert paths.cache_folder("forms", "x") == tmp_path / "deep" / "cache" / "forms" / "x"
    assert mode(tmp_path / "deep" / "cache") == 0o700


def test_the_cache_follows_xdg_then_home(tmp_path, monkeypatch):
    monkeypatch.delenv("VOILENS_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert paths.cache_folder() == tmp_path / "xdg" / "voilens"
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert paths.cache_folder() == tmp_path / "home" / ".cache" / "voilens"


def test_the_runtime_folder_follows_its_variable_then_xdg_then_the_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("VOILENS_RUNTIME", str(tmp_path / "own"))
    assert paths.runtime_folder() == tmp_path / "own"
    monkeypatch.delenv("VOILENS_RUNTIME")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert paths.runtime_folder() == tmp_path / "voilens"
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "missing"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert paths.runtime_folder() == tmp_path / f"voilens-{os.getuid()}"
    assert mode(tmp_path / f"voilens-{os.getuid()}") == 0o700


def test_a_folder_that_others_could_read_is_closed_to_them(tmp_path, monkeypatch):
    (tmp_path / "open").mkdir(mode=0o755)
    monkeypatch.setenv("VOILENS_RUNTIME", str(tmp_path / "open"))
    assert mode(paths.runtime_folder()) == 0o700


def test_a_link_in_place_of_the_runtime_folder_is_refused(tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    monkeypatch.setenv("VOILENS_RUNTIME", str(tmp_path / "link"))
    with pytest.raises(AppError, match="VOILENS_RUNTIME"):
        paths.runtime_folder()


def test_a_file_in_place_of_the_cache_is_refused_with_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("VOILENS_CACHE", str(tmp_path / "file"))
    with pytest.raises(AppError, match="make it writable"):
        paths.cache_folder()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make another user's folder")
def test_a_folder_of_another_user_is_refused(tmp_path, monkeypatch):
    (tmp_path / "theirs").mkdir()
    os.chown(tmp_path / "theirs", 12345, 12345)
    monkeypatch.setenv("VOILENS_CACHE", str(tmp_path / "theirs"))
    with pytest.raises(AppError, match="another user"):
        paths.cache_folder()


def test_a_path_as_a_person_writes_it_holds_in_every_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    assert paths.absolute("~/My Photos") == tmp_path / "home" / "My Photos"
    assert paths.absolute("photos") == tmp_path / "photos"
    assert paths.absolute("/photos") == Path("/photos")
    assert paths.absolute("~nobody here/photos") == tmp_path / "~nobody here" / "photos"
