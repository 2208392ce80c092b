"""The numbers of a cleaner: how many pictures each filter would leave, what the marks amount to, how far a person is.

Knows counts, no pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from model.catalog import Progress
from widgets.clean import captions, guidance
from widgets.clean.background_runs import BackgroundRuns
from widgets.clean.catalog_thread import CatalogThread
from widgets.clean.cleaner_view import CleanerView


class Counts:
    """Brings the view's numbers up to date. `offered` are classes that are shown beside those of the folder."""

    def __init__(
        self, view: CleanerView, thread: CatalogThread, runs: BackgroundRuns, private: bool, offered: Sequence[str] = ()
    ):
        self.offered = tuple(offered)
        self.ranked_by = 0  # marks by which the list was ranked anew
        self.judge: dict[str, Any] = {}  # which model has scored the folder, as the catalog tells it
        self.answering: dict[str, Any] = {}  # whose answers are kept beside that
        self._view, self._thread, self._runs, self._private = view, thread, runs, private

    async def update_all(self) -> bool:
        """Bring every number up to date; give whether the folder is known to have pictures."""
        view = self._view
        facets, pairs = await self._thread.facets(view.current_filter)
        view.filters = captions.filters(facets, view.query["reason"])
        view.confused_pairs = [list(pair) for pair in pairs]
        view.listing = {**view.listing, "total": facets.total, "judged": facets.judged, "scored": facets.scored}
        self.judge, self.answering = facets.judge, facets.answering
        await self.update_marks()
        if facets.total:
            view.state = "ready"
        elif not self._runs.kind:
            view.state, view.sentence = "empty", "There are no pictures in this folder yet."
        return bool(facets.total)

    async def update_marks(self) -> None:
        """Bring up to date what depends on the marks: the changes that wait, their warnings, the classes, the progress."""
        view, now = self._view, await self._thread.summary()
        kept, waiting = now.marks.get("keep", 0), now.marks.get("relabel", 0) + now.marks.get("delete", 0)
        view.classes = [*self.offered, *(label for label in now.classes if label not in self.offered)]
        view.warnings = [] if self._private else guidance.warnings(now.class_counts)  # a visitor's photos are no dataset
        applied = now.applied and not self._private
        view.changes = {"text": guidance.changes(now.marks), "waiting": waiting, "kept": kept, "applied": applied}
        self.update_progress(now.progress)
        if not any(view.query[key] for key in ("label", "split", "predicted", "name", "files")):
            by_reason = {"changed": waiting, "kept": kept}
            self._update_reasons(lambda reason, count: by_reason.get(reason, count))

    def update_progress(self, progress: Progress) -> None:
        """Say how far the person is in the list."""
        self._view.progress = guidance.progress(progress, self._view.query["order"], self.ranked_by)

    def update_unseen(self, newly_seen: int) -> None:
        """Count so many pictures less as not seen yet."""
        self._update_reasons(lambda reason, count: max(0, count - newly_seen) if reason == "unseen" else count)

    def _update_reasons(self, count_now: Callable[[str, int], int]) -> None:
        filters = self._view.filters
        if filters:
            reasons = [[reason, words, count_now(reason, count)] for reason, words, count in filters["reasons"]]
            self._view.filters = {**filters, "reasons": reasons}
