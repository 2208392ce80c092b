"""The thumbnails that a person sees first, made before anybody opens the cleaner. Knows lists and thumbnails, no screen."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from model.catalog.filters import Filter
from model.catalog.listing import Listing
from model.catalog.thumbnails import Thumbnails
from model.jobs import Stopping

PAGE = 60
MOST_CLASSES = 20


def likely_first(selection: Listing, query: Filter) -> list[tuple[str, str]]:
    """File and SHA-256 of the first page of every class, the other filters of `query` as they are; none where one is chosen."""
    labels = [] if query.label else selection.classes()[:MOST_CLASSES]
    return [picture for label in labels for picture in selection.first(replace(query, label=label), PAGE)]


def warm_up(root: Path, stopping: Stopping = lambda: False) -> int:
    """Make the thumbnails of the most doubtful pictures, of all and of every class; give how many were missing.

    For the end of a scoring, which has looked at every picture anyway. A stop leaves the rest to whoever opens the cleaner.
    Raises BadData where the catalog cannot be read.
    """
    missing = _missing(root)
    if missing:  # workers are started for work alone
        with closing(Thumbnails(root)) as thumbnails:
            for future in [thumbnails.make(file) for file in missing]:
                if stopping():
                    break
                future.result()
    return len(missing)


def _missing(root: Path) -> list[str]:
    """The files of the first pages that have no thumbnail yet, one for each content."""
    with closing(Listing(root)) as selection, closing(Thumbnails(root, workers=0)) as thumbnails:
        wanted = {sha256: file for file, sha256 in [*selection.first(Filter(), PAGE), *likely_first(selection, Filter())]}
        kept = thumbnails.kept(wanted)
    return [file for sha256, file in wanted.items() if sha256 not in kept]
