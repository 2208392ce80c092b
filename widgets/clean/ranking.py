"""What nobody has looked at, ranked anew after each mark; and pictures that are alike. Found by a process of its own.

That process may hold the features of the folder, which a kernel must not. Knows questions and answers, no list.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from model import jobs
from model.errors import AppError

PAUSE = 0.4  # seconds from a mark to the ranking, in which more may come
MODULE = "model.scoring.companion"
_log = logging.getLogger("voilens")


class Ranking:
    """Asks the companion of the folder `root`, which is started by the first question and ends with `close`."""

    def __init__(self, root: Path):
        self._companion = jobs.Companion(MODULE, [str(root)])
        self._wanted = False
        self._closed = False
        self.busy = False

    def close(self) -> None:
        self._closed = True
        self._companion.close()

    async def rank(self) -> int | None:
        """Rank by the marks that there are in a moment; give how many these are, None where that is being done already.

        Nobody waits for it: where it fails, the order stays as it was.
        """
        self._wanted = True
        if self.busy:
            return None
        self.busy, marks = True, None
        try:
            while self._wanted and not self._closed:
                await asyncio.sleep(PAUSE)
                self._wanted = False
                marks = (await asyncio.to_thread(self._companion.ask, {"ask": "rank"}))["marks"]
        except AppError as error:
            if not self._closed:
                _log.info("the list was not ranked anew: %s", error)
            return None
        finally:
            self.busy = False
        return marks

    async def alike(self, file: str, most: int) -> list[str]:
        """The pictures that look most like `file`, itself the first. Raises AppError."""
        return (await asyncio.to_thread(self._companion.ask, {"ask": "alike", "file": file, "most": most}))["files"]
