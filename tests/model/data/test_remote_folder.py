"""A folder at an address is copied: pictures and tables alone, nothing outside; what changed here stays."""

from __future__ import annotations

import json
from pathlib import Path

import fsspec
import pytest
from samples import encoded, photo

from model.__main__ import main
from model.data import read_dataset
from model.data.remote_folder import NOTE, copy_folder
from model.errors import BadData

ADDRESS = "memory://bucket/pets"


@pytest.fixture
def bucket(tmp_path, monkeypatch):
    """Two classes of four pictures in the memory of this process, and a working folder of one's own."""
    files = fsspec.filesystem("memory")
    for place, label in enumerate(("cats", "dogs")):
        for number in range(4):
            files.pipe(f"/bucket/pets/{label}/{number}.png", encoded(photo(16, 16, seed=4 * place + number)))
    monkeypatch.chdir(tmp_path)
    yield files
    files.rm("/bucket", recursive=True)


def inside(folder: Path) -> list[str]:
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file() and file.name != NOTE)


def test_a_folder_at_an_address_becomes_one_here(bucket, tmp_path):
    events: list[dict] = []
    folder = copy_folder(ADDRESS, events.append)
    assert folder == tmp_path / "pets"
    assert inside(folder) == [f"{label}/{number}.png" for label in ("cats", "dogs") for number in range(4)]
    assert (folder / "dogs" / "3.png").read_bytes() == encoded(photo(16, 16, seed=7))
    assert events[-1] == {"event": "opening", "done": 8, "total": 8}
    assert len(read_dataset(folder).items) == 8


def test_what_changed_there_comes_and_what_changed_here_stays(bucket, tmp_path):
    folder = copy_folder(ADDRESS)
    (folder / "cats" / "0.png").rename(folder / "dogs" / "moved.png")
    bucket.pipe("/bucket/pets/cats/1.png", encoded(photo(20, 20, seed=9)))
    bucket.pipe("/bucket/pets/cats/new.png", encoded(photo(16, 16, seed=10)))
    events: list[dict] = []
    copy_folder(ADDRESS, events.append)
    assert [event["done"] for event in events] == [1, 2]
    assert "cats/0.png" not in inside(folder)
    assert (folder / "cats" / "1.png").read_bytes() == encoded(photo(20, 20, seed=9))
    assert "cats/new.png" in inside(folder)


def test_nothing_leads_out_and_only_pictures_and_tables_come(bucket, tmp_path):
    for name in ("..\\..\\out.png", ".hidden/a.png", "cats/run.sh", "cats/" + 300 * "x" + ".png"):
        bucket.pipe(f"/bucket/pets/{name}", encoded(photo(16, 16)))
    bucket.pipe("/bucket/pets/labels.csv", b"file,label\ncats/0.png,cat\n")
    folder = copy_folder(ADDRESS)
    assert len(inside(folder)) == 9
    assert "labels.csv" in inside(folder)
    assert [file.name for file in tmp_path.iterdir()] == ["pets"]


def test_a_stop_keeps_what_was_copied(bucket):
    asked: list[bool] = []

    def stopping() -> bool:
        asked.append(True)
        return len(asked) > 3

    with pytest.raises(KeyboardInterrupt):
        copy_folder(ADDRESS, stopping=stopping)
    events: list[dict] = []
    copy_folder(ADDRESS, events.append)
    assert len(events) == 5


def test_a_line_that_breaks_off_leaves_no_half_picture(bucket, tmp_path, monkeypatch):
    get = type(bucket).get_file
    got: list[str] = []

    def breaking(files, remote, here, *more, **options):
        got.append(remote)
        if len(got) == 3:
            Path(here).write_bytes(b"half")
            raise ConnectionResetError("the line broke off")
        return get(files, remote, here, *more, **options)

    monkeypatch.setattr(type(bucket), "get_file", breaking)
    with pytest.raises(BadData, match=r"could not be copied to its end \(the line broke off\): run this again"):
        copy_folder(ADDRESS)
    copy_folder(ADDRESS)
    assert len(got) == 3 + 6
    assert len(read_dataset(tmp_path / "pets").items) == 8


def test_a_folder_that_is_no_copy_is_left_alone(bucket, tmp_path):
    (tmp_path / "pets").mkdir()
    for note in (None, "no JSON", json.dumps({"address": "memory://bucket/others", "copied": {}})):
        if note is not None:
            (tmp_path / "pets" / NOTE).write_text(note)
        with pytest.raises(BadData, match="which is there already"):
            copy_folder(ADDRESS)
    assert inside(tmp_path / "pets") == []


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("memory://bucket/nothing", "cannot be read|There are no pictures at"),
        ("nowhere://bucket/pets", "nowhere://bucket/pets cannot be read"),
    ],
)
def test_an_address_that_gives_nothing_is_one_sentence(bucket, address, sentence, tmp_path):
    with pytest.raises(BadData, match=sentence):
        copy_folder(address)
    assert list(tmp_path.iterdir()) == []


def test_a_package_that_is_missing_is_named(bucket, monkeypatch):
    def missing(*_):
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec.core, "url_to_fs", missing)
    with pytest.raises(
        BadData, match=r"s3://b/pets cannot be read here \(Install s3fs to access S3\). Install that, or copy it"
    ):
        copy_folder("s3://b/pets")


def test_every_command_takes_an_address(bucket, tmp_path, capsys):
    assert main(["scan", ADDRESS]) == 0
    assert f"memory://bucket/pets is copied: its pictures are in {tmp_path / 'pets'}." in capsys.readouterr().err
    assert main(["overview", ADDRESS, "--json"]) == 0
