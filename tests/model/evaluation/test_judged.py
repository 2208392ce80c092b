"""Pictures that were measured are judged: the cleaner knows the answers of an evaluation that a page asked for."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

from model.__main__ import main
from model.catalog import Filter, Listing, scan
from model.data import read_dataset
from model.evaluation import keep_answers


def test_what_a_page_had_measured_is_known_of_each_picture_that_was_not_learned_from(own_pictures, tiny_export, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    assert main(["evaluate", str(own_pictures), "--split", "all", "--model", str(tiny_export), "--run", str(run)]) == 0
    scan(own_pictures)
    with closing(Listing(own_pictures)) as listing:
        listing.choose(Filter(order="name"))
        known = {row.file: (row.predicted, row.probability) for row in listing.rows(0, 99) if row.predicted}
        judged = listing.facets(Filter()).judged
    items = [item for item in read_dataset(own_pictures).items if item.split != "train"]
    report = json.loads((run / "report.json").read_text())
    rows = {Path(row["file"]).relative_to(own_pictures).as_posix(): row for row in report["answers"]}
    asked = {item.path.relative_to(own_pictures).as_posix() for item in items}
    assert known == {file: (rows[file]["predicted"], rows[file]["probability"]) for file in asked}
    assert judged == len(asked)


def test_an_evaluation_that_no_page_asked_for_leaves_nothing_in_the_folder(own_pictures, tiny_export):
    assert main(["evaluate", str(own_pictures), "--model", str(tiny_export)]) == 0
    assert not (own_pictures / ".voilens" / "index.sqlite").exists()


def test_where_nothing_can_be_written_nothing_is_kept(own_pictures):
    dataset = read_dataset(own_pictures)
    (own_pictures / ".voilens").mkdir(exist_ok=True)
    (own_pictures / ".voilens" / "index.sqlite").write_bytes(b"no database" * 100)
    first = next(item for item in dataset.items if item.split == "valid")
    keep_answers(dataset, [{"file": str(first.path), "predicted": "cat", "probability": 0.9, "loss": 0.1}])
