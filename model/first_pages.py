"""The thumbnails that a person sees first, made before anybody opens the cleaner. Knows lists and thumbnails, no screen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from model import catalogue, marks
from model.selection import Query, Selection
from model.thumbnails import Thumbnails

PAGE = 60
MOST_CLASSES = 20


def likely(selection: Selection, query: Query) -> list[tuple[str, str]]:
    """File and SHA-256 of the first page of every class, the other filters of `query` as they are; none where one is chosen."""
    labels = [] if query.label else selection.classes()[:MOST_CLASSES]
    return [picture for label in labels for picture in selection.first(replace(query, label=label), PAGE)]


def make(root: Path) -> int:
    """Make the thumbnails of the most doubtful pictures, of all and of every class; give how many were missing.

    For the end of a scoring, which has looked at every picture anyway. Raises BadData where the catalogue cannot be read.
    """
    database = catalogue.connect(root)
    database.executescript(marks.SCHEMA)
    database.close()
    selection, thumbnails = Selection(root), Thumbnails(root)
    try:
        wanted = [*selection.first(Query(), PAGE), *likely(selection, Query())]
        kept = thumbnails.kept(sha256 for _, sha256 in wanted)
        missing = {sha256: file for file, sha256 in wanted if sha256 not in kept}
        _wait(thumbnails.make(file) for file in missing.values())
        return len(missing)
    finally:
        selection.close()
        thumbnails.close()


def _wait(making: Iterable) -> None:
    for future in list(making):
        future.result()
