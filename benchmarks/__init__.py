"""The figures of `make bench`, each measured beside the peer it is compared with, in the same run."""

from __future__ import annotations

import sys

from model.core import PROJECT

# Pages that are opened without a browser are those of the tests.
sys.path += [str(PROJECT / "tests" / name) for name in ("support", "soak")]
