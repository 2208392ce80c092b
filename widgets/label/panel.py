"""The label panel: drop photos, the model files them, the person corrects and downloads them. Knows widgets and a client.

The photos lie in the private folder of this visit, so this panel is safe on a public page.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import logging
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Protocol

import ipywidgets as ipw
import traitlets as t

from model.core import listing, number_of
from model.errors import AppError
from model.intake import VisitorFolder
from widgets.shared import (
    ASKED_AT_ONCE,
    MAX_PHOTOS,
    SORRY,
    Classifies,
    Photo,
    Uploader,
    run_in_background,
    use_styles,
    within_bounds,
)

_log = logging.getLogger("voilens")


class Adds(Protocol):
    """What the panel needs to add photos to a dataset; see `widgets.page.Additions`."""

    @property
    def folder(self) -> str: ...
    @property
    def place(self) -> str: ...
    def new_classes(self) -> list[str]: ...
    def add(self, allowed: Collection[str] = ()) -> str: ...


class LabelPanel(ipw.VBox):
    """`make_cleaner(folder)` gives the cleaner of a private folder; `count` is how many photos lie in it.

    With `additions` the photos can be added to a dataset, which is named; it gets new classes only once the person has said so.
    """

    count = t.Int(0)

    def __init__(
        self,
        client: Classifies,
        visitor_folder: VisitorFolder,
        make_cleaner: Callable[[Path], ipw.Widget],
        additions: Adds | None = None,
        **traits: Any,
    ):
        use_styles("label")
        self._client, self._visitor_folder, self._make_cleaner = client, visitor_folder, make_cleaner
        self._asking = asyncio.Semaphore(ASKED_AT_ONCE)
        self._expected = 0  # photos of the latest turn that have not arrived yet
        self._unfiled = 0  # photos that have arrived, of whatever turn, and are not filed yet
        self._bytes_held = 0  # of these
        self._additions = additions
        self._offered: list[str] = []  # new classes that the person has been told of
        self._lines: list[str] = []  # sentences on the latest turn
        self.intro = ipw.HTML(
            f"<h1>Label photos</h1><p>Drop up to {MAX_PHOTOS} photos at a time. The model files each under its answer; you "
            "correct what is wrong, and download them as a zip with one folder per class.</p>"
        )
        self.uploader = Uploader(many=True, promise="Your photos are kept for you alone, until you leave this page.")
        self.notice = ipw.HTML()
        self.notice.add_class("vl-told")
        self.add, self.add_new = ipw.Button(), ipw.Button()
        for button in (self.add, self.add_new):
            button.add_class("vl-plain-button")
        self.content = ipw.VBox()
        self.content.add_class("vl-labelled")
        super().__init__([self.intro, self.uploader, self.add, self.notice, self.add_new, self.content], **traits)
        for name in ("vl-panel", "vl-labeller"):
            self.add_class(name)
        self.uploader.on_start(self._on_uploader_start)
        self.uploader.on_photo(self._on_uploader_photo)
        self.uploader.on_cancel(self._on_uploader_cancel)
        if additions:
            self.add.on_click(lambda _button: run_in_background(self._add(additions, ())))
            self.add_new.on_click(lambda _button: run_in_background(self._add(additions, self._offered)))
        self.refresh()

    def refresh(self) -> None:
        """Show what lies in the folder by now; others may have put photos there."""
        self.count = len(self._visitor_folder)
        self._offer_classes([])
        if self.count and not self.content.children:
            for name in ("vl-wide", "vl-labelling"):  # the photos need the room
                self.add_class(name)
            self.content.children = [self._make_cleaner(self._visitor_folder.folder)]
        elif self.count:
            self.content.children[0].refresh()

    def _offer_classes(self, new: list[str]) -> None:
        """Offer to add the photos, to the dataset by its name; and, once they have been named, with these new classes."""
        self._offered = new
        self.add.layout.display = "" if self._additions and self.count else "none"
        self.add_new.layout.display = "" if new else "none"
        if self._additions:
            folder = self._additions.folder
            self.add.description = f"Add to “{folder}”" if folder else "Add to a dataset"
            self.add.tooltip = self._additions.place
            self.add_new.description = f"Add with the new {'class' if len(new) == 1 else 'classes'} {listing(new, 'and')}"

    def _on_uploader_start(self, _turn: int, names: list[str]) -> None:
        missing, self._expected = self._expected, len(names)
        self._lines = [f"{number_of(missing, 'photo')} of the drop before did not arrive: drop them again."] if missing else []
        self._update_notice()

    def _on_uploader_cancel(self, _turn: int) -> None:
        missing, self._expected = self._expected, 0
        if missing:
            self._lines.append(f"Cancelled: {number_of(missing, 'photo')} not taken.")
        self._update_when_filed()

    def _on_uploader_photo(self, photo: Photo) -> None:
        photo = within_bounds(photo, self._bytes_held + len(photo.content))
        self._expected -= 1
        self._unfiled += 1
        self._bytes_held += len(photo.content)
        run_in_background(self._file(photo))

    async def _file(self, photo: Photo) -> None:
        async with self._asking:
            try:
                if photo.refusal:
                    raise photo.refusal
                prediction = await asyncio.to_thread(self._client.classify, photo.content)
                await asyncio.to_thread(self._visitor_folder.add, photo.content, photo.name, prediction)
            except AppError as error:
                self._lines.append(f"{photo.name}: {error}")
            except Exception:
                _log.exception("a photo could not be labelled")
                self._lines.append(f"{photo.name}: {SORRY}")
        self._unfiled -= 1
        self._bytes_held -= len(photo.content)
        self._update_when_filed()

    def _update_when_filed(self) -> None:
        """Say how far the photos are; once all are filed, show them."""
        self._update_notice()
        if not self._expected and not self._unfiled:
            self.uploader.clear()
            self.refresh()

    async def _add(self, additions: Adds, allowed: Collection[str]) -> None:
        new: list[str] = []
        try:
            sentence = await asyncio.to_thread(additions.add, allowed)
        except AppError as error:
            sentence = str(error)
            with contextlib.suppress(AppError):  # which has just been said
                new = await asyncio.to_thread(additions.new_classes)
        except Exception:
            _log.exception("photos could not be added")
            sentence = "Something went wrong on our side: the photos were not added."
        self._offer_classes([label for label in new if label not in allowed])
        self.notice.value = f"<p>{html.escape(sentence)}</p>"

    def _update_notice(self) -> None:
        waiting = self._expected + self._unfiled
        lines = [f"{number_of(waiting, 'photo')} {'is' if waiting == 1 else 'are'} being looked at."] if waiting else []
        lines += map(html.escape, self._lines)
        self.notice.value = "".join(f"<p>{line}</p>" for line in lines)
