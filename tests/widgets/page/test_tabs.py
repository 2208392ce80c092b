"""The parts of the page behind their buttons, and where photos go that a person keeps."""

from __future__ import annotations

import ipywidgets as ipw
from samples import encoded, photo

from model.types import Prediction
from widgets.page.photo_keeper import PhotoKeeper
from widgets.page.tabs import Tabs
from widgets.shared.project import Project
from widgets.shared.uploader import Photo

ANSWER = Prediction("cat", 0.7, {"Bär": 0.3, "cat": 0.7}, "sure", 0.01)


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


def test_a_photo_of_a_class_that_the_dataset_has_not_stays_with_the_visit(folder, visit):
    keeper = PhotoKeeper(Project(data=str(folder)), visit, public=False)
    assert "“animals” has no class called keys" in keeper.keep(sent(), ANSWER, "keys")
    assert len(visit) == 1
    assert not (folder / ".voilens" / "inbox").exists()


def test_without_a_dataset_and_on_a_public_page_photos_go_to_the_visit(folder, visit):
    for keeper in (PhotoKeeper(Project(), visit, public=False), PhotoKeeper(Project(data=str(folder)), visit, public=True)):
        assert "for you alone" in keeper.keep(sent(len(visit)), ANSWER)
    assert len(visit) == 2
    assert not (folder / ".voilens" / "inbox").exists()


def test_photos_go_to_the_visit_where_a_csv_holds_the_labels_of_the_dataset(folder, visit):
    project = Project(data=str(folder), labels=str(folder / "labels.csv"))
    assert "for you alone" in PhotoKeeper(project, visit, public=False).keep(sent(), ANSWER)
    assert not (folder / ".voilens" / "inbox").exists()
