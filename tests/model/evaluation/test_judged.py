"""Pictures that were measured are judged: the cleaner knows the answers of an evaluation, and of a training."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

from model.catalog import Filter, Listing, scan
from model.classifier import Classifier
from model.data import read_dataset
from model.evaluation import LoadedExport, evaluate_folder


def test_what_an_evaluation_answered_is_known_of_each_picture_and_of_no_picture_that_was_learned_from(
    own_pictures, tiny_export
):
    dataset = read_dataset(own_pictures)
    report = evaluate_folder(dataset, LoadedExport(tiny_export, Classifier.load(tiny_export)), split="all")
    scan(own_pictures)
    with closing(Listing(own_pictures)) as listing:
        listing.choose(Filter(order="name"))
        known = {row.file: (row.predicted, row.probability) for row in listing.rows(0, 99) if row.predicted}
        judged = listing.facets(Filter()).judged
    asked = {item.path.relative_to(own_pictures).as_posix() for item in dataset.items if item.split != "train"}
    answers = {
        Path(a["file"]).relative_to(own_pictures).as_posix(): (a["predicted"], a["probability"]) for a in report["answers"]
    }
    assert known == {file: answers[file] for file in asked}
    assert judged == len(asked)


def test_a_folder_that_cannot_be_written_is_measured_all_the_same(pictures, tmp_path, tiny_export):
    folder = Path(shutil.copytree(pictures, tmp_path / "animals"))
    (folder / ".voilens").write_text("in the way")
    report = evaluate_folder(read_dataset(folder), LoadedExport(tiny_export, Classifier.load(tiny_export)), split="valid")
    assert report["count"] > 0
