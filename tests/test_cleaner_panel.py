"""The cleaner without a browser: its state, and what it answers, for everything that a browser may send."""

from __future__ import annotations

import asyncio
import io
import random
import shutil
import time
import zipfile
from pathlib import Path

import pytest

from model import catalogue, runs
from model.errors import BadUsage
from model.journal import Journal
from model.selection import Progress
from widgets import advice
from widgets.cleaner import Cleaner

LABELS = ("Bär", "cat", "two words")


@pytest.fixture
def folder(pictures, tmp_path, monkeypatch) -> Path:
    """Three classes of eight pictures, listed and scored; the classes number their files alike."""
    monkeypatch.setenv("VOILENS_RUNS", str(tmp_path / "runs"))
    root = Path(shutil.copytree(pictures, tmp_path / "animals"))
    catalogue.scan(root)
    database, rng = catalogue.connect(root), random.Random(0)
    for number, (file, label) in enumerate(database.execute("SELECT file, label FROM pictures ORDER BY file").fetchall()):
        other = LABELS[(LABELS.index(label) + 1) % 3]
        wrong = number < 6
        row = (file, label, other if wrong else label, 0.9, 2.0, 1 - number / 30, other if wrong else None, wrong)
        database.execute("INSERT INTO scores VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        if rng.random() < 0.2:
            database.execute("INSERT INTO issues VALUES (?, 'dark')", [file])
    database.close()
    return root


class Person:
    """A browser's side of a cleaner, without the browser."""

    def __init__(self, folder: Path, **options):
        self.sent: list[tuple[dict, list]] = []
        self.cleaner = Cleaner(folder, **options)
        self.cleaner.send = lambda content, buffers=None: self.sent.append((content, buffers or []))

    async def until(self, condition, seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, (self.cleaner.state, self.cleaner.said, self.cleaner.changes)
            await asyncio.sleep(0.01)

    async def ready(self) -> None:
        await self.until(lambda: self.cleaner.state != "opening" and self.cleaner.changes)

    async def ask(self, kind: str, **rest) -> None:
        """Send one message and wait until something has been said or sent."""
        before = len(self.sent), self.cleaner.said
        self.cleaner._on_browser_message(None, {"type": kind, "stamp": self.cleaner.listing.get("stamp", 0), **rest}, [])
        await self.until(lambda: (len(self.sent), self.cleaner.said) != before)

    async def mark(self, action: str, start: int = 0, stop: int = 1, label: str | None = None) -> None:
        before = self.cleaner.said
        await self.ask("mark", action=action, label=label, ranges=[[start, stop]])
        await self.until(lambda: self.cleaner.said != before)
        await asyncio.sleep(0.1)

    def got(self, kind: str) -> list[dict]:
        return [content for content, _ in self.sent if content["type"] == kind]


def play(folder: Path, story, **options) -> Cleaner:
    """Open a cleaner, let `story(person)` happen, close it."""

    async def act():
        person = Person(folder, **options)
        try:
            await person.ready()
            await story(person)
        finally:
            person.cleaner.close()
        return person.cleaner

    return asyncio.run(act())


def marks(folder: Path) -> dict[str, tuple[str, str | None]]:
    database = catalogue.connect(folder)
    return {row["file"]: (row["action"], row["label"]) for row in database.execute("SELECT * FROM marks")}


def test_it_opens_with_counts_for_every_filter(folder):
    async def story(person):
        assert person.cleaner.state == "ready"
        assert person.cleaner.listing["count"] == person.cleaner.listing["total"] == 24
        reasons = {key: count for key, _, count in person.cleaner.filters["reasons"]}
        assert (reasons["doubtful"], reasons["unseen"], reasons["changed"]) == (6, 24, 0)
        assert {label: count for label, _, count in person.cleaner.filters["labels"]} == dict.fromkeys(LABELS, 8)
        assert person.cleaner.classes == sorted(LABELS)

    play(folder, story)


def test_rows_come_with_their_pictures_and_in_words(folder):
    async def story(person):
        await person.ask("rows", start=0, stop=24, pictures=True)
        await person.until(lambda: sum(len(buffers) for _, buffers in person.sent) >= 24)
        first = person.got("rows")[-1]["tiles"][0]
        assert first["label"] == "Bär"
        assert (first["suggested"], first["chance"]) == ("cat", "90 %")
        assert ["doubt", "label doubtful 1.00"] in first["chips"]
        assert any("had not seen its label says cat (90 %)" in fact for fact in first["facts"])

    play(folder, story)


def test_marks_are_on_disk_as_they_are_made_and_tell_files_of_equal_names_apart(folder):
    async def story(person):
        person.cleaner.query = {**person.cleaner.query, "order": "name"}
        await person.until(lambda: person.cleaner.listing["stamp"] == 2)
        await person.mark("delete", 0, 1)
        assert marks(folder) == {"Bär/000.png": ("delete", None)}
        await person.mark("relabel", 8, 9, label="  two   words ")
        assert marks(folder) == {"Bär/000.png": ("delete", None), "cat/000.png": ("relabel", "two words")}
        await person.until(lambda: person.cleaner.changes["words"] == "2 changes: 1 relabelled, 1 deleted")

    play(folder, story)
    reopened = play(folder, lambda person: asyncio.sleep(0))
    assert reopened.changes["waiting"] == 2


def test_undo_redo_and_letting_go(folder):
    async def story(person):
        await person.mark("delete", 0, 3)
        assert len(marks(folder)) == 3
        await person.ask("undo")
        await person.until(lambda: not marks(folder))
        await person.ask("redo")
        await person.until(lambda: len(marks(folder)) == 3)
        await person.ask("let-go", files=[next(iter(marks(folder)))])
        await person.until(lambda: len(marks(folder)) == 2)
        await person.until(lambda: person.got("review"))
        assert len(person.got("review")[-1]["tiles"]) == 2

    play(folder, story)


def test_apply_moves_the_pictures_tells_who_asked_and_can_be_undone(folder):
    heard = []

    async def story(person):
        person.cleaner.on_apply(heard.append)
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
    assert [change.action for change in heard[0]] == ["relabel"]


def test_after_an_apply_the_labels_are_read_from_the_cleaned_csv(pictures, own_runs, tmp_path):
    root = tmp_path / "flat"
    root.mkdir()
    for number, label in enumerate(LABELS):
        shutil.copy(pictures / label / "000.png", root / f"{number}.png")
    table = root / "labels.csv"
    table.write_text("file,label\n" + "".join(f"{number}.png,{label}\n" for number, label in enumerate(LABELS)))
    catalogue.scan(root, table)

    async def story(person):
        await person.mark("relabel", 0, 1, label="new")
        await person.ask("apply")
        await person.until(lambda: [run.state for run in runs.all("scan")] == ["done"], 60)

    play(root, story, labels=table)
    assert runs.all("scan")[0].arguments == [str(root), "--labels", str(root / "labels-cleaned.csv")]
    assert [row["label"] for row in catalogue.connect(root).execute("SELECT label FROM pictures")].count("new") == 1


def test_two_cleaners_of_one_folder_see_each_others_marks(folder):
    async def story(person):
        other = Person(folder)
        await other.ready()
        await other.mark("delete", 2, 4)
        await person.until(lambda: person.cleaner.changes["waiting"] == 2)
        assert person.got("stale")
        other.cleaner.close()

    play(folder, story)


def test_a_visitor_cannot_apply_or_start_anything_whatever_is_sent(folder):
    async def story(person):
        await person.mark("delete", 0, 2)
        for kind in ("apply", "undo-apply", "score", "score-thorough", "scan", "stop"):
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
    assert runs.all() == []


def test_the_zip_has_the_labels_of_the_marks_and_changes_nothing(folder):
    async def story(person):
        await person.mark("delete", 0, 1)
        await person.mark("relabel", 1, 2, label="cat")
        person.cleaner._on_browser_message(None, {"type": "zip"}, [])
        while not (person.got("zip") and person.got("zip")[-1]["last"]):
            person.cleaner._on_browser_message(None, {"type": "zip-next"}, [])
            await asyncio.sleep(0.01)
        parts = [buffers[0] for content, buffers in person.sent if content["type"] == "zip" and buffers]
        names = zipfile.ZipFile(io.BytesIO(b"".join(parts))).namelist()
        assert len(names) == 23
        assert {"cat/001.png", "cat/001-2.png"} <= set(names)
        assert sum(name.startswith("Bär/") for name in names) == 6

    play(folder, story)
    assert len(list(folder.rglob("*.png"))) == 24


def test_a_folder_that_was_never_listed_is_listed_first(pictures, tmp_path, monkeypatch):
    monkeypatch.setenv("VOILENS_RUNS", str(tmp_path / "runs"))
    root = Path(shutil.copytree(pictures, tmp_path / "new"))

    async def story(person):
        await person.until(lambda: person.cleaner.state == "ready", 60)
        assert person.cleaner.listing["count"] == 24
        assert person.cleaner.listing["scored"] == 0

    play(root, story)


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path):
    async def act():
        cleaner = Cleaner(tmp_path / "nowhere")
        while cleaner.state == "opening":
            await asyncio.sleep(0.01)
        return cleaner

    cleaner = asyncio.run(act())
    assert cleaner.state == "refused"
    assert "There is no folder" in cleaner.sentence


def test_showing_a_cell_of_the_confusion_matrix_and_what_cannot_be_shown(folder):
    async def story(person):
        person.cleaner.show(label="Bär", predicted="cat")
        await person.until(lambda: person.cleaner.listing["count"] == 6)
        person.cleaner.show(reason="doubtful", order="loss")
        await person.until(lambda: person.cleaner.query["order"] == "loss")
        with pytest.raises(BadUsage):
            person.cleaner.show(reason="nonsense")
        person.cleaner.query = {"order": "nonsense"}
        assert person.cleaner.query["order"] == "loss"

    play(folder, story)


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        {},
        {"type": "nonsense"},
        {"type": "rows", "start": -1, "stop": 5},
        {"type": "rows", "start": 0},
        {"type": "rows", "start": "a", "stop": True},
        {"type": "look", "position": 10**30},
        {"type": "mark", "ranges": [[0, 10**9]], "action": "delete"},
        {"type": "mark", "ranges": [[5, 1]], "action": "delete"},
        {"type": "mark", "ranges": [[0, 1]], "action": "explode"},
        {"type": "mark", "ranges": [[0, 1]], "action": "relabel", "label": "   "},
        {"type": "mark", "ranges": [[0, 1]], "action": "relabel", "label": "x" * 1000},
        {"type": "mark", "ranges": [[0, 1]], "files": ["../../etc/passwd", ".voilens/index.sqlite"], "action": "delete"},
        {"type": "let-go", "files": 3},
        {"type": "see", "ranges": [["a", "b"]]},
        {"type": "mark", "ranges": [[0, 1]], "action": "relabel", "label": "../out"},
    ],
)
def test_a_crafted_message_changes_nothing_and_breaks_nothing(folder, message):
    async def story(person):
        person.cleaner._on_browser_message(None, message, [])
        await asyncio.sleep(0.1)
        assert marks(folder) == {}
        await person.mark("delete", 0, 1)
        assert len(marks(folder)) == 1

    play(folder, story)


