"""A zip of pictures is opened beside itself: all of it or nothing, nothing outside, within limits, names as they were meant."""

from __future__ import annotations

import io
import json
import stat
import unicodedata
import zipfile
from pathlib import Path

import pytest
from samples import encoded, photo

from model.__main__ import main
from model.data import zip_import
from model.data.dataset import find_folder, read_dataset
from model.data.zip_import import open_zip
from model.errors import BadData

PNG = [encoded(photo(16, 16, seed=number)) for number in range(16)]


def zipped(file: Path, names: dict[str, bytes] | None = None, top: str = "pets/") -> Path:
    """A zip with two classes of four pictures, and more entries."""
    pictures = {
        f"{top}{label}/{number}.png": PNG[4 * place + number]
        for place, label in enumerate(("cats", "dogs"))
        for number in range(4)
    }
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in (pictures | (names or {})).items():
            archive.writestr(name, content)
    return file


def files(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if not path.is_dir())


@pytest.mark.parametrize(("top", "inside"), [("", ""), ("pets/", "pets"), ("a/b/", "a/b"), ("pets/train/", "pets")])
def test_it_is_opened_beside_itself_with_progress_and_not_a_second_time(tmp_path, top, inside):
    archive = zipped(tmp_path / "animals.zip", top=top)
    events: list[dict] = []
    folder = open_zip(archive, events.append)
    assert folder == tmp_path / "animals" / inside
    assert read_dataset(folder).classes == ("cats", "dogs") == read_dataset(archive).classes
    assert events[-1] == {"event": "opening", "done": 8, "total": 8}
    before = (folder / "..").stat().st_ino
    assert open_zip(archive) == find_folder(archive) == folder
    assert (folder / "..").stat().st_ino == before


def test_what_leads_out_is_a_link_or_is_no_picture_stays_inside(tmp_path):
    bad = {
        "../evil.png": PNG[9],
        "/evil.png": PNG[9],
        "pets/../../evil.png": PNG[9],
        "C:\\evil.png": PNG[9],
        "pets/run.sh": b"rm -rf",
    }
    (tmp_path / "work").mkdir()
    archive = zipped(tmp_path / "work" / "animals.zip", bad)
    with zipfile.ZipFile(archive, "a") as more:
        link = zipfile.ZipInfo("pets/cats/link.png")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        more.writestr(link, "/etc/passwd")
        more.writestr("__MACOSX/pets/cats/._0.png", PNG[9])
        more.writestr("pets/.hidden/x.png", PNG[9])
        more.writestr("pets/labels.csv", "file,label\n")
    open_zip(archive)
    expected = [f"animals/pets/{label}/{number}.png" for label in ("cats", "dogs") for number in range(4)]
    assert files(tmp_path / "work") == ["animals.zip", "animals/.voilens-zip", *expected, "animals/pets/labels.csv"]
    assert files(tmp_path) == [f"work/{file}" for file in files(tmp_path / "work")]


def test_names_of_windows_and_of_macos_come_out_as_they_were_meant(tmp_path):
    names = {
        "Bär/1.png": "cp437",
        "Bär/2.png": "utf-8",
        unicodedata.normalize("NFD", "Bär/3.png"): "utf-8",
        "naïve\\4.png": "cp437",
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(len(names)):
            archive.writestr(f"{number:<20}", PNG[number])  # a name of as many bytes, without the flag that it is UTF-8
    raw = stream.getvalue()
    for number, (name, encoding) in enumerate(names.items()):
        raw = raw.replace(f"{number:<20}".encode(), b"./" * 4 + name.encode(encoding).rjust(12, b"/"))
    (tmp_path / "x.zip").write_bytes(raw)
    found = files(open_zip(tmp_path / "x.zip"))
    assert [name for name in found if name.endswith("png")] == ["Bär/1.png", "Bär/2.png", "Bär/3.png", "naïve/4.png"]


def test_of_two_names_that_differ_by_case_alone_both_are_kept(tmp_path):
    folder = open_zip(zipped(tmp_path / "a.zip", {"pets/cats/0.PNG": PNG[12]}))
    assert len(read_dataset(folder).items) == 9


@pytest.mark.parametrize(
    ("limit", "value", "words"),
    [("MOST_FILES", 5, "more than 5"), ("MOST_BYTES", 1000, "too much"), ("SPARE", 1 << 60, "too little room")],
)
def test_what_is_too_much_is_refused_and_leaves_nothing(tmp_path, monkeypatch, limit, value, words):
    archive = zipped(tmp_path / "a.zip")
    monkeypatch.setattr(zip_import, limit, value)
    with pytest.raises(BadData, match=words):
        open_zip(archive)
    assert files(tmp_path) == ["a.zip"]


def test_a_bomb_is_refused_by_what_it_says_and_by_what_it_does(tmp_path, monkeypatch):
    monkeypatch.setattr(zip_import, "RATIO_FROM", 1 << 20)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("pets/cats/1.png", PNG[0] + bytes(20 << 20))
    with pytest.raises(BadData, match="too much for a zip of pictures"):
        open_zip(tmp_path / "a.zip")
    monkeypatch.setattr(zip_import, "_check", lambda *_: None)
    with pytest.raises(BadData, match="too much for a zip of pictures"):
        open_zip(tmp_path / "a.zip")
    assert files(tmp_path) == ["a.zip"]


def test_a_damaged_zip_a_stop_and_a_folder_in_the_way_leave_everything_as_it_was(tmp_path):
    archive = zipped(tmp_path / "a.zip")
    with pytest.raises(KeyboardInterrupt):
        open_zip(archive, stopping=lambda: True)
    assert list(tmp_path.iterdir()) == [archive]
    whole = archive.read_bytes()
    archive.write_bytes(whole.replace(PNG[5], PNG[5][:-40] + bytes(40)))
    with pytest.raises(BadData, match="is damaged"):
        open_zip(archive)
    assert list(tmp_path.iterdir()) == [archive]
    archive.write_bytes(whole)
    (tmp_path / "a").mkdir()
    with pytest.raises(BadData, match="is there already"):
        open_zip(archive)


def test_a_zip_without_pictures_is_told(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(BadData, match="holds no pictures"):
        open_zip(tmp_path / "a.zip")
    assert files(tmp_path) == ["a.zip"]


def test_a_folder_that_is_asked_for_by_its_zip_is_opened_by_the_command_and_by_it_alone(tmp_path, capsys):
    archive = zipped(tmp_path / "animals.zip")
    with pytest.raises(BadData, match=r"is a zip archive that is not opened yet: python -m model overview"):
        find_folder(archive)
    assert main(["overview", str(archive), "--json"]) == 0
    out, told = capsys.readouterr()
    document = json.loads(out)
    assert document["data"] == str(tmp_path / "animals" / "pets")
    assert [row["label"] for row in document["classes"]] == ["cats", "dogs"]
    assert "is opened: its pictures are in" in told
