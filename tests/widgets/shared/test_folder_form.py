"""Choosing a folder, without a browser: what lies there, or why it cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest
import run_folders
from browser_messages import message
from samples import class_folders

from model import jobs
from model.jobs import runs
from widgets.shared.folder_browser import FolderBrowser
from widgets.shared.folder_form import FolderForm
from widgets.shared.project import Project
from widgets.train.panel import TrainPanel

pytestmark = pytest.mark.usefixtures("own_runs")


@pytest.fixture
def folder(tmp_path) -> Path:
    return class_folders(tmp_path / "pets", {"cat": 9, "dog": 9})


def test_a_folder_is_looked_into_before_anything_runs(folder):
    source, heard = FolderForm(Project()), []
    source.on_data(lambda data, labels: heard.append((data, labels)))
    message(source, type="look", data=f' "{folder}" ')
    assert source.state == "ready"
    assert source.sentence.startswith("18 pictures in 2 classes: ")
    assert [row["label"] for row in source.overview["classes"]] == ["cat", "dog"]
    assert heard == [(str(folder), "")]
    assert runs.list_runs() == []  # a look leaves nothing behind


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda at: None, "There is no folder"),
        (lambda at: at.mkdir(), "holds no classes"),
        (lambda at: class_folders(at, {"cat": 3}), "one class only"),
        (lambda at: class_folders(at, {"cat": 3, "dog": 1}), "at least two are needed"),
        (lambda at: class_folders(at, {"cat": 3, "Cat ": 3}), "differ only by case or spaces"),
    ],
)
def test_what_is_wrong_with_a_folder_is_a_sentence(tmp_path, made, said):
    made(tmp_path / "pets")
    source, heard = FolderForm(Project()), []
    source.on_data(lambda data, labels: heard.append((data, labels)))
    source.look(str(tmp_path / "pets"))
    assert source.state == "refused"
    assert said in source.sentence
    assert heard == []


def test_no_path_at_all_is_a_sentence_too():
    source = FolderForm(Project())
    message(source, type="look", data="  ")
    assert source.state == "refused"
    assert source.sentence.startswith("Choose a folder first")


@pytest.mark.parametrize("data", ["nul\0l", "\ud800"])
def test_what_no_path_can_be_is_a_sentence_too(data):
    source = FolderForm(Project())
    message(source, type="look", data=data)
    assert (source.state, source.sentence) == ("refused", "There is no folder of that name: choose another one.")


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"type": "look"},
        {"type": "look", "data": 3},
        {"type": "pick", "place": 99},
        {"type": "pick", "place": "x"},
        {"type": "recent", "place": 0},
        {"type": "suggestion", "place": -1},
        {"type": "browse", "data": None},
        {"type": "take"},
        {"type": "back"},
    ],
)
def test_a_crafted_message_changes_nothing(content):
    source = FolderForm(Project())
    message(source, **content)
    assert source.state == "empty"
    assert source.picked == 0


def test_a_relative_path_is_kept_absolute_for_runs_work_elsewhere(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    project = Project()
    panel = TrainPanel(project)
    panel.source.look("pets")
    assert project.data == str(folder)


def test_with_a_button_a_folder_counts_once_that_is_pressed_even_one_to_train_on_which_more_is_needed(tmp_path):
    lonely = class_folders(tmp_path / "pets", {"cat": 3})
    source, heard = FolderForm(Project(), take="Clean these pictures"), []
    source.on_data(lambda data, labels: heard.append((data, labels)))
    message(source, type="take")
    source.look(str(lonely))
    assert (source.state, source.sentence.startswith("3 pictures in 1 class:")) == ("ready", True)
    assert not (lonely / ".voilens").exists()  # described before anything runs
    assert heard == []
    message(source, type="take")
    assert heard == [(str(lonely), "")]


@pytest.fixture
def looks(monkeypatch) -> list[list[str]]:
    """The arguments of the looks into folders, each of which is refused with two suggestions."""
    looks: list[list[str]] = []
    meant = [{"data": "/pets/Dataset", "labels": "", "sentence": "Did you mean /pets/Dataset, 10 classes?"}]
    meant += [{"data": "/pets/images", "labels": "/pets/train.csv", "sentence": "Or the labels of train.csv?"}]

    def start(kind, arguments, folder):
        looks.append(arguments)
        sentence = f"It holds no classes. {meant[0]['sentence']} Give it as /pets/Dataset."
        failed = {"event": "failed", "sentence": sentence, "code": "no-classes", "values": {"suggestions": meant}}
        return jobs.find(run_folders.make(kind, arguments, [failed]))

    monkeypatch.setattr(jobs, "start", start)
    return looks


def test_what_was_probably_meant_is_one_click_away_with_its_labels(looks):
    source = FolderForm(Project())
    source.look("/pets")
    assert (source.state, source.sentence) == ("refused", "It holds no classes.")
    assert [one["sentence"] for one in source.suggestions] == [
        "Did you mean /pets/Dataset, 10 classes?",
        "Or the labels of train.csv?",
    ]
    message(source, type="suggestion", place=1)
    message(source, type="suggestion", place=2)
    assert looks == [["/pets"], ["/pets/images", "--labels", "/pets/train.csv"]]
    assert (source.data, source.labels) == ("/pets/images", "/pets/train.csv")
    source.look("")
    assert source.suggestions == []


def test_what_was_chosen_lately_and_is_still_there_is_one_click_away(folder, looks):
    gone, digits = {"data": "/nowhere", "labels": ""}, {"data": "digits", "labels": ""}
    recent = {"data": str(folder), "labels": "/pets.csv"}
    project = Project(recents=[gone, recent, digits])
    source = FolderForm(project)
    assert source.recents == [{"name": "pets", **recent}]
    message(source, type="recent", place=0)
    assert looks == [[str(folder), "--labels", "/pets.csv"]]
    project.choose(str(folder), "/pets.csv")
    assert source.recents == []  # it is open


def test_folders_are_browsed_and_one_of_them_is_looked_into(folder, tmp_path):
    source = FolderForm(Project(), FolderBrowser([tmp_path]))
    message(source, type="browse", data="")
    assert [step["name"] for step in source.browsed["folders"]] == ["pets"]
    message(source, type="browse", data=source.browsed["folders"][0]["folder"])
    assert [step["name"] for step in source.browsed["folders"]] == ["cat", "dog"]
    message(source, type="look", data=source.browsed["place"])
    assert (source.state, source.browsed) == ("ready", {})
    message(source, type="browse", data="")
    assert source.browsed["place"] == str(tmp_path)  # beside the folder that is chosen
    message(source, type="close")
    assert source.browsed == {}


def test_a_flat_folder_beside_a_csv_is_taken_with_its_labels_by_one_click(tmp_path):
    flat = class_folders(tmp_path / "made", {"cat": 9, "dog": 9})
    (tmp_path / "pets" / "images").mkdir(parents=True)
    rows = []
    for number, file in enumerate(sorted(flat.glob("*/*"))):
        file.rename(tmp_path / "pets" / "images" / f"{number}.png")
        rows.append(f"{number}.png,{file.parent.name}")
    (tmp_path / "pets" / "train.csv").write_text("\n".join(["filename,class", *rows]))
    source, heard = FolderForm(Project()), []
    source.on_data(lambda data, labels: heard.append((data, labels)))
    source.look(str(tmp_path / "pets"))
    place = next(place for place, one in enumerate(source.suggestions) if one["labels"])
    assert source.suggestions[place]["sentence"]
    message(source, type="suggestion", place=place)
    assert (source.state, heard[-1][1]) == ("ready", str(tmp_path / "pets" / "train.csv"))
    assert [row["label"] for row in source.overview["classes"]] == ["cat", "dog"]