def test_a_mark_names_its_files_so_a_list_that_just_changed_does_not_matter(folder):
    async def story(person):
        await person.ask("mark", action="delete", ranges=[[0, 1]], files=["cat/003.png"], stamp=999)
        await person.until(lambda: marks(folder) == {"cat/003.png": ("delete", None)})
        await person.ask("mark", action="keep", ranges=[[0, 1]], stamp=999)
        await person.until(lambda: person.cleaner.said["alarm"])
        assert len(marks(folder)) == 1

    play(folder, story)


def test_marks_of_another_program_are_taken_up(folder):
    async def story(person):
        Journal(folder).mark(["cat/000.png"], "delete")
        await person.until(lambda: person.cleaner.changes["waiting"] == 1)

    play(folder, story)


def test_warnings_name_what_the_changes_would_do():
    outlook = {
        ("cat", "train"): (20, 7),
        ("cat", "valid"): (2, 0),
        ("dog", "train"): (30, 30),
        ("newt", "train"): (0, 2),
        ("few", "train"): (4, 4),
        ("none", "train"): (3, 0),
    }
    assert advice.warnings(outlook) == [
        "Only 7 pictures of “cat” would be left: a class needs at least 10.",
        "The new class “newt” would have 2 pictures: it needs at least 10.",
        "No picture of “none” would be left: the class would be gone.",
        "No picture of “cat” would be left in valid.",
    ]


def test_one_may_stop_when_the_last_page_was_right():
    going_on = advice.coming(Progress(120, 1000, (12, 60), (24, 60)), "doubt")
    assert going_on["advice"] == "Of the last 60, 12 were changed. About 12 more are to be expected."
    assert not going_on["stop"]
    assert advice.coming(Progress(120, 1000, (1, 60), (4, 60)), "doubt")["stop"]
    assert advice.coming(Progress(120, 1000, (0, 60), (4, 60)), "name")["advice"] == ""
    assert advice.coming(Progress(10, 10, (0, 10)), "name")["stop"]
