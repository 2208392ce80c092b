"""What the parts share: a folder and the labels that belong to it."""

from __future__ import annotations

from pathlib import Path

from widgets.shared.project import Project


def heard(project: Project) -> list[tuple[str, str]]:
    seen: list[tuple[str, str]] = []
    project.observe(lambda _change: seen.append((project.data, project.labels)), ["data", "labels"])
    return seen


def test_a_folder_and_its_labels_are_set_together_and_nobody_sees_one_without_the_other():
    project = Project()
    seen = heard(project)
    project.choose("/pets", "/pets/train.csv")
    assert set(seen) == {("/pets", "/pets/train.csv")}
    seen.clear()
    project.choose("/birds", "/birds/train.csv")
    project.choose("/birds", "/birds/train.csv")
    assert seen == [("/birds", "/birds/train.csv")] * 2  # once for each of the two


def test_the_labels_of_one_folder_are_forgotten_with_it():
    project = Project(data="/pets", labels="/pets/train.csv")
    assert project.labels == "/pets/train.csv"
    seen = heard(project)
    project.data = "/birds"
    assert (project.data, project.labels) == ("/birds", "")
    assert ("/birds", "/pets/train.csv") not in seen
    project.choose("/pets", "/pets/train.csv")
    project.choose("/pets")
    assert project.labels == ""


def test_paths_are_kept_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    project = Project()
    project.choose("pets", " pets/train.csv ")
    assert (project.data, project.labels) == (str(tmp_path / "pets"), str(tmp_path / "pets/train.csv"))
    project.choose("~/pets")
    assert project.data == str(Path.home() / "pets")
    project.choose("digits")
    assert project.data == "digits"
