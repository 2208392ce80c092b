"""A person who looks down the cleaner's list and corrects: how many wrong labels they find, with and without a new ranking.

The person is simulated: they know each true label, look at STEP pictures at a time, relabel what is wrong and keep the rest.
The list, the marks and the ranking are the cleaner's own.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from statistics import median

from model.catalog import Filter, Listing
from model.journal import Journal
from model.scoring import Ranking

STEP = 20
LOOKED = (100, 200)  # pictures, after which it is counted how many were found


def found_by(root: Path, truth: Mapping[str, str], copy: Path, anew: bool) -> tuple[list[int], float]:
    """How many wrong labels are found after LOOKED pictures of the scored folder `root`, which stays as it is; and the median
    seconds of a ranking.

    `truth` gives the true label by the file's name; `copy` is where a copy to work in is made; `anew` is whether the list is
    ranked anew after each STEP.
    """
    shutil.copytree(root, copy)
    found, counts, seconds = 0, [], [0.0]
    with closing(Listing(copy)) as listing, closing(Journal(copy)) as journal, closing(Ranking(copy)) as ranking:
        listing.choose(Filter())
        for start in range(0, LOOKED[-1], STEP):
            stop = start + STEP
            rows = listing.rows(start, stop)
            listing.mark_seen([(start, stop)])
            for row in rows:
                right = truth[Path(row.file).name]
                found += row.label != right
                if row.label != right:
                    journal.mark([row.file], "relabel", right)
                else:
                    journal.mark([row.file], "keep")
            if anew:
                started = time.perf_counter()
                ranking.rank()
                listing.choose(Filter(), still=stop)
                seconds.append(time.perf_counter() - started)
            if stop in LOOKED:
                counts.append(found)
    shutil.rmtree(copy)
    return counts, median(seconds[2:] or seconds)  # the first reads the features
