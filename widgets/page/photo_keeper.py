"""Where photos go that a person wants kept: the dataset's inbox for its owner, else a private folder of this visit.

Knows folders and labels, no widget.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from model.errors import BadUsage
from model.intake import Inbox, VisitorFolder
from model.journal import Journal
from model.types import Prediction
from widgets.shared import Photo, Project


class PhotoKeeper:
    """Keeps photos with what the model answered and what the person says. `public` puts the owner's dataset out of reach."""

    def __init__(self, project: Project, visitor_folder: VisitorFolder, public: bool):
        self._project, self._visitor_folder, self._public = project, visitor_folder, public

    @property
    def to_dataset(self) -> bool:
        """Whether photos go to a dataset, not to the visitor's own folder."""
        return bool(self._project.data) and not self._public

    def keep(self, photo: Photo, prediction: Prediction, said: str | None = None) -> str:
        """Keep one photo; say where, as a sentence. Raises AppError."""
        place = Inbox(self._project.data) if self.to_dataset else self._visitor_folder
        place.add(photo.content, photo.name, prediction, said)
        if self.to_dataset:
            return f"Kept for the cleaner of “{Path(self._project.data).name}”, under “from visitors”."
        return "Kept under “Label”, for you alone, until you leave."


def add_to_dataset(visitor_folder: VisitorFolder, project: Project) -> str:
    """File the visitor's photos in the dataset under the labels they have by now; the next Apply moves them.

    All of them or, where one label or the space does not fit, none. Raises AppError.
    """
    if not project.data:
        raise BadUsage("Choose the dataset first, under Train or Clean: then these photos can be added to it.")
    inbox, journal = Inbox(project.data), Journal(project.data)
    photos = visitor_folder.labelled()
    _check_fits(photos, inbox, journal)
    by_label: dict[str, list[str]] = defaultdict(list)
    for file, label, prediction in photos:
        by_label[label].append(inbox.add(file.read_bytes(), file.name, prediction, said=label))
    for label, files in by_label.items():
        journal.mark(files, "relabel", label)
    return f"{len(photos)} photos wait under Clean, “from visitors”: Apply there files them in the dataset."


def _check_fits(photos: list[tuple[Path, str, Prediction]], inbox: Inbox, journal: Journal) -> None:
    try:
        journal.check_labels(label for _, label, _ in photos)
    except BadUsage as error:
        raise BadUsage(f"No photo was added. {error} Relabel the photos below, then add them again.") from error
    inbox.check_space([file.stat().st_size for file, _, _ in photos])
