"""What a cleaner does with marks beside writing them down: the rest is ranked anew; and more like one picture is shown."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from cleaners import marks, play
from samples import class_folders

from model.catalog import GENERAL, open_database, scanner, writing


@pytest.fixture
def folder(tmp_path) -> Path:
    """Two classes that features tell apart, a few pictures under the wrong one, and a copy; scored by such an eye."""
    root, draw = class_folders(tmp_path / "colours", {"red": 20, "green": 20}, size=(48, 48)), np.random.default_rng(0)
    for number in range(4):
        shutil.move(root / "red" / f"00{number}.png", root / "green" / f"wrong-{number}.png")
    scanner.scan(root)
    seen: dict[str, np.ndarray] = {}
    with closing(open_database(root)) as database, writing(database):
        for file, label, sha256 in database.execute("SELECT file, label, sha256 FROM pictures ORDER BY file").fetchall():
            red = label == "red" or "wrong" in file
            row = np.abs(draw.normal(size=16) + np.repeat([3.0 * red, 3.0 * (not red)], 8)).astype(np.float16)
            seen[file] = row = seen["red/010.png"] if file == "red/019.png" else row
            doubt = 0.9 if "wrong" in file else 0.1
            score = (file, label, label, 1 - doubt, doubt, doubt, None, 0)
            database.execute("INSERT INTO features VALUES (?, 'eye', ?)", (sha256, row.tobytes()))
            database.execute("INSERT INTO scores VALUES (?, ?, ?, ?, ?, ?, ?, ?)", score)
        facts = {"scored": "quick", "judge": json.dumps({"export": "", "name": GENERAL, "eye": "eye", "width": 16})}
        database.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())
    return root


def test_after_a_mark_the_rest_is_ranked_anew_and_more_like_one_is_shown(folder):
    async def story(person):
        cleaner = person.cleaner
        await person.ask("rows", start=0, stop=40)
        before = [tile["file"] for tile in person.got("rows")[-1]["tiles"]]
        cleaner.selection = {**cleaner.selection, "active": 1, "anchor": 0, "ranges": [[0, 2]]}
        await person.mark("relabel", 0, 2, label="red")
        await person.until(lambda: person.got("ranked"), 180)  # another process starts, and others may be at work
        assert cleaner.listing["stamp"] == 1  # nothing moves before a browser takes it
        cleaner._on_browser_message(None, {"type": "take-ranking", "stamp": 1, "shown": 5}, [])
        await person.until(lambda: cleaner.progress.get("ranked") == "The rest was ranked anew with your 2 marks.")
        await person.ask("rows", start=0, stop=40)
        after = [tile["file"] for tile in person.got("rows")[-1]["tiles"]]
        assert after[:5] == before[:5]
        assert set(after) == set(before)
        assert cleaner.selection["ranges"] == [[0, 2]]

        companion = person.cleaner._session.parts.ranking._companion
        assert companion.pid
        await person.ask("alike", position=after.index("red/019.png"))
        await person.until(lambda: cleaner.query["order"] == "given" and cleaner.listing["fresh"], 60)
        assert cleaner.query["files"][:2] == ["red/019.png", "red/010.png"]
        await person.until(lambda: person.got("rows")[-1]["tiles"][0]["file"] == "red/019.png")
        cleaner.close()
        assert companion.pid is None
        assert len(marks(folder)) == 2

    play(folder, story)


def test_a_visitor_asks_the_companion_nothing(folder):
    async def story(person):
        await person.mark("keep")
        for kind, rest in (("alike", {"position": 0}), ("take-ranking", {"shown": 5})):
            person.cleaner._on_browser_message(None, {"type": kind, **rest}, [])
        assert person.cleaner._session.parts.ranking._companion.pid is None
        assert not person.got("ranked")

    play(folder, story, private=True)
