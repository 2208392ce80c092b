"""Whole files and locks: what a failure, a kill and a second process find."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time

import pytest

from model.core import PROJECT, checksum, checksum_of, files, locked, put_in_place, replacing, write_atomically

HOLDER = """
import sys, time
from pathlib import Path
from model.core import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_checksum_of_a_file_is_that_of_its_bytes(tmp_path, monkeypatch):
    content = b"abc" * 1_000_000
    (tmp_path / "file").write_bytes(content)
    wanted = hashlib.sha256(content).hexdigest()
    assert checksum(tmp_path / "file") == checksum_of(content) == wanted
    monkeypatch.delattr(hashlib, "file_digest", raising=False)  # Python 3.10 has none
    assert checksum(tmp_path / "file") == wanted


@pytest.mark.parametrize("content", [b"\x00\xff", "“Möwe”\n"])
@pytest.mark.parametrize("durable", [False, True])
def test_a_file_is_written_and_replaced_whole(tmp_path, content, durable):
    file = tmp_path / ("n" * 255)  # the longest name there is
    write_atomically(file, "before")
    write_atomically(file, content, durable)
    assert file.read_bytes() == (content if isinstance(content, bytes) else content.encode())
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_written_atomically_has_the_permissions_of_any_new_file(tmp_path):
    (tmp_path / "plain").write_text("a")
    write_atomically(tmp_path / "file", "a")
    assert (tmp_path / "file").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("fails", ["put_in_place", "fsync"])
def test_a_failure_leaves_the_old_content_and_nothing_beside_it(tmp_path, monkeypatch, fails):
    def fail(*_):
        raise OSError(28, "No space left on device")

    (tmp_path / "file").write_text("before")
    monkeypatch.setattr(files if fails == "put_in_place" else os, fails, fail)
    with pytest.raises(OSError, match="No space"):
        write_atomically(tmp_path / "file", "after", durable=True)
    assert (tmp_path / "file").read_text() == "before"
    assert len(list(tmp_path.iterdir())) == 1


def test_text_that_cannot_be_written_leaves_nothing(tmp_path):
    with pytest.raises(UnicodeEncodeError):
        write_atomically(tmp_path / "file", "\udc80")
    assert list(tmp_path.iterdir()) == []


def test_an_error_in_the_block_keeps_what_was_there(tmp_path):
    (tmp_path / "file").write_text("before")
    with pytest.raises(ZeroDivisionError), replacing(tmp_path / "file") as draft:
        draft.write_text("half")
        raise ZeroDivisionError
    assert (tmp_path / "file").read_text() == "before"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_is_put_in_place_unless_one_with_files_is_there(tmp_path):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    put_in_place(tmp_path / "first", tmp_path / "place")
    with pytest.raises(OSError):
        put_in_place(tmp_path / "second", tmp_path / "place")
    assert (tmp_path / "place" / "file").read_text() == "first"


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock of tmp_path / "lock"."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, tmp_path / "lock"], cwd=PROJECT, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.wait()


def test_a_lock_of_another_process_is_waited_for_only_so_long(tmp_path, holder):
    started = time.monotonic()
    with pytest.raises(TimeoutError), locked(tmp_path / "lock", patience=0.2):
        raise AssertionError("two hold the lock")
    assert 0.2 <= time.monotonic() - started < 10
    with pytest.raises(TimeoutError), locked(tmp_path / "lock", patience=0):
        raise AssertionError("two hold the lock")


@pytest.mark.parametrize("patience", [None, 30])
def test_a_lock_is_free_once_its_holder_is_killed(tmp_path, holder, patience):
    holder.kill()
    with locked(tmp_path / "lock", patience):
        pass


def test_a_lock_keeps_what_is_in_its_file_and_says_where_it_cannot_be_opened(tmp_path):
    (tmp_path / "lock").write_text("log")
    with locked(tmp_path / "lock", patience=0):
        assert (tmp_path / "lock").read_text() == "log"
    with pytest.raises(FileNotFoundError), locked(tmp_path / "nowhere" / "lock"):
        pass
