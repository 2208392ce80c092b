"""The index of a folder: opened fresh by every entry point, brought up to date, never touched by an older program."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from folders import fill, tree
from old_index import APPLIES, LISTING, MARKS, PARTS, SCAN, write_old_index, write_old_work
from samples import encoded, photo

from model import catalog
from model.catalog import Listing, database, open_database, scan, warm_up
from model.core import PROJECT
from model.errors import BadData
from model.intake import Inbox, VisitorFolder
from model.journal import Journal, zip_chunks, zip_size
from model.types import Prediction

ANSWER = Prediction("cat", 0.7, {"Bär": 0.2, "cat": 0.7}, "sure", 0.01)


@pytest.fixture
def folder(pictures, tmp_path) -> Path:
    return Path(shutil.copytree(pictures, tmp_path / "animals"))


def index(root: Path) -> sqlite3.Connection:
    """The file as anybody finds it, without the program."""
    return sqlite3.connect(root / ".voilens" / "index.sqlite")


def schema(root: Path) -> set[tuple[str, str]]:
    with closing(index(root)) as found:
        return set(found.execute("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"))


def version(root: Path) -> int:
    with closing(index(root)) as found:
        return found.execute("PRAGMA user_version").fetchone()[0]


def with_listing(root: Path, use):
    with closing(Listing(root)) as listing:
        return use(listing)


def with_journal(root: Path, use):
    with closing(Journal(root)) as journal:
        return use(journal)


ENTRY_POINTS = {
    "the size of the zip": zip_size,
    "the zip": lambda root: b"".join(zip_chunks(root)),
    "the classes": lambda root: with_listing(root, lambda listing: listing.classes()),
    "a list": lambda root: with_listing(root, lambda listing: (listing.choose(catalog.Filter()), listing.rows(0, 10))),
    "the counts of the filters": lambda root: with_listing(root, lambda listing: listing.facets(catalog.Filter())),
    "the marks": lambda root: with_journal(root, lambda journal: journal.pending()),
    "a mark": lambda root: with_journal(root, lambda journal: journal.clear([])),
    "what was applied": lambda root: with_journal(root, lambda journal: journal.applies()),
    "an undo": lambda root: with_journal(root, lambda journal: journal.undo_apply()),
    "a photo for the inbox": lambda root: Inbox(root).add(encoded(photo()), "a.png", ANSWER),
    "the first thumbnails": warm_up,
    "a scan": scan,
}


@pytest.mark.parametrize("scanned", [False, True], ids=["never listed", "listed"])
@pytest.mark.parametrize("entry", ENTRY_POINTS)
def test_a_fresh_folder_opens_through_every_entry_point(folder, entry, scanned):
    if scanned:
        scan(folder)
    ENTRY_POINTS[entry](folder)
    assert version(folder) == len(database.MIGRATIONS)


def test_the_folder_of_a_visit_is_read_before_anybody_opens_its_cleaner():
    visit = VisitorFolder()
    try:
        visit.add(encoded(photo()), "a.png", ANSWER)
        assert [label for _, label, _ in visit.labelled()] == ["cat"]
    finally:
        visit.end()


@pytest.mark.parametrize("parts", [(SCAN,), (SCAN, MARKS), (SCAN, MARKS, APPLIES), (SCAN, LISTING), PARTS], ids=len)
def test_an_index_of_before_the_versions_gets_what_it_lacks(tmp_path, parts):
    fresh, old = tmp_path / "fresh", tmp_path / "old"
    for root in (fresh, old):
        root.mkdir()
    open_database(fresh).close()
    write_old_index(old, *parts)
    with closing(index(old)) as found, found:
        found.execute("INSERT INTO scores VALUES ('a.jpg', 'cat', 'dog', 0.9, 2.3, 0.8, NULL, 1)")
    open_database(old).close()
    assert schema(old) == schema(fresh)
    assert version(old) == version(fresh) == len(database.MIGRATIONS)
    with closing(index(old)) as found:
        assert found.execute("SELECT count(*) FROM scores").fetchone() == (1,)


def test_the_marks_the_trash_and_the_undo_of_an_index_of_before_work_on(tmp_path):
    folder = fill(tmp_path / "animals", "cat/1.jpg", "cat/2.jpg", "dog/3.jpg", "dog/4.jpg")
    before = tree(folder)
    write_old_work(folder)
    with closing(Journal(folder)) as journal:
        assert [(change.file, change.action) for change in journal.pending()] == [("cat/2.jpg", "delete")]
        assert [(applied.counts, applied.undone) for applied in journal.applies()] == [({"delete": 1, "relabel": 1}, False)]
        assert journal.undo() == "Undone: 1 picture marked delete"
        assert journal.undo() is None  # what was marked before an apply comes back with the undo of that apply
        assert journal.redo() == "Redone: 1 picture marked delete"
        journal.apply()
        assert not (folder / "cat/2.jpg").exists()
        assert len(journal.undo_apply()) == 1
        assert {change.file for change in journal.undo_apply()} == {"cat/1.jpg", "dog/4.jpg"}
        assert tree(folder) == before
        assert len(journal.pending()) == 3


def test_a_step_that_fails_leaves_the_index_as_it_was_and_the_next_opening_goes_on(tmp_path, monkeypatch):
    write_old_index(tmp_path, SCAN)
    found = schema(tmp_path)
    monkeypatch.setattr(database, "MIGRATIONS", (*database.MIGRATIONS, "ALTER TABLE facts ADD COLUMN x;\nSELECT nothing;\n"))
    with pytest.raises(BadData):
        open_database(tmp_path)
    assert (schema(tmp_path), version(tmp_path)) == (found, 0)
    monkeypatch.undo()
    open_database(tmp_path).close()
    assert version(tmp_path) == len(database.MIGRATIONS)


def test_a_later_version_adds_to_an_index_of_this_one(tmp_path, monkeypatch):
    open_database(tmp_path).close()
    monkeypatch.setattr(database, "MIGRATIONS", (*database.MIGRATIONS, "ALTER TABLE facts ADD COLUMN x;  -- one; two\n"))
    for _ in range(2):
        with closing(open_database(tmp_path)) as opened:
            assert [row["name"] for row in opened.execute("PRAGMA table_info(facts)")] == ["key", "value", "x"]
    assert version(tmp_path) == len(database.MIGRATIONS)


def test_pictures_that_were_called_broken_are_looked_at_again_by_a_program_that_opens_more(tmp_path):
    with closing(open_database(tmp_path)) as opened:
        for file, sha256, problem in (("IMG_1.heic", "a", "a HEIC photo"), ("x-ray.tif", "b", None), ("cat.jpg", "c", None)):
            opened.execute("INSERT INTO contents (sha256, problem) VALUES (?, ?)", [sha256, problem])
            row = {"file": file, "sha256": sha256, "label": "cat", "split": "train", "size": 1, "mtime_ns": 1, "inode": 1}
            columns = ", ".join(row)
            opened.execute(f"INSERT INTO pictures ({columns}) VALUES ({', '.join('?' * len(row))})", [*row.values()])
        opened.execute("INSERT INTO issues (file, issue) VALUES ('IMG_1.heic', 'broken'), ('cat.jpg', 'dark')")
        opened.execute("PRAGMA user_version = 1")
    with closing(open_database(tmp_path)) as opened:
        assert [row[0] for row in opened.execute("SELECT sha256 FROM contents")] == ["c"]
        assert [tuple(row) for row in opened.execute("SELECT file, issue FROM issues")] == [("cat.jpg", "dark")]
    with closing(database.open_thumbnails(tmp_path)) as thumbnails:
        thumbnails.execute("INSERT INTO thumbnails (sha256, problem) VALUES ('a', 'a HEIC photo')")
        thumbnails.execute("PRAGMA user_version = 0")
    with closing(database.open_thumbnails(tmp_path)) as thumbnails:
        assert thumbnails.execute("SELECT count(*) FROM thumbnails").fetchone()[0] == 0


def test_an_index_of_a_newer_program_is_refused_in_a_sentence_and_left_untouched(folder):
    open_database(folder).close()
    with closing(index(folder)) as found:
        found.execute("PRAGMA user_version = 1000")
    content = (folder / ".voilens" / "index.sqlite").read_bytes()
    for entry in ENTRY_POINTS.values():
        with pytest.raises(BadData, match="newer version"):
            entry(folder)
    assert (folder / ".voilens" / "index.sqlite").read_bytes() == content


def test_an_index_that_is_up_to_date_is_opened_without_waiting_for_whoever_writes(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.0)
    with closing(open_database(tmp_path)) as writer, database.writing(writer):
        open_database(tmp_path).close()


@pytest.mark.parametrize("old", [False, True], ids=["fresh", "of before"])
def test_several_processes_may_open_a_folder_at_once(tmp_path, old):
    if old:
        write_old_index(tmp_path, SCAN)
    script = (
        "import sys\nfrom pathlib import Path\nfrom model.catalog import open_database\nsys.stdin.read()\n"
        "print(open_database(Path(sys.argv[1])).execute('SELECT count(*) FROM marks').fetchone()[0])"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    started = [
        subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda process: process.communicate("go"), started))
    assert answers == [("0\n", "")] * 4


def test_an_index_of_before_is_read_where_nothing_can_be_written(tmp_path, monkeypatch):
    connect = sqlite3.connect

    def read_only(path, **options):
        return connect(path, **options) if path == ":memory:" else connect(f"file:{path}?mode=ro", uri=True, **options)

    write_old_index(tmp_path)
    monkeypatch.setattr(sqlite3, "connect", read_only)
    with closing(open_database(tmp_path)) as opened:
        assert opened.execute("SELECT count(*) FROM marks").fetchone()[0] == 0
    monkeypatch.undo()
    (tmp_path / ".voilens" / "index.sqlite").unlink()
    write_old_index(tmp_path, SCAN)
    monkeypatch.setattr(sqlite3, "connect", read_only)
    with pytest.raises(BadData, match="make the folder writable"):
        open_database(tmp_path)
