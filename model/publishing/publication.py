"""The steps that every way to publish has: made beside its place, proved, put there only if nothing is wrong, reported."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.core import absolute
from model.jobs import Report
from model.publishing.placing import drafting, files_of, place
from model.publishing.proof import Proof
from model.publishing.report import phone_of, write_report


@dataclass(frozen=True)
class Made:
    """What came of a draft: its proof, what to do next in words, the checksum of the export that it answers with, and a PNG of
    the page on a phone where one was looked at.
    """

    proof: Proof
    steps: list[str]
    model: str
    phone: bytes = b""


@dataclass(frozen=True)
class Published:
    """What lies in `out` now, unless the proof found something wrong: then all there is as it was before."""

    out: Path
    files: list[str]
    size: int
    proof: Proof
    steps: list[str]
    report: Path
    model: str
    seconds: float

    def to_json(self) -> dict[str, Any]:
        return {
            **_result(self.out, self.files, self.size, self.proof, self.seconds),
            "report": str(self.report),
            "phone": str(phone_of(self.out)),
            "next": self.steps,
            "model": self.model,
        }


def tell(report: Report, phase: str, done: float) -> None:
    """Report how far it is: what is done now, in words, and the share of all that was done before."""
    report({"event": "publishing", "phase": phase, "done": done})


def publish(what: str, out: Path, make: Callable[[Path], Made]) -> Published:
    """Publish `what` into `out`; `make` fills an empty folder and proves what it made. Raises AppError.

    The report is written whatever was found.
    """
    out, started = absolute(out), time.monotonic()
    with drafting(out) as draft:
        made = make(draft)
        files = files_of(draft)
        size = sum((draft / file).stat().st_size for file in files)
        if made.proof.passed:
            place(draft, out)
        seconds = time.monotonic() - started
        steps = made.steps if made.proof.passed else [*made.proof.wrong, f"Nothing in {out} was changed."]
        result = _result(out, files, size, made.proof, seconds)
        report = write_report(out, what, made.proof, steps, result, made.phone)
    return Published(out, files, size, made.proof, steps, report, made.model, seconds)


def _result(out: Path, files: list[str], size: int, proof: Proof, seconds: float) -> dict[str, Any]:
    return {"out": str(out), "files": files, "bytes": size, "proof": proof.to_json(), "seconds": seconds}
