"""Labels in a CSV beside a folder, read."""

from __future__ import annotations

import csv
from pathlib import Path

from model.errors import BadData


def read_labels(labels: Path) -> list[tuple[str, str]]:
    """The rows (file, label) of a CSV with these two columns, others ignored. Raises BadData."""
    try:
        with labels.open(newline="", encoding="utf-8-sig") as stream:
            rows = csv.DictReader(stream)
            if not {"file", "label"} <= set(rows.fieldnames or ()):
                raise BadData(f"{labels} needs a first line with the columns file and label.")
            return [(row["file"], row["label"]) for row in rows if row["file"] and row["label"]]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadData(f"Cannot read the labels in {labels} ({error}): give a CSV file in UTF-8.") from error
