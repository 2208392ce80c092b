"""`python -m model intake`: corrections taken from the command line."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path

from corrections import CLASSES, MODEL, correction, document

from model.__main__ import main
from model.artifacts import ModelCard, model_card
from model.catalog import open_database


def test_each_file_is_taken_or_refused_by_itself(pictures, tmp_path, own_runs, capsys):
    folder = Path(shutil.copytree(pictures, tmp_path / "animals"))
    (own_runs / "1-train").mkdir(parents=True)
    model_card.write(own_runs / "1-train/export.pkl", ModelCard(file="export.pkl", classes=CLASSES, sha256=MODEL))
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(document(correction(1), correction(2)))
    bad.write_bytes(b"{}")
    assert main(["intake", str(folder), str(good), str(bad), str(tmp_path / "none.json"), "--json"]) == 1
    results = json.loads(capsys.readouterr().out)["results"]
    assert [result.get("taken") for result in results] == [2, None, None]
    assert "is no file of corrections" in results[1]["error"]
    assert "Cannot read" in results[2]["error"]
    with closing(open_database(folder)) as database:
        assert database.execute("SELECT count(*) FROM pictures WHERE split = 'inbox'").fetchone()[0] == 2
    assert main(["intake", str(folder), str(good)]) == 1
    assert "was taken before" in capsys.readouterr().err
