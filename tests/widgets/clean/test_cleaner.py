"""The cleaner without a browser: its state, and what it answers, for everything that a browser may send."""

from __future__ import annotations

import asyncio
import shutil
import threading
from pathlib import Path

import pytest
from cleaners import LABELS, Person, marks, play, scored

from model.catalog import Listing
from model.errors import BadUsage
from model.journal.journal import Journal
from model.types import Explanation
from widgets.clean import catalog_thread
from widgets.clean.cleaner import Cleaner


@pytest.fixture
def folder(pictures, own_runs, tmp_path) -> Path:
    return scored(pictures, tmp_path / "animals")


def test_it_opens_with_counts_for_every_filter(folder):
    async def story(person):
        assert person.cleaner.state == "ready"
        assert person.cleaner.listing["count"] == person.cleaner.listing["total"] == 24
        reasons = {key: count for key, _, count in person.cleaner.filters["reasons"]}
        assert (reasons["doubtful"], reasons["unseen"], reasons["changed"]) == (6, 24, 0)
        assert {label: count for label, _, count in person.cleaner.filters["labels"]} == dict.fromkeys(LABELS, 8)
        assert person.cleaner.classes == sorted(LABELS)

    play(folder, story)


def test_the_first_pictures_are_shown_before_all_are_counted(folder, monkeypatch):
    counting = threading.Event()
    facets = Listing.facets
    monkeypatch.setattr(Listing, "facets", lambda listing, query: counting.wait(60) and facets(listing, query))

    async def act():
        person = Person(folder)
        try:
            await person.until(lambda: person.cleaner.state == "ready" and person.got("rows"))
            assert len(person.got("rows")[0]["tiles"]) == person.cleaner.listing["count"] == 24
            assert not person.cleaner.filters
            counting.set()
            await person.until(lambda: person.cleaner.filters and person.cleaner.changes)
            assert person.cleaner.listing["total"] == 24
        finally:
            counting.set()
            person.cleaner.close()

    asyncio.run(act())


def test_the_first_rows_are_had_while_the_whole_list_is_being_made(folder, monkeypatch):
    making, choose = threading.Event(), Listing.choose
    monkeypatch.setattr(catalog_thread, "FIRST_ROWS", 8)
    monkeypatch.setattr(Listing, "choose", lambda listing, *how: making.wait(60) and choose(listing, *how))

    async def act():
        person = Person(folder)
        try:
            await person.until(lambda: person.got("rows"))
            await person.ask("rows", start=8, stop=16, pictures=True)
            first, second = (rows["tiles"] for rows in person.got("rows")[:2])
            making.set()
            await person.until(lambda: person.cleaner.changes)
            await person.mark("delete", 9, 10)
            await person.ask("rows", start=0, stop=16, pictures=False)
            whole = person.got("rows")[-1]["tiles"]
            assert [tile["file"] for tile in whole] == [tile["file"] for tile in first + second]
            assert [tile["state"] for tile in whole if tile["state"]] == ["delete"]
        finally:
            making.set()
            person.cleaner.close()

    asyncio.run(act())


def test_what_is_looked_at_is_no_longer_counted_as_not_seen_yet(folder):
    async def story(person):
        await person.ask("mark-seen", ranges=[[0, 4]])
        await person.ask("mark-seen", ranges=[[2, 5]])
        await person.until(lambda: ["unseen", "Not seen yet", 19] in person.cleaner.filters["reasons"])
        assert person.cleaner.progress["text"] == "5 of 24 looked at"

    play(folder, story)


def test_rows_come_with_their_pictures_and_in_words(folder):
    async def story(person):
        await person.ask("rows", start=0, stop=24, pictures=True)
        await person.until(lambda: sum(len(buffers) for _, buffers in person.sent) >= 24)
        first = person.got("rows")[-1]["tiles"][0]
        assert first["label"] == "Bär"
        assert (first["suggested"], first["probability"]) == ("cat", "90 %")
        assert ["doubt", "label doubtful 1.00"] in first["chips"]
        assert any("Without its label, it looks more like cat (90 %)" in fact for fact in first["facts"])

    play(folder, story)


def test_why_is_asked_of_a_picture_of_the_folder_and_of_no_other_file(folder):
    asked = []

    def explain(picture: bytes) -> Explanation:
        asked.append(picture)
        return Explanation("cat", 0.9, picture, (0, 0, 1, 1), picture)

    async def story(person):
        for file in ("cat/003.png", "../animals/cat/003.png", "/etc/hostname", "cat/none.png", 3):
            person.cleaner._handle_custom_msg({"type": "why", "of": file}, [])
            await person.until(lambda: person.cleaner.why.get("kind") in ("explained", "refused"))
            assert person.cleaner.why["kind"] == ("explained" if file == "cat/003.png" else "refused")

    play(folder, story, explain=explain)
    assert asked == [(folder / "cat" / "003.png").read_bytes()]


