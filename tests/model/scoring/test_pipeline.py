"""Scoring a folder with a real export, in the process and as the command."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import heic
import numpy as np
import pytest
from samples import class_folders, encoded, photo

from model import catalog
from model.catalog import GENERAL, Filter, Listing, warm_up
from model.catalog.database import open_database
from model.classifier import Classifier
from model.core import MAX_BYTES, PROJECT, checksum
from model.data import read_dataset
from model.errors import BadData, BadImage
from model.features import frozen_body, look_at, seeing
from model.images.decode import open_picture
from model.images.workers import HUNGRY
from model.scoring import eyes, pipeline
from model.scoring.pipeline import ScoreOptions, score
from model.scoring.results import ResultStore


@pytest.fixture
def folder(tmp_path) -> Path:
    """Two classes told by their colour, one picture under the wrong one, a copy, a broken and a dark one."""
    root = class_folders(tmp_path / "colours", {"red": 30, "green": 30}, size=(64, 64))
    shutil.move(root / "red" / "000.png", root / "green" / "wrong.png")
    shutil.copy(root / "red" / "001.png", root / "red" / "copy.png")
    shutil.copy(root / "red" / "002.png", root / "green" / "conflict.png")
    (root / "red" / "broken.png").write_bytes(encoded(photo())[:300])
    (root / "red" / "empty.png").touch()
    photo(64, 64, seed=5).point(lambda value: value // 40).save(root / "green" / "dark.png")
    return root


def run(folder: Path, export: Path, **options) -> dict:
    return score(folder, ScoreOptions(export, named=True), **options)


def names(rows) -> set[str]:
    return {Path(row["file"]).name for row in rows}


def test_a_picture_under_the_wrong_label_comes_first_and_is_named(folder, tiny_export):
    found = run(folder, tiny_export)
    top = found["items"][:3]
    assert {"wrong.png", "conflict.png"} <= names(top)
    for item in top[:2]:
        assert (item["label"], item["predicted"]) == ("green", "red")
    doubts = [item["doubt"] for item in found["items"]]
    assert doubts == sorted(doubts, reverse=True)
    assert {"file", "label", "predicted", "probability", "loss", "doubt", "split"} <= set(found["items"][0])
    assert all(Path(item["file"]).is_file() for item in found["items"])


def test_afterwards_the_thumbnails_are_there_that_a_cleaner_shows_first(folder, tiny_export, monkeypatch):
    monkeypatch.setattr(catalog, "warm_up", warm_up)  # the other tests do without
    run(folder, tiny_export)
    assert warm_up(folder) == 0


def test_copies_are_grouped_and_a_copy_under_another_label_is_a_conflict(folder, tiny_export):
    groups = {frozenset(Path(file).name for file in group["files"]): group for group in run(folder, tiny_export)["duplicates"]}
    assert not groups[frozenset({"001.png", "copy.png"})]["conflict"]
    assert groups[frozenset({"002.png", "conflict.png"})]["conflict"]
    assert groups[frozenset({"001.png", "copy.png"})]["kind"] == "bytes"


def test_broken_and_dark_pictures_are_listed_with_the_reason_and_the_rest_is_scored(folder, tiny_export):
    found = run(folder, tiny_export)
    quality = {Path(row["file"]).name: row for row in found["quality"]}
    assert quality["broken.png"]["issues"] == ["broken"]
    assert "breaks off" in quality["broken.png"]["problem"]
    assert "empty" in quality["empty.png"]["problem"]
    assert "dark" in quality["dark.png"]["issues"]
    assert len(found["items"]) == len(list(folder.glob("*/*.png"))) - 2


def test_scoring_again_looks_at_no_picture_and_gives_the_same(folder, tiny_export, monkeypatch):
    first = run(folder, tiny_export)
    monkeypatch.setattr(pipeline._Scoring, "run", None)
    assert run(folder, tiny_export) == first


def test_an_unchanged_folder_gets_the_thumbnails_back_that_were_removed_since(folder, tiny_export, warmed_up):
    run(folder, tiny_export)
    assert warmed_up == [folder]
    run(folder, tiny_export)
    assert warmed_up == [folder, folder]


def test_a_changed_picture_costs_one_picture(folder, tiny_export, monkeypatch):
    run(folder, tiny_export)
    photo(64, 64, seed=99).save(folder / "red" / "003.png")
    inspected: list[str] = []
    real = pipeline._Scoring._inspect
    monkeypatch.setattr(
        pipeline._Scoring,
        "_inspect",
        lambda self, items, eye: inspected.extend(item.file for item in items) or real(self, items, eye),
    )
    run(folder, tiny_export)
    assert inspected == ["red/003.png"]


def test_a_moved_picture_costs_nothing_but_a_new_judgement(folder, tiny_export, monkeypatch):
    run(folder, tiny_export)
    shutil.move(folder / "green" / "wrong.png", folder / "red" / "right.png")
    monkeypatch.setattr("model.scoring.inspection.inspect_all", None)
    right = next(item for item in run(folder, tiny_export)["items"] if item["file"].endswith("right.png"))
    assert right["label"] == right["predicted"] == "red"


def test_the_general_body_looks_and_what_a_training_has_seen_is_not_looked_at_again(folder, monkeypatch):
    pictures = [item for item in read_dataset(folder).items if item.path.name != "broken.png"]  # which nobody can see
    look_at(pictures[:40], folder, frozen_body())
    framed: list[int] = []
    real = eyes.GeneralEye.see
    monkeypatch.setattr(eyes.GeneralEye, "see", lambda self, some: framed.append(len(some)) or real(self, some))
    found = score(folder, ScoreOptions())
    assert "wrong.png" in names(found["items"][:5])
    contents = {checksum(item.path) for item in pictures}
    assert 0 < sum(framed) == len(contents) - len({checksum(item.path) for item in pictures[:40]})
    assert look_at(pictures, folder, frozen_body()).fresh == 0
    with closing(Listing(folder)) as listing:
        facets = listing.facets(Filter())
    assert (facets.judge["name"], facets.answering) == (GENERAL, {})


def test_what_a_model_that_knows_these_classes_says_stands_beside_the_doubts(pictures, tmp_path, tiny_export):
    root = Path(shutil.copytree(pictures, tmp_path / "animals"))
    run(root, tiny_export)
    with closing(Listing(root)) as listing:
        listing.choose(Filter(order="name"))
        rows = listing.rows(0, 100)
        otherwise = listing.facets(Filter()).reasons["otherwise"]
    answers = Classifier.load(tiny_export, named=True).classify([root / row.file for row in rows])
    assert [(row.answer, row.answer_probability) for row in rows] == [
        (answer.label, pytest.approx(answer.probability, abs=2e-3)) for answer in answers
    ]
    assert otherwise == sum(row.answer != row.label for row in rows)


def test_a_model_of_other_classes_says_nothing_of_these(folder, tiny_export):
    run(folder, tiny_export)
    with closing(Listing(folder)) as listing:
        listing.choose(Filter())
        assert {row.answer for row in listing.rows(0, 10)} == {None}


def test_a_stop_keeps_what_was_looked_at(folder, tiny_export, monkeypatch):
    monkeypatch.setattr(seeing, "BATCH", 8)
    events: list[dict] = []
    with pytest.raises(KeyboardInterrupt):
        run(folder, tiny_export, report=events.append, stopping=lambda: events[-1].get("phase") and events[-1]["done"] >= 20)
    store = ResultStore(folder)
    kept = len(store.contents())
    store.close()
    assert 20 <= kept < 60
    events.clear()
    run(folder, tiny_export, report=events.append)
    looked = [event for event in events if event.get("phase") == "looking at the pictures"]
    assert looked[-1]["total"] < 60 - kept + 10


def test_the_photos_of_visitors_keep_their_own_scores(folder, tiny_export):
    from model.intake.inbox import Inbox
    from model.types import Prediction

    run(folder, tiny_export)
    Inbox(folder).add(encoded(photo(seed=7)), "a.png", Prediction("red", 1.0, {"red": 1.0}, "sure", 0.0))
    assert "a.png" not in " ".join(names(run(folder, tiny_export)["items"]))
    database = open_database(folder)
    assert database.execute("SELECT count(*) FROM scores JOIN visitors USING (file)").fetchone()[0] == 1
    database.close()


def test_a_folder_of_one_class_or_of_broken_pictures_is_refused_in_a_sentence(tmp_path, tiny_export):
    root = class_folders(tmp_path / "one", {"red": 5})
    with pytest.raises(BadData, match="one class only"):
        run(root, tiny_export)
    for file in root.glob("*/*.png"):
        file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(BadData, match="None of the pictures"):
        run(root, tiny_export)


def test_embeddings_travel_in_half_precision_and_come_back(folder):
    store = ResultStore(folder)
    row = np.linspace(-3, 3, 16, dtype=np.float32)
    store.save_contents({}, {"a" * 64: row}, "model")
    assert store.embeddings("model")["a" * 64] == pytest.approx(row, abs=2e-3)
    assert store.embeddings("another") == {}
    store.close()


def test_the_command_prints_one_document_and_scores_an_unchanged_folder_without_torch(folder, tiny_export):
    command = [sys.executable, "-m", "model", "score", str(folder), "--model", str(tiny_export), "--json"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr  # for the broken picture
    assert set(json.loads(done.stdout)) >= {"items", "duplicates", "quality"}
    again = (
        f"import sys; from model.__main__ import main; main({command[3:]!r}); print('torch' in sys.modules, file=sys.stderr)"
    )
    second = subprocess.run([sys.executable, "-c", again], cwd=PROJECT, capture_output=True, text=True)
    assert json.loads(second.stdout) == json.loads(done.stdout)
    assert second.stderr.endswith("False\n")


def test_a_picture_that_moved_while_it_was_looked_at_is_not_taken_for_a_broken_one(folder, tiny_export, monkeypatch):
    real = pipeline._Scoring._inspect

    def move_then_inspect(self, items, eye):
        shutil.move(folder / "red" / "005.png", folder / "green" / "moved.png")
        real(self, items, eye)

    with monkeypatch.context() as patch:
        patch.setattr(pipeline._Scoring, "_inspect", move_then_inspect)
        run(folder, tiny_export)
    found = run(folder, tiny_export)
    assert "moved.png" in names(found["items"])
    assert "moved.png" not in names(found["quality"])


def test_a_good_picture_that_is_over_a_limit_never_stands_among_the_broken_ones():
    over = [b"\0" * (MAX_BYTES + 1), heic.TOO_MANY]
    assert [pipeline.unopened(sentence_of(source)) for source in over] == ["too large"] * 2
    assert pipeline.unopened(HUNGRY) == "too large"
    broken = [b"", b"text", heic.QUARTERS[:300], encoded(photo())[:300], encoded(photo(320, 240), "JPEG")[:9000]]
    assert [pipeline.unopened(sentence_of(source)) for source in broken] == ["broken"] * len(broken)


def sentence_of(source: bytes) -> str:
    with pytest.raises(BadImage) as refused:
        open_picture(source)
    return str(refused.value)


@pytest.mark.slow
def test_what_an_instant_model_that_serves_says_costs_no_look_and_is_what_it_answers(folder, own_runs, monkeypatch):
    from model import training
    from model.artifacts import serving_state

    out = own_runs / "first" / "export.pkl"
    out.parent.mkdir(parents=True)
    (folder / "red" / "broken.png").unlink()
    (folder / "red" / "empty.png").unlink()
    training.train(str(folder), training.choose_config("instant", seed=0), out, lambda event: None)
    serving_state.serve(out)
    score(folder)
    with closing(Listing(folder)) as listing:
        listing.choose(Filter(order="name"))
        rows = listing.rows(0, 100)
        assert listing.facets(Filter()).answering["export"] == str(out)
    answers = Classifier.load(out).classify([folder / row.file for row in rows])
    assert [row.answer for row in rows] == [answer.label for answer in answers]
    assert [row.answer_probability for row in rows] == pytest.approx([answer.probability for answer in answers], abs=0.02)
