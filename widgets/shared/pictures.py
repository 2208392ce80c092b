"""Thumbnails of answered pictures, with the answers as texts. Knows files, no part of the page."""

from __future__ import annotations

import asyncio
from typing import Any

from model.core import percent_tenths
from model.images import data_url

Answer = dict[str, Any]  # {file, label, predicted, probability, loss}


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
