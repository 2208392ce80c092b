"""Files of corrections that visitors saved: taken whole into the inbox, or refused whole in a sentence."""

from __future__ import annotations

import base64
import contextlib
import random
import shutil
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from children import KILLED, killed_at
from corrections import CLASSES, MODEL, correction, document
from samples import encoded, photo

from model import catalog
from model.artifacts import ModelCard, model_card
from model.catalog import Filter, Listing, open_database, scan
from model.core import PROJECT
from model.errors import BadData
from model.intake import CorrectionsFile, as_said, corrections, inbox, take_corrections
from model.intake.inbox import INBOX
from model.journal import Journal
from model.types import Prediction


@pytest.fixture
def folder(pictures, tmp_path, own_runs) -> Path:
    """A dataset, and a training whose model is the one that the corrections are about."""
    copy = Path(shutil.copytree(pictures, tmp_path / "animals"))
    scan(copy)
    run = own_runs / "2026-01-01-000000-train"
    run.mkdir(parents=True)
    model_card.write(run / "export.pkl", ModelCard(file="export.pkl", classes=CLASSES, sha256=MODEL))
    return copy


def waiting(folder: Path) -> list[tuple[str, str]]:
    """What waits from visitors: what the model answered, and what was said."""
    with closing(open_database(folder)) as database:
        return [tuple(row) for row in database.execute("SELECT predicted, said FROM visitors ORDER BY said")]


def photos(folder: Path) -> list[str]:
    return sorted(file.name for file in (folder / INBOX).glob("[!.]*"))


def test_corrections_become_the_queue_from_visitors_with_their_origin(folder):
    content = document(correction(1, "cat"), correction(2, "Bär"))
    assert take_corrections(folder, content, "of Ann.json") == 2
    assert waiting(folder) == [("Bär", "Bär"), ("Bär", "cat")]
    with closing(Listing(folder)) as listing:
        listing.choose(Filter(reason="visitors"))
        rows = listing.rows(0, 10)
    assert [(row.visitor, row.origin) for row in rows] == [(True, "“of Ann.json”")] * 2
    with closing(Journal(folder)) as journal:
        journal.mark([rows[0].file], "keep")
        (change,) = journal.apply()
    assert (folder / change.to).read_bytes() == base64.b64decode(correction(1)["photo"])


def test_the_same_file_is_taken_once_even_after_its_photos_were_thrown_away(folder):
    content = document(correction(1))
    take_corrections(folder, content, "a.json")
    with closing(Journal(folder)) as journal:
        journal.mark([f"{INBOX}/{name}" for name in photos(folder)], "delete")
        journal.apply()
        journal.empty_trash()
    scan(folder)
    with pytest.raises(BadData, match=r"“b\.json” was taken before.*Nothing was taken\."):
        take_corrections(folder, content, "b.json")
    assert photos(folder) == []


def test_a_photo_that_was_corrected_twice_counts_once_with_the_last_word(folder):
    assert take_corrections(folder, document(correction(1, "Bär"), correction(1, "two words")), "a.json") == 1
    assert waiting(folder) == [("Bär", "two words")]


def test_a_name_in_a_file_is_never_a_path_and_a_class_that_nobody_has_is_a_word(folder):
    take_corrections(folder, document(correction(1, "../x", name="../../../away.jpg")), "../a.json")
    (name,) = photos(folder)
    assert name.endswith("-away.jpg")
    assert waiting(folder) == [("Bär", "../x")]
    assert {file.name for file in folder.parent.iterdir()} <= {"animals", "runs"}


PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(40)).decode()
OTHER = {"label": "dog", "probability": 1.0, "probabilities": {"dog": 1.0}, "status": "sure"}
HIGH = {**correction()["prediction"], "probabilities": {"Bär": 7, "cat": 0.2, "two words": 0.1}}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is no file of corrections"),
        (b"[" * 100_000, "is no file of corrections"),
        (encoded(photo()), "is no file of corrections"),
        (b'{"format": "another"}', "is no file of corrections"),
        (document(correction(), version=2), "update this program"),
        (document(correction(), version="1"), "is damaged"),
        (document(), "is damaged"),
        (document(correction(), model=3), "is damaged"),
        (document(correction(), model="cd" * 32), "a model that is not here"),
        (document(correction(1), correction(2, "")), "is damaged"),
        (document(correction(1), correction(2, "a\nb")), "is damaged"),
        (document(correction(1), correction(2, "x" * 81)), "is damaged"),
        (document(correction(1), correction(2, name=3)), "is damaged"),
        (document(correction(1), correction(2, photo="?")), "is damaged"),
        (document(correction(1), correction(2, prediction=None)), "is damaged"),
        (document(correction(1), correction(2, prediction=OTHER)), "is damaged"),
        (document(correction(1), correction(2, prediction=HIGH)), "is damaged"),
        (document(correction(1), "x"), "is damaged"),
        (document(correction(1))[:-9], "is no file of corrections"),
        (document(correction(1), correction(2, photo=PNG)), "holds a photo that cannot be opened, 2.jpg"),
        (document(correction(1), correction(2, photo="")), "holds a photo that cannot be opened, 2.jpg"),
    ],
)
def test_a_file_that_is_not_right_is_refused_whole(folder, content, sentence):
    with pytest.raises(BadData, match=rf"“a\.json”.*{sentence}.*Nothing was taken\."):
        take_corrections(folder, content, "a.json")
    assert (waiting(folder), photos(folder)) == ([], [])


