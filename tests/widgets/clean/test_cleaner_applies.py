"""The cleaner without a browser: applying, taking home, long work, and what is said of a person's work."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import zipfile
from pathlib import Path

import pytest
from cleaners import LABELS, marks, play, scored

from model import jobs
from model.catalog import scanner
from model.catalog.database import open_database
from model.catalog.listing import Progress
from model.jobs import runs
from model.types import Change
from widgets.clean import guidance
from widgets.clean.background_runs import BackgroundRuns


@pytest.fixture
def folder(pictures, own_runs, tmp_path) -> Path:
    return scored(pictures, tmp_path / "animals")


def test_apply_moves_the_pictures_tells_who_asked_and_can_be_undone(folder):
    heard = []

    async def story(person):
        person.cleaner.on_apply(lambda changes, undone: heard.append((changes, undone)))
        await person.mark("relabel", 0, 1, label="a new class")
        file = next(iter(marks(folder)))
        await person.ask("apply")
        await person.until(lambda: (folder / "a new class" / "000.png").exists() and heard)
        assert not (folder / file).exists()
        await person.until(lambda: "a new class" in [row[0] for row in person.cleaner.filters["labels"]], 40)
        assert person.cleaner.changes["applied"]
        await person.ask("undo-apply")
        await person.until(lambda: (folder / file).exists() and len(heard) == 2)

    play(folder, story)
    assert [[change.action for change in changes] for changes, _ in heard] == [["relabel"]] * 2
    assert [undone for _, undone in heard] == [False, True]


def test_after_an_apply_the_labels_are_read_from_the_cleaned_csv(pictures, own_runs, tmp_path):
    root = tmp_path / "flat"
    root.mkdir()
    for number, label in enumerate(LABELS):
        shutil.copy(pictures / label / "000.png", root / f"{number}.png")
    table = root / "labels.csv"
    table.write_text("file,label\n" + "".join(f"{number}.png,{label}\n" for number, label in enumerate(LABELS)))
    scanner.scan(root, table)

    async def story(person):
        await person.mark("relabel", 0, 1, label="new")
        await person.ask("apply")
        await person.until(lambda: [run.state for run in runs.list_runs("scan")] == ["done"], 60)

    play(root, story, labels=table)
    assert runs.list_runs("scan")[0].arguments == [str(root), "--labels", str(root / "labels-cleaned.csv")]
    assert [row["label"] for row in open_database(root).execute("SELECT label FROM pictures")].count("new") == 1


def test_a_visitor_cannot_apply_or_start_anything_whatever_is_sent(folder):
    async def story(person):
        await person.mark("delete", 0, 2)
        for kind in ("apply", "undo-apply", "score", "scan", "stop"):
            person.cleaner._on_browser_message(None, {"type": kind}, [])
        person.cleaner.shows_private = False
        person.cleaner._on_browser_message(None, {"type": "apply"}, [])
        await asyncio.sleep(0.5)
        assert len(marks(folder)) == 2
        assert person.cleaner.title == ""
        assert str(folder) not in str(person.cleaner.get_state())

    before = sorted(path for path in folder.rglob("*.png"))
    play(folder, story, private=True)
    assert sorted(path for path in folder.rglob("*.png")) == before
    assert runs.list_runs() == []


def test_the_zip_has_the_labels_of_the_marks_and_changes_nothing(folder):
    os.utime(folder / "cat" / "005.png", (0, 0))  # a date that a zip cannot hold

    async def story(person):
        await person.mark("delete", 0, 1)
        await person.mark("relabel", 1, 2, label="cat")
        person.cleaner._on_browser_message(None, {"type": "zip"}, [])
        while not (person.got("file") and person.got("file")[-1]["last"]):
            person.cleaner._on_browser_message(None, {"type": "file-next"}, [])
            await asyncio.sleep(0.01)
        parts = [buffers[0] for content, buffers in person.sent if content["type"] == "file" and buffers]
        names = zipfile.ZipFile(io.BytesIO(b"".join(parts))).namelist()
        assert len(names) == 23
        assert {"cat/001.png", "cat/001-2.png"} <= set(names)
        assert sum(name.startswith("Bär/") for name in names) == 6

    play(folder, story)
    assert len(list(folder.rglob("*.png"))) == 24


def test_warnings_name_what_the_changes_would_do():
    outlook = {
        ("cat", "train"): (20, 7),
        ("cat", "valid"): (2, 0),
        ("dog", "train"): (30, 30),
        ("newt", "train"): (0, 2),
        ("few", "train"): (4, 4),
        ("none", "train"): (3, 0),
    }
    assert guidance.warnings(outlook) == [
        "Only 7 pictures of “cat” would be left: a class needs at least 10.",
        "The new class “newt” would have 2 pictures: it needs at least 10.",
        "No picture of “none” would be left: the class would be gone.",
        "No picture of “cat” would be left in valid.",
    ]


def test_one_may_stop_when_the_last_page_was_right():
    going_on = guidance.progress(Progress(120, 1000, (12, 60), (24, 60)), "doubt")
    assert going_on["advice"] == "Of the last 60, 12 were changed. About 12 more are to be expected."
    assert not going_on["may_stop"]
    assert guidance.progress(Progress(120, 1000, (1, 60), (4, 60)), "doubt")["may_stop"]
    assert guidance.progress(Progress(120, 1000, (0, 60), (4, 60)), "name")["advice"] == ""
    assert guidance.progress(Progress(10, 10, (0, 10)), "name")["may_stop"]


def test_the_mark_of_a_picture_that_vanished_can_be_cleared(folder):
    async def story(person):
        person.cleaner.query = {**person.cleaner.query, "order": "name"}
        await person.until(lambda: person.cleaner.listing["stamp"] == 2)
        await person.mark("relabel", 0, 1, label="cat")
        await person.mark("delete", 1, 2)
        (folder / "Bär" / "000.png").unlink()
        scanner.scan(folder)
        await person.until(lambda: person.cleaner.listing["total"] == 23)
        await person.ask("review", start=0)
        await person.until(lambda: person.got("review"))
        assert ("gone", "cat") in {(tile["state"], tile["marked"]) for tile in person.got("review")[-1]["tiles"]}
        await person.ask("apply")
        await person.until(lambda: "clear their marks" in person.cleaner.notice["text"])
        await person.ask("clear-mark", files=["Bär/000.png"])
        await person.until(lambda: "1 change cleared" in person.cleaner.notice["text"])
        assert marks(folder) == {"Bär/001.png": ("delete", None)}

    play(folder, story)


def test_every_selected_picture_gets_its_own_suggestion_on_the_screen_or_not(folder):
    async def story(person):
        await person.ask("accept-suggestion", ranges=[[0, 24]])
        await person.until(lambda: "labelled as suggested" in person.cleaner.notice["text"])
        assert person.cleaner.notice["text"] == (
            "6 pictures labelled as suggested. 18 pictures without a suggestion stayed as before."
        )
        assert {action for action, _ in marks(folder).values()} == {"relabel"}
        await person.ask("accept-suggestion", ranges=[[20, 21]])
        await person.until(lambda: "no suggestion" in person.cleaner.notice["text"])

    play(folder, story)


def test_names_that_an_apply_had_to_change_are_said():
    changes = [Change("a/1.jpg", "relabel", "b", "b/1-2.jpg"), Change("a/2.jpg", "relabel", "b", "b/2.jpg")]
    assert guidance.applied(changes) == "2 changes applied. Where a name was taken, a number was added: 1.jpg is now 1-2.jpg."
    assert guidance.applied([Change("a/1.jpg", "delete", None, ".voilens/trash/x/a/1.jpg")]) == "1 change applied."


def test_work_that_is_asked_for_during_other_work_comes_after_it_and_is_not_forgotten(monkeypatch):
    started, shown = [], []

    class Run:
        def __init__(self, kind):
            self.kind, self.sentence, self.stopped = kind, "", False

    def start(kind, arguments):
        started.append(kind)
        return Run(kind)

    monkeypatch.setattr(jobs, "start", start)
    background_runs = BackgroundRuns("pictures", None, None)
    background_runs.on_progress(shown.append)
    monkeypatch.setattr(background_runs._follower, "follow", lambda run: setattr(background_runs._follower, "run", run))
    monkeypatch.setattr(background_runs._follower, "leave", lambda: setattr(background_runs._follower, "run", None))
    background_runs.start("scan", quiet=True)
    background_runs.start("score")
    assert shown[-1]["status"] == "after the folder is listed"
    background_runs.start("scan", quiet=True)
    for _ in range(3):
        background_runs._on_run_events(background_runs._follower.run, "done", [])
    assert started == ["scan", "score", "scan"]
    background_runs.start("scan", quiet=True)
    background_runs.start("score")
    background_runs.stop()
    background_runs._on_run_events(background_runs._follower.run, "done", [])
    assert started == ["scan", "score", "scan", "scan"] and shown[-1] == {}
