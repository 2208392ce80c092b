"""make soak: visits for some minutes, then the counts that SECURITY.md and the README speak of; prints the table.

python tests/soak/soak.py [--minutes 30] [--share 1.0] [part ...]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

import bad_files
import cleaning
import crowds
import damage
import killing
import power
import visits
from rows import Row, table

PARTS: dict[str, tuple[int, Callable[[int], Row]]] = {  # by name: how often in full, and what is done so often
    "pages": (100, crowds.pages_at_once),
    "visits": (500, crowds.visits_in_a_row),
    "cut-off": (1000, crowds.requests_cut_off),
    "files": (5000, bad_files.mutations),
    "kills": (100, killing.kills),
    "bits": (100, damage.flipped_bits),
    "faults": (500, cleaning.faults),
    "cuts": (200, power.cuts),
    "both": (100, cleaning.two_at_once),
    "work": (1000, cleaning.random_work),
}


def run(part: str, share: float) -> Row:
    """A part, done for a share of how often it is done in full."""
    times, play = PARTS[part]
    return play(max(1, round(share * times)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="of visits; 0 for none")
    parser.add_argument("--share", type=float, default=1.0, help="of the full counts")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all without a name")
    options = parser.parse_args()
    rows = visits.play(options.minutes) if options.minutes else []
    for part in options.parts or PARTS:
        if part == "cuts" and not power.may_mount():
            print("Power cuts are left out: this takes the right to mount a disk.", file=sys.stderr)
            continue
        rows.append(run(part, options.share))
        print(table(rows[-1:]).splitlines()[-1], file=sys.stderr, flush=True)
    print(table(rows))
    return int(not all(row.held for row in rows))


if __name__ == "__main__":
    sys.exit(main())
