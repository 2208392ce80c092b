"""What "Add to" means in Label: the photos of this visit filed in the owner's dataset, in classes that it has.

Knows folders and labels, no widget.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from pathlib import Path

from model.core import listing, number_of
from model.data import DIGITS
from model.errors import BadUsage
from model.intake import Inbox, VisitorFolder
from model.journal import Journal
from model.types import Prediction
from widgets.shared import Project


class Additions:
    """Adds what lies in `visitor_folder` to the dataset of `project`."""

    def __init__(self, visitor_folder: VisitorFolder, project: Project):
        self._visitor_folder, self._project = visitor_folder, project

    @property
    def folder(self) -> str:
        """What the dataset is called; empty while there is none."""
        data = self._project.data
        return "digits" if data == DIGITS else Path(data).name

    @property
    def place(self) -> str:
        """Where the dataset lies."""
        return self._project.data

    def new_classes(self) -> list[str]:
        """The classes that some of the photos have and the dataset has not. Raises AppError."""
        known = self._journal().classes()
        return sorted({label for _, label, _ in self._visitor_folder.labelled()} - known)

    def add(self, allowed: Collection[str] = ()) -> str:
        """File the photos in the dataset under the labels they have by now; the next Apply there moves them. Says so.

        All of them or, where a label or the space does not fit, none: the dataset gets no class that it does not have, but
        those `allowed`. Raises AppError.
        """
        journal = self._journal()
        photos = self._visitor_folder.labelled()
        inbox = Inbox(self._project.data)
        self._check_fits(photos, inbox, journal, allowed)
        by_label: dict[str, list[str]] = defaultdict(list)
        for file, label, prediction in photos:
            by_label[label].append(inbox.add(file.read_bytes(), file.name, prediction, said=label))
        for label, files in by_label.items():
            journal.mark(files, "relabel", label)
        wait = f"{number_of(len(photos), 'photo')} {'waits' if len(photos) == 1 else 'wait'}"
        return f"{wait} in the cleaner of “{self.folder}”, under “from visitors”: Apply there files them."

    def _journal(self) -> Journal:
        if not self._project.data:
            raise BadUsage("Choose the dataset first, under Train or Clean: then these photos can be added to it.")
        if self._project.labels:
            raise BadUsage(
                f"The labels of “{self.folder}” are in {Path(self._project.labels).name}, and photos can be added to class "
                "folders alone: download them as a zip instead."
            )
        return Journal(self._project.data)

    def _check_fits(
        self, photos: list[tuple[Path, str, Prediction]], inbox: Inbox, journal: Journal, allowed: Collection[str]
    ) -> None:
        known = journal.classes()
        new = Counter(label for _, label, _ in photos if label not in known and label not in allowed)
        try:
            journal.check_labels(label for _, label, _ in photos)
        except BadUsage as error:
            raise BadUsage(f"No photo was added. {error} Relabel the photos below, then add them again.") from error
        if new:
            them = listing([f"{label} ({number_of(count, 'photo')})" for label, count in sorted(new.items())], "and")
            has = listing(sorted(known), "and") or "no class yet"
            raise BadUsage(
                f"No photo was added: “{self.folder}” has {has}, and no class called {them}. Relabel these photos below, or "
                f"add them with their new {'class' if len(new) == 1 else 'classes'}."
            )
        inbox.check_space([file.stat().st_size for file, _, _ in photos])
