"""A stranger's picture opened and cut as a network takes it: here, or as a worker's task, which needs to import little."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PIL import Image

from model.images.decode import open_for_answer
from model.images.thumbnail import to_jpeg
from model.images.transforms import Box, Transforms

if TYPE_CHECKING:
    from model.images.workers import Answer


class Framed(NamedTuple):
    """A picture cut as the network takes it, and a sentence on what was made of its file; mostly none.

    Where it is to be shown, too: the whole of it as a small JPEG, and which `part` of it was cut, in shares of its width and
    height, beyond 0 and 1 where it was padded.
    """

    picture: Image.Image
    note: str
    photo: bytes = b""
    part: Box = (0.0, 0.0, 1.0, 1.0)


def frame(request: dict[str, Any], picture: bytes) -> tuple[dict[str, Any], bytes]:
    """The worker's task: a picture, or that in `request["file"]`, opened for an answer and framed. Raises BadImage.

    Gives its size, note and pixels, and behind these the photo, where it is to be shown, with at most `request["shown"]` pixels
    of its longer side.
    """
    source = Path(request["file"]) if "file" in request else picture
    framed = frame_here(Transforms.from_json(request["framing"]), source, request["shown"])
    told = {"size": framed.picture.size, "note": framed.note, "part": framed.part, "photo": len(framed.photo)}
    return told, framed.picture.tobytes() + framed.photo


def framed_by(mode: str, answer: Answer) -> Framed:
    """What the task gave, as a picture again."""
    told, content = answer
    pixels = len(content) - told["photo"]
    framed = Image.frombytes(mode, told["size"], content[:pixels])
    return Framed(framed, told["note"], content[pixels:], tuple(told["part"]))


def frame_here(framing: Transforms, picture: bytes | Path, shown: int = 0) -> Framed:
    """A picture opened for an answer and framed, in this process; to be shown where `shown` is not 0. Raises BadImage."""
    opened = open_for_answer(picture)
    framed = framing(opened.picture)
    if not shown:
        return Framed(framed, opened.note)
    width, height = opened.picture.size
    left, top, right, bottom = framing.part(opened.picture.size)
    part = left / width, top / height, right / width, bottom / height
    return Framed(framed, opened.note, to_jpeg(opened.picture, shown), part)