@pytest.mark.parametrize(
    ("module", "limit", "sentence"),
    [
        (corrections, "MAX_FILE", "MB that such a file"),
        (corrections, "MAX_PHOTOS", "photos that such"),
        (inbox, "MAX_PHOTOS", "full"),
    ],
)
def test_too_much_is_refused_whole(folder, monkeypatch, module, limit, sentence):
    monkeypatch.setattr(module, limit, 1)
    with pytest.raises(BadData, match=sentence):
        take_corrections(folder, document(correction(1), correction(2)), "a.json")
    assert (waiting(folder), photos(folder)) == ([], [])


def test_corrections_of_a_model_of_other_pictures_are_refused(folder):
    shutil.rmtree(folder / "train/two words", ignore_errors=True)
    for place in folder.rglob("two words"):
        shutil.rmtree(place)
    scan(folder)
    with pytest.raises(BadData, match="knows two words, and these pictures have no such class"):
        take_corrections(folder, document(correction(1)), "a.json")


def test_killed_at_any_instant_all_of_it_is_there_or_it_can_be_dropped_again(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(corrections, "_check_open", lambda *_: None)  # a process that is forked has no threads to wait for
    content = document(correction(1, "cat"), correction(2, "Bär"))

    def work(root: Path) -> None:
        inbox.open_database = catalog.open_database  # the one that counts its statements
        take_corrections(root, content, "a.json")

    instant, ended, seen = 0, KILLED, set()
    while ended == KILLED:
        root = Path(shutil.copytree(folder, tmp_path / str(instant)))
        ended = killed_at(instant, lambda root=root: work(root))
        scan(root)
        seen.add(len(waiting(root)))
        assert len(waiting(root)) in (0, 2)
        if not waiting(root):
            assert take_corrections(root, content, "a.json") == 2
        assert len(photos(root)) == len(waiting(root)) == 2
        with pytest.raises(BadData, match="taken before"):
            take_corrections(root, content, "a.json")
        instant += 1
    assert ended == 0
    assert instant > 20
    assert seen == {0, 2}


@pytest.mark.slow
def test_over_100_kills_nothing_is_lost_or_doubled_and_nothing_lies_outside(folder, tmp_path):
    before = {file for file in tmp_path.rglob("*") if INBOX not in file.as_posix() and ".voilens" not in file.parts}
    chance, taken, longest = random.Random(14), 0, 0.0
    for number in range(101):
        pair = [correction(2 * number + place, name=f"../{number}-{place}.jpg") for place in (0, 1)]
        (file := tmp_path / "sent.json").write_bytes(document(*pair))
        started = time.monotonic()
        command = [sys.executable, "-m", "model", "intake", str(folder), str(file)]
        with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            if number:  # the first says how long one takes
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(chance.uniform(0.3, 1.05) * longest)
                process.kill()
            process.wait()
        longest = longest or time.monotonic() - started
        found = len(waiting(folder)) - 2 * number
        assert found in (0, 2), "whole or not at all"
        taken += found // 2
        if not found:
            assert take_corrections(folder, file.read_bytes(), "again.json") == 2
        with pytest.raises(BadData, match="taken before"):
            take_corrections(folder, file.read_bytes(), "twice.json")
    file.unlink()
    assert 1 < taken < 101, "killed before and after it counted"
    assert len(photos(folder)) == len(waiting(folder)) == 202
    after = {file for file in tmp_path.rglob("*") if INBOX not in file.as_posix() and ".voilens" not in file.parts}
    assert after == before


ANSWER = Prediction("Bär", 0.7, {"Bär": 0.7, "cat": 0.2, "two words": 0.1}, "unsure", 0.01, "a note")


def test_what_is_written_is_what_is_read(folder):
    file = CorrectionsFile(MODEL)
    pictures = [encoded(photo(seed=seed), "JPEG") for seed in (1, 2)]
    assert file.add(pictures[0], "../\ud800 1.jpg", ANSWER, "cat")
    assert file.add(pictures[1], "2" * 500, ANSWER, as_said(" deep \t re\u200bd ", ANSWER.probabilities))
    assert take_corrections(folder, file.content(), "a.json") == len(file) == 2
    assert waiting(folder) == [("Bär", "cat"), ("Bär", "deep red")]
    assert sorted((folder / INBOX / name).read_bytes() for name in photos(folder)) == sorted(pictures)


def test_a_file_that_is_written_keeps_within_the_limits_of_who_reads_it(folder, monkeypatch):
    monkeypatch.setattr(corrections, "MAX_PHOTOS", 2)
    few = CorrectionsFile(MODEL)
    assert [few.add(encoded(photo(seed=seed)), "a.png", ANSWER, "cat") for seed in range(3)] == [True, True, False]
    assert take_corrections(folder, few.content(), "few.json") == 2

    monkeypatch.setattr(corrections, "MAX_FILE", 40_000)
    large = CorrectionsFile(MODEL)
    assert large.add(bytes(20_000), "a.png", ANSWER, "cat")
    assert not large.add(bytes(20_000), "b.png", ANSWER, "cat")
    assert len(large.content()) <= corrections.MAX_FILE


@pytest.mark.parametrize(
    ("typed", "said"),
    [("two  words", "two words"), ("a  b", "a  b"), ("\ud800x\n y", "x y"), ("x" * 79 + "  y", "x" * 79), ("\u200b", "")],
)
def test_what_is_said_becomes_one_line_that_can_be_printed_or_a_class_as_it_is(typed, said):
    assert as_said(typed, ["a  b"]) == said
