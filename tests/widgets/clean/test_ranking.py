"""What a cleaner does with marks beside writing them down: the rest is ranked anew; and more like one picture is shown."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cleaners import marks, play
from samples import class_folders

from model.scoring import ScoreOptions, score


@pytest.fixture
def folder(tmp_path, tiny_export) -> Path:
    root = class_folders(tmp_path / "colours", {"red": 20, "green": 20}, size=(48, 48))
    for number in range(4):
        shutil.move(root / "red" / f"00{number}.png", root / "green" / f"wrong-{number}.png")
    shutil.copy(root / "red" / "010.png", root / "red" / "copy.png")
    score(root, ScoreOptions(tiny_export, named=True))
    return root


def test_after_a_mark_the_rest_is_ranked_anew_and_more_like_one_is_shown(folder):
    async def story(person):
        cleaner = person.cleaner
        await person.ask("rows", start=0, stop=40)
        before = [tile["file"] for tile in person.got("rows")[-1]["tiles"]]
        cleaner.selection = {**cleaner.selection, "active": 1, "anchor": 0, "ranges": [[0, 2]]}
        await person.mark("relabel", 0, 2, label="red")
        await person.until(lambda: person.got("ranked"), 60)
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
        await person.ask("alike", position=after.index("red/copy.png"))
        await person.until(lambda: cleaner.query["order"] == "given" and cleaner.listing["fresh"], 60)
        assert cleaner.query["files"][:2] == ["red/copy.png", "red/010.png"]
        await person.until(lambda: person.got("rows")[-1]["tiles"][0]["file"] == "red/copy.png")
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
