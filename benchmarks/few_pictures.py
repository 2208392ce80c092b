"""Cats and dogs from twenty photos of each, by the instant preset: right on all the others, in five draws.

python -m benchmarks.few_pictures
"""

from __future__ import annotations

import random
import shutil
import tempfile
from pathlib import Path
from statistics import mean

from benchmarks.measure import DATA
from model.evaluation import wilson
from model.training import choose_config, train

DRAWS, EACH = 5, 20


def main() -> None:
    shares = []
    for draw in range(DRAWS):
        with tempfile.TemporaryDirectory() as folder:
            drawn = _drawn(Path(folder, "photos"), random.Random(draw))
            result = train(str(drawn), choose_config("instant"), Path(folder, "export.pkl"), lambda event: None)
        low, high = wilson(round(result["accuracy"] * result["valid_count"]), result["valid_count"])
        shares.append(result["accuracy"])
        told = f"{result['accuracy']:.3f} ({low:.3f} to {high:.3f}) of {result['valid_count']}"
        print(f"draw {draw}: {told}, after {result['seconds']:.0f} s", flush=True)
    print(f"mean {mean(shares):.3f}")


def _drawn(folder: Path, rng: random.Random) -> Path:
    """The photos, EACH of a class in `train` and all others in `valid`."""
    for label in ("cats", "dogs"):
        photos = sorted((DATA / "cats-dogs" / label).iterdir())
        rng.shuffle(photos)
        for place, photo in enumerate(photos):
            side = folder / ("train" if place < EACH else "valid") / label
            side.mkdir(parents=True, exist_ok=True)
            shutil.copy(photo, side)
    return folder


if __name__ == "__main__":
    main()
