"""What `make app` hands to the page: the very words of whoever typed them, of which the page makes paths."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from model.client import connect
from model.core import PROJECT
from model.errors import BadModel
from widgets.shared.project import Project

SHOW = """#!/bin/sh
printf '%s\\n' "$VOILENS_MODEL" "$VOILENS_FOLDER" "$*"
"""


@pytest.fixture
def make_app(tmp_path):
    """`make app` with a program in the place of Voilà that shows what it is given: the model, the folder, its arguments."""
    if not shutil.which("make"):
        pytest.skip("there is no make here")
    program = tmp_path / "voila"
    program.write_text(SHOW)
    program.chmod(0o755)

    def call(*variables: str, **environment: str) -> list[str]:
        command = ["make", "-s", "-o", "install", "app", f"BIN={tmp_path}", *variables]
        own = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MODEL", "DATA")}
        done = subprocess.run(command, cwd=PROJECT, env={**own, **environment}, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    return call


@pytest.mark.parametrize("words", ["My Photos", "~/photos", "digits", 'it\'s "mine"', "a$b", "../photos"])
def test_make_passes_a_folder_and_a_model_on_as_they_were_written(make_app, words):
    assert make_app(f"DATA={words}", f"MODEL={words}.pkl")[:2] == [f"{words}.pkl", words]


def test_make_leaves_the_environment_as_it_is_where_nothing_is_said(make_app):
    model, folder, arguments = make_app("PORT=9000", VOILENS_FOLDER="mine")
    assert (model, folder) == ("", "mine")
    assert arguments.endswith("--port=9000")


def test_the_page_makes_paths_of_what_was_written(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert Project(data="~/My Photos").data == str(tmp_path / "My Photos")
    assert Project(data="photos").data == str(tmp_path / "photos")
    assert Project(data="digits").data == "digits"
    assert Project(model="~/mine.pkl").model == str(tmp_path / "mine.pkl")
    assert Project().model == ""  # the one that serves
    with pytest.raises(BadModel, match=str(tmp_path / "mine.pkl")):
        connect("~/mine.pkl").classify(b"")
