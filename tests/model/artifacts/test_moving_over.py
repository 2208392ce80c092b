"""A checkout whose shipped export an earlier version replaced sets itself right: the person's model serves, nothing is lost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import run_folders

from model.artifacts import model_card, moving_over, registry, serving_state
from model.core import PROJECT, files


@pytest.fixture
def place(shipped_place) -> Path:
    """The shipped export in its place, its card written as the real one is."""
    export = run_folders.export(shipped_place.parent, b"the shipped model")
    model_card.write(export, replace(model_card.read(export), shipped=True, made="2026-01-01", thresholds={"sure": 0.8}))
    return export


def contents(place: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in place.parent.iterdir()}


def replace_as_before(place: Path, export: Path, time: str) -> None:
    """What “Use this model” of an earlier version did: it kept the pair with its own order of keys, and wrote over it."""
    kept = registry.runs_folder() / "replaced" / time
    kept.mkdir(parents=True)
    shutil.copy2(place, kept / "export.pkl")
    card = json.loads(model_card.beside(place).read_text())
    (kept / "model-card.json").write_text(json.dumps(dict(sorted(card.items())), indent=2) + "\n")
    shutil.copyfile(export, place)
    model_card.write(place, model_card.read(export))


def run(own_runs: Path, name: str) -> Path:
    (own_runs / name).mkdir(parents=True)
    return run_folders.export(own_runs / name, name.encode())


def test_the_model_of_a_run_serves_from_there_and_the_shipped_pair_is_back_to_the_byte(place, own_runs):
    as_it_came = contents(place)
    mine = run(own_runs, "mine")
    replace_as_before(place, mine, "2026-01-01-100000")
    assert serving_state.serving() == mine
    assert contents(place) == as_it_came
    assert serving_state.previous() == place
    assert not moving_over.is_due()


def test_a_model_that_no_run_has_moves_among_the_runs_with_its_card(place, own_runs, tmp_path):
    as_it_came = contents(place)
    (tmp_path / "mine").mkdir()
    replace_as_before(place, run_folders.export(tmp_path / "mine", b"trained in a terminal"), "2026-01-01-100000")
    serves = serving_state.serving()
    assert serves.read_bytes() == b"trained in a terminal"
    assert serves.is_relative_to(own_runs)
    model_card.admit(serves, named=False)
    assert contents(place) == as_it_came


def test_those_that_were_replaced_one_after_the_other_are_brought_back_in_that_order(place, own_runs):
    first, second = run(own_runs, "first"), run(own_runs, "second")
    replace_as_before(place, first, "2026-01-01-100000")
    replace_as_before(place, second, "2026-01-02-100000")
    assert serving_state.serving() == second
    assert serving_state.previous().read_bytes() == b"first"
    first.unlink()
    assert serving_state.previous().read_bytes() == b"first"  # the copy that was kept


def test_a_model_without_a_card_is_kept_though_it_may_not_serve(place, own_runs):
    replace_as_before(place, run(own_runs, "mine"), "2026-01-01-100000")
    place.write_bytes(b"put there by hand")
    model_card.beside(place).unlink()
    assert serving_state.serving() == place
    assert place.read_bytes() == b"the shipped model"
    assert b"put there by hand" in [export.read_bytes() for export in own_runs.glob("*/export.pkl")]


def test_what_is_in_its_place_as_it_came_or_was_never_kept_is_left_alone(place, own_runs):
    mine = run(own_runs, "mine")
    assert not moving_over.is_due()
    replace_as_before(place, mine, "2026-01-01-100000")
    (own_runs / "replaced" / "2026-01-01-100000" / "export.pkl").write_bytes(b"no longer whole")
    before = contents(place)
    assert serving_state.serving() == place
    assert contents(place) == before


@pytest.mark.parametrize("crash_at", range(1, 8))
def test_a_crash_at_any_step_is_mended_by_the_next_look(place, own_runs, tmp_path, monkeypatch, crash_at):
    as_it_came = contents(place)
    (tmp_path / "mine").mkdir()
    replace_as_before(place, run_folders.export(tmp_path / "mine", b"mine"), "2026-01-01-100000")
    steps, put = iter(range(1, 10)), files.put_in_place

    def crash(made: Path, name: Path) -> None:
        step = next(steps)
        if step == crash_at:
            raise KeyboardInterrupt
        put(made, name)
        if step + 1 == crash_at and crash_at % 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        for module in (files, moving_over, model_card):
            patch.setattr(module, "put_in_place", crash)
        try:
            serving_state.serving()
        except KeyboardInterrupt:
            assert b"mine" in [export.read_bytes() for export in (place, *own_runs.glob("*/export.pkl"))]
    serves = serving_state.serving()
    assert serves.read_bytes() == b"mine"
    model_card.admit(serves, named=False)
    assert contents(place) == as_it_came
    assert len([*own_runs.glob("*/export.pkl")]) == 1
    assert serving_state.previous() == place


def test_several_processes_at_once_do_it_once(place, own_runs, tmp_path):
    as_it_came = contents(place)
    (tmp_path / "mine").mkdir()
    replace_as_before(place, run_folders.export(tmp_path / "mine", b"mine"), "2026-01-01-100000")
    code = (
        "import sys; from pathlib import Path; from model.artifacts import registry, serving_state; "
        "registry.PROJECT = Path(sys.argv[1]); print(serving_state.serving())"
    )
    command = [sys.executable, "-c", code, str(place.parent)]
    asked = [subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    (answer,) = {process.communicate(timeout=60)[0].strip() for process in asked}
    assert Path(answer).read_bytes() == b"mine"
    assert contents(place) == as_it_came
    assert len([*own_runs.glob("*/export.pkl")]) == 1


def test_where_nothing_can_be_written_the_model_serves_from_where_it_lies(place, own_runs, monkeypatch):
    replace_as_before(place, run(own_runs, "mine"), "2026-01-01-100000")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(serving_state, "write_atomically", refuse)
    assert serving_state.serving() == place
    assert place.read_bytes() == b"mine"
