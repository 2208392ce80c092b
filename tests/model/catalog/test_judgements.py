"""What a measurement says of pictures is kept in the catalog, gives way to a scoring, and is of the label that was judged."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from samples import class_folders

from model.catalog import Filter, Listing, keep_judgements, open_database, scan
from model.errors import BadData
from model.types import Score


@pytest.fixture
def folder(tmp_path) -> Path:
    folder = class_folders(tmp_path / "pets", {"cat": 4, "dog": 4})
    scan(folder)
    return folder


def said(file: str, predicted: str, label: str = "cat", **more) -> Score:
    return Score(file, label, predicted, 0.9, 2.3, 0.9, None, False, "valid", **more)


def rows(folder: Path) -> dict[str, str | None]:
    with closing(Listing(folder)) as listing:
        listing.choose(Filter(order="name"))
        return {row.file: row.predicted for row in listing.rows(0, 99)}


def facets(folder: Path):
    with closing(Listing(folder)) as listing:
        return listing.facets(Filter())


def test_as_many_pictures_are_counted_as_judged_as_say_so_themselves(folder):
    keep_judgements(folder, [said("cat/000.png", "dog"), said("cat/001.png", "cat")])
    assert facets(folder).judged == sum(predicted is not None for predicted in rows(folder).values()) == 2
    assert not facets(folder).scored  # nobody has looked for doubtful labels yet
    assert facets(folder).reasons["doubtful"] == 0
    (folder / "cat/000.png").rename(folder / "dog/900.png")  # another label by now: that one was not judged
    scan(folder)
    assert facets(folder).judged == sum(predicted is not None for predicted in rows(folder).values()) == 1


def test_a_later_measurement_takes_the_place_of_an_earlier_one(folder):
    keep_judgements(folder, [said("cat/000.png", "dog")])
    keep_judgements(folder, [said("cat/000.png", "cat")])
    assert rows(folder)["cat/000.png"] == "cat"


def test_the_scores_of_a_whole_folder_stay(folder):
    with closing(open_database(folder)) as database:
        database.execute("INSERT INTO scores VALUES ('cat/000.png', 'cat', 'dog', 0.9, 2.3, 0.9, 'dog', 1)")
        database.execute("INSERT INTO facts VALUES ('scored', 'quick')")
    keep_judgements(folder, [said("cat/000.png", "cat"), said("cat/001.png", "dog")])
    assert (rows(folder)["cat/000.png"], rows(folder)["cat/001.png"]) == ("dog", "dog")
    assert facets(folder).reasons["doubtful"] == 1


def test_a_catalog_that_cannot_be_written_is_a_sentence(folder):
    (folder / ".voilens" / "index.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(BadData, match="damaged"):
        keep_judgements(folder, [said("cat/000.png", "dog")])
