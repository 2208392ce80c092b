"""The instant preset: from Start to the figure that is shown, beside opening the pictures and one bare pass of the body.

The process is warm, as a page's second training finds it, and knows none of the pictures. Then twenty of them are taken away,
as after cleaning, and the head is fitted again.
"""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.measure import PICTURES, Figure
from benchmarks.opened import in_batches

ROUNDS, BATCH, CLEANED = 3, 32, 20


def figures() -> list[Figure]:
    """Seconds of both, in turns, medians of ROUNDS; the accuracy is that of the last round."""
    from model.features import frozen_body

    frozen_body()
    _bare(sorted(PICTURES.rglob("*.jpg"))[:BATCH])  # warm
    bare, first, again, whole = [], [], [], []
    for number in range(ROUNDS):
        with tempfile.TemporaryDirectory() as scratch:
            pictures = Path(scratch, "pictures")
            shutil.copytree(PICTURES, pictures)
            bare.append(_bare(sorted(pictures.rglob("*.jpg"))))
            first.append(_trained(pictures, Path(scratch, "first.pkl")))
            files = sorted((pictures / "train").rglob("*.jpg"))
            for file in random.Random(number).sample(files, CLEANED):
                file.unlink()
            again.append(_trained(pictures, Path(scratch, "second.pkl")))
            whole.append(again[-1][1])
    shown, told = (median(seconds for seconds, _, _ in each) for each in (first, again))
    accuracy = first[-1][2]
    print(
        f"right on {accuracy:.3f} of the validation pictures; whole, export and degraded copies: {first[-1][1]:.1f} s first, "
    )
    print(f"{median(whole):.1f} s again")
    return [
        Figure("instant: Start to the shown figure", "opening and one bare pass", shown, median(bare), 1.2, "s"),
        Figure(f"the same again without {CLEANED} pictures", "the first time", told, shown, 0.05, "s"),
    ]


def _bare(files: list[Path]) -> float:
    """Seconds to open all pictures in the workers that training has, and to pass them through the body."""
    from model.features import frozen_body

    started, body = time.perf_counter(), frozen_body()
    for batch in in_batches(files, body.framing, BATCH):
        body.see(batch)
    return time.perf_counter() - started


def _trained(folder: Path, out: Path) -> tuple[float, float, float]:
    """Seconds to the first figure, to the end, and the accuracy."""
    from model.training import choose_config, train

    started, shown = time.perf_counter(), []

    def report(event: dict) -> None:
        if event["event"] == "epoch":
            shown.append(time.perf_counter() - started)

    result = train(str(folder), choose_config("instant"), out, report)
    return shown[0], time.perf_counter() - started, result["accuracy"]


if __name__ == "__main__":
    from benchmarks.measure import table

    print(table(figures()))
