"""What is proved of a page without a server: it opens, stays in its folder, answers as Python does, works without a network.

Knows what was seen in a browser and what Python answers; opens nothing itself.
"""

from __future__ import annotations

import gzip
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from model.core import listing, number_of, percent_tenths
from model.publishing.browser import Looked
from model.publishing.local_server import BASE
from model.publishing.precision import LARGEST, SAME_CLASS, Network
from model.publishing.proof import Check, megabytes
from model.types import Prediction

LOOKED_AT = ("opens", "stays inside", "answers", "works without a network", "download", "memory")


def check_network(network: Network) -> Check:
    """In which precision the network is published, and why."""
    half = network.half
    compared = (
        f"in half precision {percent_tenths(half.same_class)} of {number_of(half.pictures, 'picture')} keep their class, "
        f"and no share differs by more than {math.ceil(1000 * half.largest) / 1000:.3f}"
    )
    if network.precision == "half":
        said = f"The network's weights are stored in half precision, {megabytes(len(network.content))}: {compared}."
    else:
        said = f"The network's weights are stored in single precision, {megabytes(len(network.content))}, because {compared}."
    figures = {"precision": network.precision, "bytes": len(network.content), "pictures": half.pictures}
    return Check("network", True, said, {**figures, "same_class": half.same_class, "largest_difference": half.largest})


def not_looked_at(why: str) -> Iterator[Check]:
    """The checks that need a browser, where there is none."""
    for name in LOOKED_AT:
        yield Check(name, None, f"Could not be looked at: {why}.")


def check_looked(looked: Looked, expected: Sequence[Prediction], site: Path, needed: Sequence[str]) -> list[Check]:
    """What a browser saw of `site`.

    `expected` are Python's answers for the same pictures; `needed` are the names of files that must come before any answer.
    """
    checks = [_opens(looked), _inside(looked), check_answers(looked, expected), _offline(looked)]
    if looked.first:
        checks.append(_download(looked.first, site, needed))
    if looked.memory is not None:
        checks.append(
            Check("memory", True, f"The page held {megabytes(looked.memory)} after its answers.", {"bytes": looked.memory})
        )
    return checks


def _opens(looked: Looked) -> Check:
    if looked.ready is None or looked.errors:
        told = (
            listing([f"{name}: {error}" for name, error in looked.errors.items()], "and") or "it never said that it was ready"
        )
        return Check("opens", False, f"In Chromium the page did not work as it should: {told}", {"errors": looked.errors})
    said = f"Opened in Chromium below {BASE}, as wide as a phone; ready after {looked.ready:.1f} s. It says: {looked.headline}"
    return Check("opens", True, said, {"ready_seconds": looked.ready, "answer_seconds": looked.each})


def _inside(looked: Looked) -> Check:
    figures = {"elsewhere": sorted(set(looked.elsewhere)), "missing": sorted(set(looked.missing))}
    if looked.elsewhere:
        said = f"The page asked for {listing(figures['elsewhere'], 'and')}, which is outside its folder."
        return Check("stays inside", False, said, figures)
    if looked.missing:
        return Check(
            "stays inside", False, f"The page asked for {listing(figures['missing'], 'and')}, which is not there.", figures
        )
    return Check("stays inside", True, "It asked for nothing outside its folder.", figures)


def check_answers(looked: Looked, expected: Sequence[Prediction]) -> Check:
    """Whether a page answers as Python does: `expected` are Python's answers for the pictures that the page was asked about."""
    pairs = [(found, wanted) for found, wanted in zip(looked.answers, expected, strict=False) if found is not None]
    total = len(expected)
    same = sum(found["label"] == wanted.label for found, wanted in pairs)
    largest = max((_distance(found, wanted) for found, wanted in pairs), default=0.0)
    status = sum(found["status"] == wanted.status for found, wanted in pairs)
    figures = {"pictures": total, "same_class": same, "same_status": status, "largest_difference": largest}
    said = (
        f"{same} of {number_of(total, 'picture')} got the class that Python gives, {status} the same sureness; the largest "
        f"difference of a share is {largest:.4f}"
    )
    if total and same >= SAME_CLASS * total and largest <= LARGEST:
        return Check("answers", True, f"{said}.", figures)
    return Check("answers", False, f"{said}: too much to be the same model.", figures)


def _distance(found: dict[str, Any], wanted: Prediction) -> float:
    """The largest difference of a share; 1 where the classes are others."""
    shares = found["probabilities"]
    if set(shares) != set(wanted.probabilities):
        return 1.0
    return max(abs(shares[label] - share) for label, share in wanted.probabilities.items())


def _offline(looked: Looked) -> Check:
    if looked.offline:
        return Check("works without a network", True, "Loaded again with its server gone, it gives the same answer.")
    return Check("works without a network", False, "Loaded again with its server gone, it does not answer.")


def _download(first: Sequence[str], site: Path, needed: Sequence[str]) -> Check:
    sizes = {file: len(gzip.compress((site / file).read_bytes(), 6)) for file in first}
    least = sum(size for file, size in sizes.items() if Path(file).name in needed)
    whole = sum(sizes.values())
    said = (
        f"{megabytes(whole)} come until the first answer, compressed; {megabytes(least)} of it are the runtime and the network."
    )
    return Check("download", True, said, {"files": sizes, "bytes": whole, "least": least})
