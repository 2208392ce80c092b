"""Example pictures to click, where the owner of the model gave some. Knows files, no model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import traitlets as t

from model.artifacts import example_pictures
from model.images import to_data_url
from widgets.shared import BrowserWidget, page_files, script

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
    content = file.read_bytes()
    return page_files.address_of_example(file, content) or to_data_url(content)
