"""Where photos go that a person wants kept: the dataset's inbox for its owner, else a private folder of this visit.

Knows folders and labels, no widget.
"""

from __future__ import annotations

from pathlib import Path

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
        """Whether photos go to a dataset, not to the visitor's own folder; none go to one whose labels a CSV holds."""
        return bool(self._project.data) and not self._project.labels and not self._public

    def keep(self, photo: Photo, prediction: Prediction, said: str | None = None) -> str:
        """Keep one photo; say where, as a sentence. Raises AppError.

        What a person says it shows makes no new class in a dataset: the model may have been taught on another one.
        """
        strange = self.to_dataset and said is not None and said not in Journal(self._project.data).classes()
        to_dataset = self.to_dataset and not strange
        place = Inbox(self._project.data) if to_dataset else self._visitor_folder
        place.add(photo.content, photo.name, prediction, said)
        name = Path(self._project.data).name
        if to_dataset:
            return f"Kept for the cleaner of “{name}”, under “from visitors”."
        why = f" “{name}” has no class called {said}; there it can be added." if strange else ""
        return f"Kept under “Label”, for you alone, until you leave.{why}"
