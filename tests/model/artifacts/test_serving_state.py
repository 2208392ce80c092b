"""Which model serves: said by one line, found by whoever names none, brought back by one call; nothing is written over."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
import run_folders

from model.artifacts import model_card, serving_state
from model.core import files
from model.errors import BadModel


@pytest.fixture
def shipped(shipped_place) -> Path:
    """The export that a project came with, in its place."""
    return run_folders.export(shipped_place.parent, b"the shipped model")


@pytest.fixture
def runs(own_runs) -> list[Path]:
    """The exports of three runs."""
    return [
        run_folders.export(made, made.name.encode()) for made in map(own_runs.joinpath, "abc") if not made.mkdir(parents=True)
    ]


def state(own_runs: Path) -> str:
    return (own_runs / "serving").read_text()


def test_without_a_word_the_shipped_model_serves_and_nothing_is_written(shipped, own_runs):
    assert serving_state.serving() == shipped
    assert serving_state.previous() is None
    assert not own_runs.exists()


def test_one_line_says_which_serves_and_no_file_of_the_project_changes(shipped, runs, own_runs):
    before = {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in shipped.parent.iterdir()}
    serving_state.serve(runs[0])
    assert serving_state.serving() == runs[0]
    assert state(own_runs) == "a/export.pkl\n"
    assert {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in shipped.parent.iterdir()} == before
    assert [serving_state.is_serving(export) for export in (shipped, *runs)] == [False, True, False, False]


def test_the_one_before_is_brought_back_and_forth(shipped, runs):
    for export in runs[:2]:
        serving_state.serve(export)
    for expected in (runs[0], runs[1], runs[0]):
        assert serving_state.previous() == expected
        serving_state.serve(serving_state.previous())
        assert serving_state.serving() == expected


def test_the_shipped_model_can_serve_again(shipped, runs, own_runs):
    serving_state.serve(runs[0])
    assert serving_state.previous() == shipped
    serving_state.serve(shipped)
    assert (serving_state.serving(), state(own_runs)) == (shipped, "export.pkl\n")
    assert serving_state.previous() == runs[0]


def test_to_let_the_same_serve_twice_forgets_none_before(shipped, runs):
    for export in (runs[0], runs[1], runs[1]):
        serving_state.serve(export)
    assert serving_state.previous() == runs[0]


def test_a_model_that_is_gone_is_neither_served_nor_brought_back(shipped, runs):
    for export in runs:
        serving_state.serve(export)
    runs[1].unlink()
    assert serving_state.previous() == runs[0]
    runs[2].unlink()
    assert serving_state.serving() == shipped
    assert serving_state.previous() == runs[0]


def test_the_runs_may_move_with_the_checkout(shipped, runs, own_runs, tmp_path, monkeypatch):
    serving_state.serve(runs[0])
    own_runs.rename(tmp_path / "moved")
    monkeypatch.setenv("VOILENS_RUNS", str(tmp_path / "moved"))
    assert serving_state.serving() == tmp_path / "moved" / "a" / "export.pkl"


@pytest.mark.parametrize("name", ["mine", "two words", "Bär", os.fsdecode(b"\xe9t\xe9")])
def test_a_model_elsewhere_serves_by_its_whole_path(shipped, own_runs, tmp_path, name):
    (tmp_path / name).mkdir()
    export = run_folders.export(tmp_path / name)
    serving_state.serve(export)
    assert serving_state.serving() == export


def test_a_path_that_no_line_can_hold_is_a_sentence(shipped, own_runs, tmp_path):
    (tmp_path / "a\nb").mkdir()
    with pytest.raises(BadModel, match="move it to a folder of its own"):
        serving_state.serve(run_folders.export(tmp_path / "a\nb"))
    assert serving_state.serving() == shipped


def test_a_model_that_is_not_what_its_card_says_changes_nothing(shipped, runs):
    runs[0].write_bytes(b"something else")
    with pytest.raises(BadModel, match="train again"):
        serving_state.serve(runs[0])
    with pytest.raises(BadModel, match="There is no export"):
        serving_state.serve(runs[0].with_name("none.pkl"))
    assert serving_state.serving() == shipped


@pytest.mark.parametrize("crash_at", [1, 2])
def test_a_crash_while_it_is_written_leaves_one_that_serves_and_the_one_before(shipped, runs, monkeypatch, crash_at):
    serving_state.serve(runs[0])
    writes = iter(range(1, 10))

    def write(path: Path, content: bytes, **options: bool) -> None:
        if next(writes) == crash_at:
            raise KeyboardInterrupt
        files.write_atomically(path, content, **options)

    monkeypatch.setattr(serving_state, "write_atomically", write)
    with pytest.raises(KeyboardInterrupt):
        serving_state.serve(runs[1])
    assert serving_state.serving() == runs[0]
    assert serving_state.previous() == shipped


def test_many_at_once_leave_one_that_serves_and_remember_the_others(shipped, runs):
    threads = [threading.Thread(target=serving_state.serve, args=[export]) for export in runs * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    now = serving_state.serving()
    assert now in runs
    assert {*serving_state._exports(serving_state.BEFORE), now} == {shipped, *runs}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_runs_that_may_not_be_written_are_a_sentence(shipped, runs, own_runs):
    own_runs.chmod(0o500)
    try:
        with pytest.raises(BadModel, match="set VOILENS_RUNS"):
            serving_state.serve(runs[0])
    finally:
        own_runs.chmod(0o700)


def test_what_serves_is_opened_as_its_card_says_alone(shipped, runs):
    serving_state.serve(runs[0])
    assert not model_card.is_named(serving_state.serving())
    model_card.admit(serving_state.serving(), named=False)
