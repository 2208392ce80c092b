"""The runtime of a browser, as this machine keeps it for `publish`: tests fetch nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.core import cache_folder
from model.publishing.runtime import Pins

PINS = Pins.read()
FOLDER = cache_folder("runtime", f"{PINS.package}-{PINS.version}")  # when this is loaded: tests have a cache of their own


def kept_runtime() -> Path:
    """The folder with its files; a test that needs it is skipped where there is none."""
    if not PINS.hold_in(FOLDER):
        pytest.skip(f"{PINS.name} is not in the cache: `python -m model publish static` fetches it")
    return FOLDER
