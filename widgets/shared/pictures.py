"""Thumbnails of answered pictures, with the answers as texts. Knows files, no part of the page."""

from __future__ import annotations

import asyncio
from typing import Any

from model.core import percent_tenths
from model.errors import BadImage
from model.images import data_url, read_content

Answer = dict[str, Any]  # {file, label, predicted, probability, loss}


def picture_at(answers: list[Answer], place: int | str) -> bytes:
    """The bytes of the picture in this place of those that are shown. Raises BadImage where there is none to be read."""
    if not isinstance(place, int) or not 0 <= place < len(answers):
        raise BadImage("This picture is not shown any more: choose another one.")
    return read_content(answers[place]["file"])


async def pictures_of(answers: list[Answer]) -> list[dict[str, str]]:
    """What a page shows of pictures: {name, thumbnail, label, predicted, probability, loss}, all texts."""

    def read() -> list[dict[str, str]]:
        return [
            {
                "name": answer["file"].replace("\\", "/").rpartition("/")[2],
                "thumbnail": data_url(answer["file"]),
                "label": answer["label"],
                "predicted": answer["predicted"],
                "probability": percent_tenths(answer["probability"]),
                "loss": f"{answer['loss']:.2f}" if "loss" in answer else "",
            }
            for answer in answers
        ]

    return await asyncio.to_thread(read)
