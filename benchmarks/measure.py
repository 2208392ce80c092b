"""A measured figure beside its reference, and the table they make."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from model.core import PROJECT

DATA = Path(os.environ.get("VOILENS_DATA") or PROJECT.parent / "shared" / "data")
RESULTS = PROJECT / "benchmarks" / "results.json"
PICTURES, WEIGHTS = DATA / "trashnet", DATA / "weights" / "resnet18-tiny-imagenet-64px.pth"
VERDICTS = {True: "reached", False: "not reached", None: "reported"}


@dataclass(frozen=True)
class Figure:
    """What was measured, against what, both medians of the same run, and the ratio it must not pass, or must reach (None: it is
    reported alone).
    """

    what: str
    reference: str
    ours: float
    theirs: float
    bar: float | None
    unit: str
    at_least: bool = False

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs

    @property
    def reached(self) -> bool | None:
        if self.bar is None:
            return None
        return self.ratio >= self.bar if self.at_least else self.ratio <= self.bar


def table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = ["| figure | reference, same run | measured | reference | ratio | bar | |", "|---|---|---|---|---|---|---|"]
    for f in figures:
        bar = "–" if f.bar is None else f"{'≥' if f.at_least else '≤'} {f.bar} ×"
        numbers = f"{_plain(f.ours, f.unit)} | {_plain(f.theirs, f.unit)} | {f.ratio:.2f} × | {bar}"
        lines.append(f"| {f.what} | {f.reference} | {numbers} | {VERDICTS[f.reached]} |")
    return "\n".join(lines)


def keep(part: str, figures: Sequence[Figure]) -> None:
    """Keep what a part measured in RESULTS, in the place of what it measured before; nothing where it measured nothing."""
    if not figures:
        return
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    rows = [{**asdict(figure), "ratio": round(figure.ratio, 4), "reached": figure.reached} for figure in figures]
    kept[part] = {"day": f"{date.today()}", "figures": rows}
    RESULTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _plain(value: float, unit: str) -> str:
    if unit == "s":
        return f"{value:.2f} s"
    return f"{value:.0f} {unit}" if value >= 100 else f"{value:.1f} {unit}" if value >= 0.1 else f"{value:.2g} {unit}"
