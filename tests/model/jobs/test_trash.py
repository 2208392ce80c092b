"""Runs that are named, deleted, brought back and removed for good: nothing is lost by one step."""

from __future__ import annotations

import pytest
import run_folders

from model import jobs
from model.errors import BadUsage
from model.jobs import runs, trash

pytestmark = pytest.mark.usefixtures("own_runs")


def done(started: str = "2026-01-02T03:04:05") -> jobs.Run:
    return jobs.find(run_folders.trained("/pictures/pets", started=started))


def files(run: jobs.Run) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in run.folder.iterdir()}


def test_a_deleted_run_is_among_the_others_no_more_and_comes_back_as_it_was():
    run = done()
    run.rename("first try")
    before = files(run)
    lies = jobs.discard(run)
    assert jobs.list_runs() == []
    assert jobs.begun_since(set()) == []
    assert jobs.discarded() == [lies]
    assert jobs.bring_back(lies) == run
    assert files(run) == before
    assert (jobs.list_runs(), jobs.discarded()) == ([run], [])


def test_what_goes_on_is_not_deleted():
    going = jobs.find(run_folders.make("train", ["x"], [], alive=True))
    with pytest.raises(BadUsage, match="stop it first"):
        jobs.discard(going)
    assert jobs.list_runs() == [going]


def test_only_what_is_in_the_trash_is_removed_for_good():
    kept, gone = done("2026-01-01T00:00:00"), done("2026-01-02T00:00:00")
    jobs.discard(gone)
    assert jobs.empty_trash() == 1
    assert (jobs.list_runs(), jobs.discarded()) == ([kept], [])
    assert jobs.empty_trash() == 0


def test_a_run_of_the_same_name_in_the_trash_is_not_covered_by_another():
    first = jobs.discard(done())
    again = done()
    again.folder.rename(runs.runs_folder() / first.folder.name)
    second = jobs.discard(jobs.find(runs.runs_folder() / first.folder.name))
    assert first.folder != second.folder
    assert len(jobs.discarded()) == 2


def test_a_run_from_elsewhere_is_not_brought_back(tmp_path):
    with pytest.raises(BadUsage, match="not in the trash"):
        jobs.bring_back(done())


def test_a_trash_that_cannot_be_made_is_a_sentence_and_the_run_stays(own_runs):
    run = done()
    (own_runs / trash.TRASH).write_text("in the way")
    with pytest.raises(BadUsage, match="cannot be moved"):
        jobs.discard(run)
    assert jobs.list_runs() == [run]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  hands,\n small ", "hands, small"),
        ("x" * 500, "x" * 60),
        ("", ""),
        (" \t", ""),
        ("<b>Bär", "<b>Bär"),
        ("\u202ea", "a"),
    ],
)
def test_a_run_is_called_what_a_person_calls_it_in_one_short_line(given, kept):
    run = done()
    run.rename("before")
    run.rename(given)
    assert run.name == jobs.find(run.folder).name == kept


def test_the_size_of_a_run_is_that_of_its_files():
    run = done()
    assert jobs.size_of(run) == sum(len(content) for content in files(run).values())
