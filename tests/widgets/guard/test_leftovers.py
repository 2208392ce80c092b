"""Photos of a visit whose server ended without a word are removed when the next one starts, those of others are not."""

from __future__ import annotations

import threading

from model.core import cache_folder
from model.intake import VisitorFolder
from widgets.guard.leftovers import remove_leftovers


def remove_all_leftovers() -> None:
    """What a server begins beside its start, to its end."""
    remove_leftovers()
    for thread in threading.enumerate():
        if thread.name == "leftovers":
            thread.join(60)


def test_what_a_crash_left_behind_is_removed_at_start(tmp_path, monkeypatch):
    monkeypatch.setenv("VOILENS_CACHE", str(tmp_path))
    left = cache_folder("visits", "of-a-crash")
    (left / "glass").mkdir(parents=True)
    (left / "glass" / "photo.jpg").write_bytes(b"photo")
    visit = VisitorFolder()
    (visit.folder / "photo.jpg").write_bytes(b"photo")
    (left / "glass").mkdir(parents=True)  # the visit's own start removed it
    remove_all_leftovers()
    assert not left.exists()
    assert (visit.folder / "photo.jpg").exists()
    visit.end()


def test_a_cache_that_cannot_be_read_stops_no_server_and_is_told_in_its_log(tmp_path, monkeypatch, caplog):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("VOILENS_CACHE", str(tmp_path / "file"))
    remove_all_leftovers()
    assert "photos of earlier visits could not be removed" in caplog.text
