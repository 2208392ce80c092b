"""A scored folder ranked anew by marks, and what is alike in it; in this process and in the one beside a cleaner."""

from __future__ import annotations

import os
import shutil
import signal
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from places import once
from samples import class_folders

from model.catalog import Filter, Listing, open_database
from model.errors import AppError, BadData
from model.jobs import Companion
from model.journal import Journal
from model.scoring import ScoreOptions, score
from model.scoring.ranking import Ranking, nearest


@pytest.fixture(scope="module")
def scored_once(tiny_export) -> Path:
    def make(folder: Path) -> None:
        root = class_folders(folder / "colours", {"red": 24, "green": 24}, size=(64, 64))
        for number in range(4):
            shutil.move(root / "red" / f"00{number}.png", root / "green" / f"wrong-{number}.png")
        shutil.copy(root / "red" / "010.png", root / "red" / "copy.png")
        score(root, ScoreOptions(tiny_export, named=True))

    return once("ranked", make) / "colours"


@pytest.fixture
def folder(scored_once, tmp_path) -> Path:
    return Path(shutil.copytree(scored_once, tmp_path / "colours"))


def doubts(folder: Path) -> dict[str, float]:
    with closing(open_database(folder)) as database:
        return dict(map(tuple, database.execute("SELECT file, doubt FROM scores")))


def rank(folder: Path) -> tuple[int, int]:
    with closing(Ranking(folder)) as ranking:
        return ranking.rank()


def mark(folder: Path, files: list[str], action: str, label: str | None = None) -> None:
    with closing(Journal(folder)) as journal:
        journal.mark(files, action, label)


def test_without_marks_the_order_is_that_of_the_scoring(folder):
    before = doubts(folder)
    assert rank(folder) == (len(before), 0)
    assert doubts(folder) == pytest.approx(before)


def test_marks_change_the_doubt_of_others_but_not_of_what_is_marked_and_an_undo_takes_that_back(folder):
    before = doubts(folder)
    mark(folder, ["green/wrong-0.png", "green/wrong-1.png"], "relabel", "red")
    mark(folder, ["green/wrong-2.png"], "delete")
    ranked, marks = rank(folder)
    assert (ranked, marks) == (len(before) - 3, 3)
    after = doubts(folder)
    assert {file for file in before if after[file] == before[file]} >= {f"green/wrong-{number}.png" for number in range(3)}
    assert sum(after[file] != before[file] for file in before) > 20
    with closing(Journal(folder)) as journal:
        while journal.undo():
            pass
    rank(folder)
    assert doubts(folder) == pytest.approx(before)


def test_what_somebody_has_looked_at_keeps_its_doubt(folder):
    before = doubts(folder)
    with closing(Listing(folder)) as listing:
        listing.choose(Filter())
        looked = listing.files([(0, 10)])
        listing.mark_seen([(0, 10)])
    mark(folder, looked[:3], "relabel", "red")
    assert rank(folder)[0] == len(before) - 10
    after = doubts(folder)
    assert {file: after[file] for file in looked} == {file: before[file] for file in looked}
    assert after != before


def test_a_mark_of_a_new_class_leaves_the_fit_and_breaks_nothing(folder):
    mark(folder, ["green/wrong-0.png"], "relabel", "blue")
    assert rank(folder)[1] == 1


def test_the_likest_comes_first_after_the_picture_itself(folder):
    with closing(Ranking(folder)) as ranking:
        found = ranking.alike("red/copy.png", 20)
        assert found[:2] == ["red/copy.png", "red/010.png"]
        assert len(found) == len(set(found)) == 20
        assert len(ranking.alike("red/copy.png", 1000)) == 49
        with pytest.raises(BadData, match="Find doubtful pictures first"):
            ranking.alike("red/nothing.png", 5)


def test_the_nearest_are_those_of_a_plain_search():
    points = np.random.default_rng(0).normal(size=(500, 16)).astype(np.float32)
    lengths = (points**2).sum(axis=1)
    apart = ((points - points[7]) ** 2).sum(axis=1)
    assert nearest(points, lengths, 7, 25) == np.argsort(apart, kind="stable")[:25].tolist()


def test_a_folder_that_was_not_scored_is_refused_in_a_sentence(own_pictures):
    with closing(Ranking(own_pictures)) as ranking, pytest.raises(BadData, match="Find doubtful pictures first"):
        ranking.rank()


def test_the_process_beside_a_cleaner_answers_survives_a_kill_and_ends_with_its_owner(folder):
    companion = Companion("model.scoring.companion", [str(folder)])
    try:
        assert companion.ask({"ask": "alike", "file": "red/copy.png", "most": 2}) == {"files": ["red/copy.png", "red/010.png"]}
        with pytest.raises(AppError, match="no such question"):
            companion.ask({"ask": "nothing"})
        before = companion.pid
        assert before
        mark(folder, ["green/wrong-0.png"], "relabel", "red")
        os.kill(before, signal.SIGKILL)
        assert companion.ask({"ask": "rank"})["marks"] == 1
        assert companion.pid not in (None, before)
    finally:
        companion.close()
    assert companion.pid is None
    with pytest.raises(AppError, match="closed"):
        companion.ask({"ask": "rank"})
