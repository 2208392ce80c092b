"""Example pictures of the model that serves, as files that a browser keeps: each under a name with its checksum."""

from __future__ import annotations

import contextlib

from model.artifacts import example_pictures
from widgets.shared import page_files


def find(name: str) -> bytes | None:
    """The content of an example by the name of its file; None where the model that serves has none of that name."""
    if page_files.is_example(name):
        for file in example_pictures.of(page_files.export()):
            with contextlib.suppress(OSError):
                content = file.read_bytes()
                if page_files.example(content) == name:
                    return content
    return None
