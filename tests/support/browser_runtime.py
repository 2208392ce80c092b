"""The files of onnxruntime-web for tests: those in the cache of whoever runs them, else what npm brings."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from places import once

from model.core import cache_folder
from model.errors import AppError
from model.publishing.runtime import Pins, browser_runtime

pins = Pins.read()
KEPT = Path.home() / ".cache/voilens/runtime" / f"{pins.package}-{pins.version}"  # where `publish static` leaves them


def runtime_or_skip() -> Path:
    """The folder of the runtime, in the tests' own cache; skips where it is neither kept nor to be had."""

    def fetch(_folder: Path) -> None:
        place = cache_folder("runtime", KEPT.name)
        if pins.hold_in(KEPT):
            shutil.copytree(KEPT, place)
        else:
            browser_runtime()

    try:
        once("runtime", fetch)
        return browser_runtime()
    except AppError as error:
        pytest.skip(f"the browser's runtime is neither kept nor to be had: {error}")
