"""The parts of the page behind their buttons, and where photos go that a person keeps."""

from __future__ import annotations

import shutil
from pathlib import Path

import ipywidgets as ipw
import pytest
from samples import encoded, photo

from model.catalog.database import open_database
from model.errors import BadData, BadUsage
from model.intake import inbox
from model.intake.visitor import VisitorFolder
from model.journal.journal import Journal
from model.types import Prediction
from widgets.page.photo_keeper import PhotoKeeper, add_to_dataset
from widgets.page.tabs import Tabs
from widgets.shared.project import Project
from widgets.shared.uploader import Photo

ANSWER = Prediction("cat", 0.7, {"Bär": 0.3, "cat": 0.7}, "sure", 0.01)


@pytest.fixture
def folder(pictures, tmp_path) -> Path:
    return Path(shutil.copytree(pictures, tmp_path / "animals"))


@pytest.fixture
def visit():
    own = VisitorFolder()
    yield own
    own.end()


def sent(seed: int = 0) -> Photo:
    return Photo(turn=1, index=0, count=1, name=f"{seed}.png", content=encoded(photo(seed=seed)))


def test_a_part_is_made_when_it_is_first_looked_at_and_only_then():
    made: list[str] = []
    tabs = Tabs({name: lambda name=name: made.append(name) or ipw.Label(name) for name in ("One", "Two", "Three")})
    assert made == ["One"]
    tabs.chosen = "Three"
    tabs.chosen = "One"
    tabs.chosen = "Three"
    assert made == ["One", "Three"]
    assert [box.layout.display for box in tabs.children[1:]] == ["none", "none", ""]


def test_a_title_that_is_none_of_them_changes_nothing():
    tabs = Tabs({"One": ipw.Label, "Two": ipw.Label})
    tabs.tab_bar.set_state({"chosen": "Owner's secrets"})
    assert tabs.chosen == "One"


def test_the_owners_photos_go_to_the_inbox_of_the_dataset(folder, visit):
    keeper = PhotoKeeper(Project(data=str(folder)), visit, public=False)
    assert "from visitors" in keeper.keep(sent(), ANSWER, "Bär")
    assert len(visit) == 0
    assert len(list((folder / ".voilens" / "inbox").iterdir())) == 1


def test_without_a_dataset_and_on_a_public_page_photos_go_to_the_visit(folder, visit):
    for keeper in (PhotoKeeper(Project(), visit, public=False), PhotoKeeper(Project(data=str(folder)), visit, public=True)):
        assert "for you alone" in keeper.keep(sent(len(visit)), ANSWER)
    assert len(visit) == 2
    assert not (folder / ".voilens" / "inbox").exists()


def test_the_photos_of_a_visit_are_added_to_a_dataset_as_they_were_corrected(folder, visit):
    files = [visit.add(encoded(photo(seed=seed)), f"{seed}.png", ANSWER) for seed in range(3)]
    own = Journal(visit.folder)
    own.mark(files[:1], "relabel", "Bär")
    own.mark(files[1:2], "delete")
    assert "2 photos" in add_to_dataset(visit, Project(data=str(folder)))
    pending = Journal(folder).pending()
    assert sorted(change.label for change in pending) == ["Bär", "cat"]
    Journal(folder).apply()
    assert len(list((folder / "Bär").iterdir())) == 9
    assert len(list((folder / "cat").iterdir())) == 9
    database = open_database(folder)
    assert {row["said"] for row in database.execute("SELECT said FROM visitors")} <= {"Bär", "cat"}
    database.close()


@pytest.mark.parametrize("labels", [("cat", "CAT"), ("new", "New")])
def test_the_photos_of_a_visit_are_added_all_or_none(folder, visit, labels):
    for seed, label in enumerate(labels):
        visit.add(encoded(photo(seed=seed)), f"{seed}.png", ANSWER, said=label)
    with pytest.raises(BadUsage, match=r"No photo was added\..*differ only by case"):
        add_to_dataset(visit, Project(data=str(folder)))
    assert not (folder / ".voilens" / "inbox").exists()
    assert Journal(folder).pending() == []


def test_photos_that_find_no_room_together_are_not_added_one_by_one(folder, visit, monkeypatch):
    monkeypatch.setattr(inbox, "MAX_PHOTOS", 1)
    for seed in range(2):
        visit.add(encoded(photo(seed=seed)), f"{seed}.png", ANSWER)
    with pytest.raises(BadData, match="full"):
        add_to_dataset(visit, Project(data=str(folder)))
    assert not (folder / ".voilens" / "inbox").exists()


def test_adding_without_a_dataset_says_what_to_do(visit):
    visit.add(b"x", "a.jpg", ANSWER)
    with pytest.raises(BadUsage, match="Choose the dataset first"):
        add_to_dataset(visit, Project())
