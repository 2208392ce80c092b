"""Example pictures to click, where the owner of the model gave some. Knows files, no model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import traitlets as t

from model.artifacts import example_pictures, serving_state
from model.images import to_data_url
from model.scripts import page_files
from widgets.shared import BrowserWidget, script

Example = dict[str, str]  # file (an address or a data URL), name, label


class Examples(BrowserWidget):
    """The strip of them; the browser hands the one that is clicked to the uploader."""

    _esm = script("classify/examples")

    examples = t.List(t.Dict(), help="see Example in examples.js").tag(sync=True)


def read(files: Iterable[Path], classes: Sequence[str]) -> list[Example]:
    """These pictures as the browser gets them. Raises OSError."""
    return [
        {"file": _address(file), "name": file.name, "label": example_pictures.label_of(file.name, classes)} for file in files
    ]


def _address(file: Path) -> str:
    """Where a server of our own hands the picture out; else the picture itself."""
    content, place = file.read_bytes(), page_files.place_of_all()
    if place and file.parent == example_pictures.beside(serving_state.of_pages()):
        return place + example_pictures.public_name(content)
    return to_data_url(content)
