"""The cleaner: a folder of pictures, what a model doubts of it, and a person's decisions. Knows widgets, no SQL.

The state is in the traits (see `cleaner_view`), and the browser shows what they say; pictures and rows travel as messages, a
window at a time, so that the kernel never holds the list. Marks are written to disk by the journal as they are made.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any

import ipywidgets as ipw

from model import journal
from model.catalog import Filter
from model.core import find_inside
from model.data import DIGITS, find_folder
from model.errors import BadImage, BadUsage
from model.images import read_content
from widgets.clean.background_runs import BackgroundRuns
from widgets.clean.cleaner_view import CleanerView
from widgets.clean.folder_session import FolderParts, FolderSession
from widgets.clean.messages import Request
from widgets.shared import Explains, script, use_styles

_log = logging.getLogger("voilens")


class Cleaner(CleanerView):
    """Find and mend what is wrong in a folder of pictures.

    `data` is the folder (or the word digits), `labels` a CSV for folders without class folders, `model` the export whose body
    judges (by default the general body). With `private=True`, for a visitor's own copy, the folder is not named, nothing is
    started and nothing applied: the labelled pictures can be downloaded. `classes` are offered beside those of the folder.
    `explain` says why the page's model answers as it does for a picture.
    """

    _esm = script("clean/cleaner")

    def __init__(
        self,
        data: str | Path,
        labels: Path | None = None,
        model: str | None = None,
        private: bool = False,
        classes: Sequence[str] = (),
        explain: Explains | None = None,
        **traits: Any,
    ):
        use_styles("clean")
        self._data = str(data) if str(data) == DIGITS else str(Path(data).expanduser().absolute())
        self._private = private  # not a trait: a browser could set that
        self._applied, self._others = ipw.CallbackDispatcher(), ipw.CallbackDispatcher()
        csv = Path(labels).expanduser().absolute() if labels else None
        self._background_runs = BackgroundRuns(self._data, csv, model)
        self._session = FolderSession(self, self._background_runs, self._data, csv, private, classes, self._applied)
        super().__init__(title="" if private else Path(self._data).name, shows_private=private, **traits)
        self.explain_with(explain, self._content)
        self.on_msg(self._on_browser_message)
        self.observe(self._on_query_change, "query")
        self.in_background(self._session.start())

    # ---- for those who join panels

    def show(
        self,
        label: str | None = None,
        predicted: str | None = None,
        reason: str | None = None,
        split: str | None = None,
        files: Sequence[str] = (),
        order: str = "doubt",
    ) -> None:
        """Show a choice of pictures: a cell of the confusion matrix, a reason, files by name. Raises BadUsage."""
        asked = {"label": label, "predicted": predicted, "reason": reason, "split": split, "files": files, "order": order}
        try:
            self.query = Filter.from_json(asked).to_json()
        except ValueError as error:
            raise BadUsage(f"The cleaner cannot show this ({error}): see model.catalog.Filter for what it can.") from error

    def on_apply(self, handler: Callable[[list, bool], None]) -> None:
        """Call `handler(changes, undone)` when changes have been applied to the folder, or an apply has been undone."""
        self._applied.register_callback(handler)

    def on_other_folder(self, handler: Callable[[], None]) -> None:
        """Offer to clean another folder in place of this one; `handler()` hears that it is wanted."""
        self._others.register_callback(handler)
        self.offers_other_folder = not self._private

    def offer(self, classes: Sequence[str]) -> None:
        """Offer these classes beside those of the folder, in place of the ones before."""
        self._session.offer(classes)

    def refresh(self) -> None:
        """Look again at what the catalog holds; a person's place in the list is kept."""
        self._session.update_list(fresh=False)

    def update_judge(self) -> None:
        """Say again which model has judged, or would."""
        self._session.update_judge()

    def zip(self) -> Iterator[bytes]:
        """The pictures as a zip of class folders by the labels of the marks, in parts; the folder stays as it is."""
        return journal.zip_chunks(find_folder(self._data))

    def close(self) -> None:
        self._session.close()
        super().close()

    # ---- what the browser asks

    def _on_query_change(self, _change: Any) -> None:
        self._session.update_list(fresh=True)

    def _on_browser_message(self, _widget: Any, message: Any, _buffers: list) -> None:
        """Whatever a browser sends may come from a stranger: what does not fit is dropped."""
        try:
            request = Request.from_json(message)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            _log.warning("dropped a message of the cleaner that does not fit")
            return
        parts = self._session.parts
        if request.type == "other-folder" and not self._private:
            self._others()
        elif parts and request.type == "file-next":
            parts.download.on_receipt()
        elif parts and (request.for_everybody or not self._private):
            self.in_background(self._answer(request, parts))

    def _content(self, file: int | str) -> bytes:
        """The bytes of a picture of the folder, by its name in the catalog. Raises BadImage."""
        parts = self._session.parts
        if parts is None or not isinstance(file, str) or find_inside(parts.catalog_thread.root, file) is None:
            raise BadImage("This picture is not where it was: look at the folder again.")
        return read_content(parts.catalog_thread.root / file)

    async def _answer(self, request: Request, parts: FolderParts) -> None:
        if request.type == "stop":
            self._background_runs.stop()
        elif request.type in ("score", "scan"):
            self._background_runs.start(request.type)
        else:
            pictures, marking, applying = parts.pictures, parts.marking, parts.applying
            answers: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
                "rows": lambda: pictures.send_rows(request),
                "detail": lambda: pictures.send_detail(request.stamp, request.start),
                "alike": lambda: pictures.show_alike(request.stamp, request.start),
                "take-ranking": lambda: pictures.take_ranking(request.stamp, request.stop),
                "mark-seen": lambda: pictures.mark_seen(request.stamp, request.ranges),
                "mark": lambda: marking.mark(request),
                "accept-suggestion": lambda: marking.accept_suggestions(request),
                "clear-mark": lambda: marking.clear_marks(request.files),
                "review": lambda: marking.send_review(request.start),
                "undo": marking.undo,
                "redo": marking.redo,
                "apply": applying.apply,
                "undo-apply": applying.undo_apply,
                "zip": lambda: parts.download.send_zip(f"{self.title or 'labelled pictures'}.zip"),
            }
            await answers[request.type]()
