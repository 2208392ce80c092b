"""Replicas as they are published, tried: started by a Ray of this machine, asked pictures, and the page opened that asks them.

Knows processes and their answers, not how Ray runs them.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from subprocess import Popen

from model.client import Client, connect
from model.cluster import NOT_INSTALLED, is_installed
from model.core import number_of
from model.errors import AppError, Unreachable
from model.jobs import Report
from model.publishing.placing import files_of
from model.publishing.precision import LARGEST
from model.publishing.proof import Check
from model.publishing.publication import tell
from model.publishing.served_page import SERVER
from model.publishing.trial import Command, check_pins, check_untouched, environment_of, running, serves
from model.types import Prediction

CONFIG, PINS = "serve.yaml", "requirements-ray.txt"
REPLICAS = Command(["-m", "model.serving.on_this_machine", CONFIG, "--port={port}"], "", {})
STARTING = 180  # seconds


def try_replicas(folder: Path, pictures: Sequence[tuple[Path, Prediction]], report: Report) -> tuple[list[Check], bytes]:
    """Start the replicas of a folder and ask them about pictures, to which Python's own answers are given.

    Gives the checks, and the page on a phone as a PNG where there is a browser.
    """
    tell(report, "looking for what it asks for", 0.2)
    found = check_pins(folder / PINS)
    if not is_installed():
        return [found, Check("answers", None, f"Nothing was started and asked. {NOT_INSTALLED} Then publish again.")], b""
    tell(report, "starting replicas", 0.5)
    before, python = files_of(folder), Path(sys.executable)
    with tempfile.TemporaryDirectory(prefix="vl") as scratch:
        environment = {**environment_of(folder, Path(scratch), REPLICAS), "RAY_TMPDIR": scratch}
        with running(python, folder, environment, REPLICAS) as (process, address):
            try:
                client, seconds = _started(process, address)
                checks = [found, _answers(client, pictures, seconds)]
            except AppError as error:
                return [found, Check("answers", False, f"The replicas did not answer as they should: {error}")], b""
            asking = {**environment, "VOILENS_URL": address, "VOILENS_PUBLIC": "1"}
            picture, _ = pictures[0]
            tell(report, "looking at it", 0.8)
            served, phone = serves(python, folder, asking, Command(SERVER, "/", {}), picture)
            checks += [check for check in served if check.name == "opens"]
    return [*checks, check_untouched(folder, before)], phone


def _started(process: Popen, address: str) -> tuple[Client, float]:
    """A client of the replicas once one of them is there, and the seconds that took. Raises AppError."""
    started, client = time.monotonic(), connect(url=address)
    while process.poll() is None and time.monotonic() < started + STARTING:
        try:
            client.ready()
            return client, time.monotonic() - started
        except AppError:  # nobody listens yet, or Ray has nothing to pass a photo on to
            time.sleep(0.2)
    raise Unreachable("Ray ended by itself." if process.poll() is not None else f"none was there within {STARTING} s.")


def _answers(client: Client, pictures: Sequence[tuple[Path, Prediction]], seconds: float) -> Check:
    largest, others = 0.0, []
    for file, expected in pictures:
        found = client.classify(file.read_bytes())
        largest = max(largest, *(abs(found.probabilities[name] - share) for name, share in expected.probabilities.items()))
        if found.label != expected.label:
            others.append(file.name)
    said = (
        f"Replicas, started by a Ray of this machine after {seconds:.0f} s, were asked {number_of(len(pictures), 'picture')}: "
    )
    said += f"{len(pictures) - len(others)} answered as Python here does; the largest difference of a share is {largest:.4f}."
    return Check("answers", not others and largest <= LARGEST, said, {"largest_difference": largest, "others": others})