def test_marks_are_on_disk_as_they_are_made_and_tell_files_of_equal_names_apart(folder):
    async def story(person):
        person.cleaner.query = {**person.cleaner.query, "order": "name"}
        await person.until(lambda: person.cleaner.listing["stamp"] == 2)
        await person.mark("delete", 0, 1)
        assert marks(folder) == {"Bär/000.png": ("delete", None)}
        await person.mark("relabel", 8, 9, label="  two   words ")
        assert marks(folder) == {"Bär/000.png": ("delete", None), "cat/000.png": ("relabel", "two words")}
        await person.until(lambda: person.cleaner.changes["text"] == "2 changes: 1 relabelled, 1 deleted")

    play(folder, story)
    reopened = play(folder, lambda person: asyncio.sleep(0))
    assert reopened.changes["waiting"] == 2


def test_undo_redo_and_clearing_a_mark(folder):
    async def story(person):
        await person.mark("delete", 0, 3)
        assert len(marks(folder)) == 3
        await person.ask("undo")
        await person.until(lambda: not marks(folder))
        await person.ask("redo")
        await person.until(lambda: len(marks(folder)) == 3)
        await person.ask("clear-mark", files=[next(iter(marks(folder)))])
        await person.until(lambda: len(marks(folder)) == 2)
        await person.until(lambda: person.got("review"))
        assert len(person.got("review")[-1]["tiles"]) == 2

    play(folder, story)


def test_two_cleaners_of_one_folder_see_each_others_marks(folder):
    async def story(person):
        other = Person(folder)
        await other.ready()
        await other.mark("delete", 2, 4)
        await person.until(lambda: person.cleaner.changes["waiting"] == 2)
        assert person.got("stale")
        other.cleaner.close()

    play(folder, story)


def test_a_folder_that_was_never_listed_is_listed_first(pictures, tmp_path, monkeypatch):
    monkeypatch.setenv("VOILENS_RUNS", str(tmp_path / "runs"))
    root = Path(shutil.copytree(pictures, tmp_path / "new"))

    async def story(person):
        # The first numbers may come in the middle of the listing: the list follows once that ends.
        await person.until(lambda: person.cleaner.state == "ready" and person.cleaner.listing["count"] > 0, 60)
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
        {"type": "detail", "position": 10**30},
        {"type": "mark", "ranges": [[0, 10**9]], "action": "delete"},
        {"type": "mark", "ranges": [[5, 1]], "action": "delete"},
        {"type": "mark", "ranges": [[0, 1]], "action": "explode"},
        {"type": "mark", "ranges": [[0, 1]], "action": "relabel", "label": "   "},
        {"type": "mark", "ranges": [[0, 1]], "action": "relabel", "label": "x" * 1000},
        {"type": "mark", "ranges": [[0, 1]], "files": ["../../etc/passwd", ".voilens/index.sqlite"], "action": "delete"},
        {"type": "clear-mark", "files": 3},
        {"type": "mark-seen", "ranges": [["a", "b"]]},
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
        await person.until(lambda: person.cleaner.notice["alarm"])
        assert len(marks(folder)) == 1

    play(folder, story)


def test_marks_of_another_program_are_taken_up(folder):
    async def story(person):
        Journal(folder).mark(["cat/000.png"], "delete")
        await person.until(lambda: person.cleaner.changes["waiting"] == 1)

    play(folder, story)


def test_a_visitors_photos_are_no_dataset_and_raise_no_warnings_of_classes_and_splits(folder):
    async def story(person):
        await person.mark("delete", 0, 8)
        await person.until(lambda: person.cleaner.changes["waiting"] == 8)
        assert bool(person.cleaner.warnings) != private

    for private in (False, True):
        play(folder, story, private=private)
        Journal(folder).undo()


def test_another_folder_is_asked_for_where_somebody_takes_that_and_by_its_owner_alone(tmp_path):
    heard = []

    async def act():
        for private in (False, True):
            cleaner = Cleaner(tmp_path / "nowhere", private=private)  # even where the folder cannot be opened
            assert not cleaner.offers_other_folder
            cleaner.on_other_folder(lambda private=private: heard.append(private))
            assert cleaner.offers_other_folder != private
            cleaner._on_browser_message(None, {"type": "other-folder"}, [])

    asyncio.run(act())
    assert heard == [False]
