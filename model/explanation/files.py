"""An explanation as files that a picture program opens. Knows names of files, no network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from model.core import unique_path
from model.errors import BadUsage
from model.explanation.drawing import laid_over
from model.images import to_jpeg
from model.types import Explanation

QUALITY = 90


def write_explanation(explanation: Explanation, folder: Path, stem: str) -> dict[str, Any]:
    """Write what an explanation shows into `folder`, under free names that begin with `stem`; say what is where.

    Gives {"label", "part", "seen", "heat", "similar": [{"file", "label", "similarity"}], "notes"}, `heat` None where the model
    has none. Raises BadUsage where nothing can be written.
    """

    def write(name: str, content: bytes) -> str:
        def create(place: Path) -> None:
            with place.open("xb") as file:
                file.write(content)

        return str(unique_path(folder / f"{stem}-{name}.jpg", create))

    try:
        folder.mkdir(parents=True, exist_ok=True)
        over = laid_over(explanation.photo, explanation.heat, explanation.part)
        return {
            "label": explanation.label,
            "part": list(explanation.part),
            "seen": write("seen", explanation.seen),
            "heat": write("heat", to_jpeg(over, max(over.size), QUALITY)) if explanation.heat else None,
            "similar": [
                {"file": write(f"similar-{rank}", like.picture), "label": like.label, "similarity": like.similarity}
                for rank, like in enumerate(explanation.similar, start=1)
            ],
            "notes": list(explanation.notes),
        }
    except OSError as error:
        raise BadUsage(f"Cannot write into {folder} ({error.strerror}): name a folder that you may write to.") from error
