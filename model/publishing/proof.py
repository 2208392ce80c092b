"""What was looked at before anything is called published, and what came of it. Knows sentences and figures, no page.

A check passed, found something wrong, or could not be made here, which is said as plainly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from model.core import file_list, listing, number_of

LARGEST_FILE, LARGEST_FOLDER = 100_000_000, 1_000_000_000  # bytes that hosts of static pages and of repositories take


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: its `name`, whether it `passed` (None: it could not be looked at), what is said of it."""

    name: str
    passed: bool | None
    said: str
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Proof:
    """All that was looked at."""

    checks: list[Check]

    @property
    def passed(self) -> bool:
        """Whether nothing was found wrong."""
        return all(check.passed is not False for check in self.checks)

    @property
    def is_whole(self) -> bool:
        """Whether everything could be looked at, and nothing was found wrong."""
        return all(check.passed for check in self.checks)

    @property
    def wrong(self) -> list[str]:
        """The sentences on what was found wrong."""
        return [check.said for check in self.checks if check.passed is False]

    def to_json(self) -> dict[str, Any]:
        return {"passed": self.passed, "checks": [asdict(check) for check in self.checks]}


def megabytes(size: float) -> str:
    """ "10.4 MB"."""
    return f"{size / 1e6:.1f} MB"


def check_weight(folder: Path) -> Check:
    """Whether hosts take the folder: no file of 100 MB, less than 1 GB in all."""
    sizes = {file.relative_to(folder).as_posix(): file.stat().st_size for file in folder.rglob("*") if file.is_file()}
    largest, whole = max(sizes, key=sizes.__getitem__), sum(sizes.values())
    figures = {"files": len(sizes), "bytes": whole, "largest": largest, "largest_bytes": sizes[largest]}
    if sizes[largest] >= LARGEST_FILE or whole >= LARGEST_FOLDER:
        said = (
            f"It is too heavy for a host: {megabytes(whole)} in all, {largest} alone {megabytes(sizes[largest])}. They take "
            "100 MB a file and 1 GB in all: train a smaller network (--arch)."
        )
        return Check("weight", False, said, figures)
    said = (
        f"{number_of(len(sizes), 'file')}, {megabytes(whole)} in all; the largest is {largest} ({megabytes(sizes[largest])})."
    )
    return Check("weight", True, said, figures)


def check_shown(examples: Sequence[Path], neighbours: int = 0) -> Check:
    """Which pictures anybody will see: the examples, and so many training pictures under "why"."""
    said = []
    if examples:
        names = file_list([file.name for file in examples])
        said.append(f"To click: {names}. Take out of {examples[0].parent} what nobody is to see, then publish again.")
    if neighbours:
        said.append(f"Under “Why?”: small copies of {number_of(neighbours, 'training picture')}, because you turned them on.")
    figures = {"examples": [file.name for file in examples], "neighbours": neighbours}
    return Check("pictures", True, " ".join(said) or "It shows none that you have.", figures)


def check_private(found: Iterable[tuple[str, str]]) -> Check:
    """Whether nothing of the owner's is in it; `found` are files and what is in them."""
    listed = [f"{what} in {file}" for file, what in found]
    if listed:
        return Check("private", False, f"It would give away {listing(listed, 'and')}.", {"found": listed})
    return Check("private", True, "No path, token, name of you or your machine, and no picture that you did not agree to show.")
