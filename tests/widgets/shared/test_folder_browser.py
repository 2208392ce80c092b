"""Browsing the folders of the machine: below the places, whatever is asked for, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from model.core import PROJECT
from widgets.shared import folder_browser
from widgets.shared.folder_browser import FolderBrowser


@pytest.fixture
def home(tmp_path) -> Path:
    for folder in ("home/photos/cats", "home/photos/Dogs", "home/.ssh", "home/empty", "secret/keys"):
        (tmp_path / folder).mkdir(parents=True)
    for number in range(3):
        (tmp_path / f"home/photos/cats/{number}.jpg").touch()
    (tmp_path / "home/to-secret").symlink_to(tmp_path / "secret")
    (tmp_path / "home/to-photos").symlink_to(tmp_path / "home/photos")
    (tmp_path / "home/in-a-circle").symlink_to(tmp_path / "home/in-a-circle")
    (tmp_path / "home/readme.txt").touch()
    return tmp_path / "home"


def names(found: dict) -> list[str]:
    return [folder["name"] for folder in found["folders"]]


def test_folders_are_listed_with_what_lies_in_them_and_the_way_to_them(home):
    browser = FolderBrowser([home])
    found = browser.contents("")
    assert found["place"] == str(home)
    assert {folder["name"]: folder["about"] for folder in found["folders"]} == {
        "empty": "empty",
        "photos": "2 folders",
        "to-photos": "2 folders",
    }
    deeper = browser.contents(found["folders"][1]["folder"])
    assert names(deeper) == ["cats", "Dogs"]
    assert deeper["folders"][0]["about"] == "3 files"
    assert [step["name"] for step in deeper["path"]] == ["home", "photos"]
    assert browser.contents(str(home / "empty"))["sentence"] == "There are no folders in it."


@pytest.mark.parametrize(
    "asked", ["/", "/etc", "..", "secret", "home/../secret", "home/to-secret", "home-2", "nul\0l", "\ud800", "home/none"]
)
def test_no_message_leads_out_of_the_places(home, asked):
    (home.parent / "home-2").mkdir()
    found = FolderBrowser([home]).contents(asked if asked.startswith("/") else str(home.parent / asked))
    assert found["place"] == str(home)
    assert all(folder["folder"].startswith(str(home)) for folder in found["folders"])


def test_the_places_are_the_persons_home_and_where_the_page_runs(home, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(tmp_path / "secret")
    found = FolderBrowser().contents("")
    assert [place["name"] for place in found["places"]] == ["Home", "secret"]
    assert names(FolderBrowser().contents(str(tmp_path / "secret"))) == ["keys"]
    assert FolderBrowser().start(str(home / "photos" / "cats")) == str(home / "photos")
    assert FolderBrowser().start("digits") == str(tmp_path / "secret")
    assert FolderBrowser().start("/etc/ssl") == ""


def test_of_very_many_folders_some_are_listed_and_the_rest_is_counted(home, monkeypatch):
    monkeypatch.setattr(folder_browser, "MOST_SHOWN", 2)
    found = FolderBrowser([home]).contents("")
    assert (len(found["folders"]), found["more"]) == (2, 1)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_folder_that_cannot_be_read_says_so(home):
    (home / "empty").chmod(0)
    assert FolderBrowser([home]).contents(str(home / "empty"))["sentence"].startswith("This folder cannot be read (")


def test_a_public_page_does_not_even_load_what_browses():
    script = """
import sys
import ipywidgets as ipw
from model.types import Prediction
from widgets import App

class Model:
    def announced(self): return []
    def card(self): return {"classes": []}

page = App(Model(), data="/etc", public=True)
for title in ("Train", "Clean", "Measure", "Label"):
    page.tabs._on_tab_bar_chosen({"new": title})
for widget in list(ipw.widgets.widget._instances.values()):
    for message in ({"type": "browse", "data": "/"}, {"type": "look", "data": "/etc"}, {"type": "recent", "place": 0}):
        widget._handle_custom_msg(message, [])
print(sorted(name for name in sys.modules if "folder_" in name and name.startswith("widgets.")), page.project.data == "")
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True)
    assert done.stdout.strip() == "[] True", done.stderr
