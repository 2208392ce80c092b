"""Photos as a browser sends them to a panel, without a browser."""

from __future__ import annotations

import asyncio

import ipywidgets as ipw


def send(panel: ipw.Widget, *pictures: str, turn: int = 1, missing: int = 0) -> None:
    """What the browser sends to `panel.uploader` for photos chosen together; until all work on them is done.

    The last `missing` of them have not arrived by then.
    """

    async def deliver():
        receive = panel.uploader._on_browser_message
        receive(None, {"type": "start", "turn": turn, "names": [f"{picture}.jpg" for picture in pictures]}, [])
        for index, picture in enumerate(pictures[: len(pictures) - missing]):
            receive(None, {"type": "chunk", "turn": turn, "index": index, "last": True}, [memoryview(picture.encode())])
        while len(asyncio.all_tasks()) > 1:
            await asyncio.sleep(0.01)

    asyncio.run(deliver())
