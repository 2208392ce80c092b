"""Photos of a visit added to the owner's dataset: under the labels they have by now, in classes that it has."""

from __future__ import annotations

import pytest
from samples import encoded, photo

from model.catalog.database import open_database
from model.errors import BadData, BadUsage
from model.intake import inbox
from model.journal.journal import Journal
from model.types import Prediction
from widgets.page.additions import Additions
from widgets.shared.project import Project

ANSWER = Prediction("cat", 0.7, {"Bär": 0.3, "cat": 0.7}, "sure", 0.01)


def test_the_photos_of_a_visit_are_added_to_a_dataset_as_they_were_corrected(folder, visit):
    files = [visit.add(encoded(photo(seed=seed)), f"{seed}.png", ANSWER) for seed in range(3)]
    own = Journal(visit.folder)
    own.mark(files[:1], "relabel", "Bär")
    own.mark(files[1:2], "delete")
    assert "2 photos" in Additions(visit, Project(data=str(folder))).add()
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
        Additions(visit, Project(data=str(folder))).add()
    assert not (folder / ".voilens" / "inbox").exists()
    assert Journal(folder).pending() == []


def test_photos_that_find_no_room_together_are_not_added_one_by_one(folder, visit, monkeypatch):
    monkeypatch.setattr(inbox, "MAX_PHOTOS", 1)
    for seed in range(2):
        visit.add(encoded(photo(seed=seed)), f"{seed}.png", ANSWER)
    with pytest.raises(BadData, match="full"):
        Additions(visit, Project(data=str(folder))).add()
    assert not (folder / ".voilens" / "inbox").exists()


def test_adding_without_a_dataset_says_what_to_do(visit):
    visit.add(b"x", "a.jpg", ANSWER)
    with pytest.raises(BadUsage, match="Choose the dataset first"):
        Additions(visit, Project()).add()


def test_a_class_that_the_dataset_has_not_comes_in_only_where_the_person_says_so(folder, visit):
    for seed, label in enumerate(("cat", "battery", "battery", "can")):
        visit.add(encoded(photo(seed=seed)), f"{seed}.png", ANSWER, said=label)
    additions = Additions(visit, Project(data=str(folder)))
    assert (additions.folder, additions.place) == ("animals", str(folder))
    for allowed in ((), ("can",)):
        with pytest.raises(BadUsage, match=r"No photo was added: “animals” has Bär, cat and two words, and no class called"):
            additions.add(allowed)
    assert not (folder / ".voilens" / "inbox").exists()
    assert additions.new_classes() == ["battery", "can"]
    sentence = additions.add(["battery", "can"])
    assert sentence == "4 photos wait in the cleaner of “animals”, under “from visitors”: Apply there files them."
    assert {change.label for change in Journal(folder).pending()} == {"cat", "battery", "can"}
    assert additions.new_classes() == []  # they wait, so they are known


def test_to_labels_in_a_csv_no_photo_can_be_added(folder, visit):
    visit.add(encoded(photo()), "a.png", ANSWER)
    with pytest.raises(BadUsage, match=r"The labels of “animals” are in train\.csv, and photos can be added"):
        Additions(visit, Project(data=str(folder), labels=str(folder / "train.csv"))).add()
