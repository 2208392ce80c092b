"""The cleaner: a folder of pictures, what a model doubts of it, and a person's decisions. Knows widgets and runs, no SQL.

The state is in the traits, and the browser shows what they say; pictures and rows travel as messages, a window at a time,
so that the kernel never holds the list. Marks are written to disk by the journal as they are made.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as ipw
import traitlets as t

from model import journal
from model.catalog import Filter, Progress, Range
from model.core import number_of
from model.data import DIGITS, find_folder
from model.errors import AppError, BadUsage
from widgets.clean import captions, guidance
from widgets.clean.background_runs import BackgroundRuns
from widgets.clean.catalog_thread import FIRST, CatalogThread
from widgets.clean.download import Download
from widgets.clean.messages import Request
from widgets.clean.tile_stream import TileStream
from widgets.shared import run_in_background, script, use_styles

STATES = ("opening", "listing", "ready", "empty", "refused")
WATCH_SECONDS = 1.0  # between two looks at what others have done
PREPARE_SECONDS = 0.3  # until thumbnails are made that nobody has asked for yet
SETTLED_SECONDS = 3.0  # until a folder that is known already is looked through for changes
DONE = {"keep": "kept", "delete": "to be deleted", "clear": "left as it was"}
SORRY = "Something went wrong on our side. Nothing was lost: try it again."
_log = logging.getLogger("voilens")


class Cleaner(anywidget.AnyWidget):
    """Find and mend what is wrong in a folder of pictures.

    `data` is the folder (or the word digits), `labels` a CSV for folders without class folders, `model` the export that
    judges (by default the shipped one). With `private=True`, for a visitor's own copy, the folder is not named, nothing is
    started and nothing applied: the labelled pictures can be downloaded. `classes` are offered beside those of the folder.
    """

    _esm = script(*(f"clean/{part}" for part in ("grid", "filters", "shortcuts", "dialogs", "detail", "toolbar", "cleaner")))

    state = t.Enum(STATES, default_value="opening").tag(sync=True)
    sentence = t.Unicode("", help="what is to be said instead of the list").tag(sync=True)
    title = t.Unicode("", help="what the folder is called").tag(sync=True)
    query = t.Dict(Filter().to_json(), help="which pictures, in which order").tag(sync=True)
    listing = t.Dict(help="the list that the query gave: stamp, count, whether it is a new one, total, scored").tag(sync=True)
    selection = t.Dict(
        {"stamp": 0, "active": 0, "anchor": 0, "ranges": []}, help="positions in the list that a key acts on"
    ).tag(sync=True)
    filters = t.Dict(help="the values of every filter with their counts").tag(sync=True)
    pairs = t.List(help="label, predicted, how many").tag(sync=True)
    classes = t.List(t.Unicode()).tag(sync=True)
    changes = t.Dict(help="what waits to be applied, in numbers and words").tag(sync=True)
    warnings = t.List(t.Unicode()).tag(sync=True)
    coming = t.Dict(help="how far the person is in the list").tag(sync=True)
    chore = t.Dict(help="the long work that is under way, {} while there is none").tag(sync=True)
    said = t.Dict(help="what just happened, in words").tag(sync=True)
    shows_private = t.Bool(False, help="whether a visitor's copy is shown").tag(sync=True)

    def __init__(
        self,
        data: str | Path,
        labels: Path | None = None,
        model: str | None = None,
        private: bool = False,
        classes: Sequence[str] = (),
        **traits: Any,
    ):
        use_styles("clean")
        self._data = str(data) if str(data) == DIGITS else str(Path(data).expanduser().absolute())
        self._labels = Path(labels).expanduser().absolute() if labels else None
        self._private, self._offered = private, tuple(classes)  # not traits: a browser could set those
        self._turns = self._spoken = 0
        self._closed = False
        self._download: Download | None = None
        self._windows: TileStream | None = None
        self._desk = CatalogThread()
        self._applies = ipw.CallbackDispatcher()
        self._chores = BackgroundRuns(self._data, self._labels, model, self._on_chore_news, self._on_chore_end)
        super().__init__(title="" if private else Path(self._data).name, shows_private=private, **traits)
        self.on_msg(self._on_browser_message)
        self.observe(self._on_query_change, "query")
        run_in_background(self._guarded(self._open()))

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
            raise BadUsage(f"The cleaner cannot show this ({error}): see model.query for what it can.") from error

    def on_apply(self, handler: Callable[[list], None]) -> None:
        """Call `handler(changes)` when changes have been applied to the folder, or an apply has been undone."""
        self._applies.register_callback(handler)

    def offer(self, classes: Sequence[str]) -> None:
        """Offer these classes beside those of the folder, in place of the ones before."""
        self._offered = tuple(classes)
        self.refresh()

    def refresh(self) -> None:
        """Look again at what the catalogue holds; a person's place in the list is kept."""
        if self._windows:
            run_in_background(self._guarded(self._choose(fresh=False)))

    def zip(self) -> Iterator[bytes]:
        """The pictures as a zip of class folders by the labels of the marks, in parts; the folder stays as it is."""
        return journal.zip_chunks(find_folder(self._data))

    def close(self) -> None:
        self._closed = True
        self._chores.leave()
        self._desk.close()
        super().close()

    # ---- opening

    async def _open(self) -> None:
        if self._data == DIGITS:  # made by a process of its own where it is not there yet
            return self._chores.start("scan")
        await self._open_folder()

    async def _open_folder(self) -> None:
        try:
            await self._desk.do(self._desk.open, self._data, self._labels)
        except AppError as error:
            self.state, self.sentence = "refused", str(error)
            return
        self._windows, self._download = TileStream(self.send, self._desk.thumbnails), Download(self.send)
        self._chores.labels = await self._desk.do(self._desk.labels)
        known = await self._choose()
        if not self._private:
            self._chores.follow_latest()
        if not known and not self._chores.kind:
            self._chores.start("scan")
        _start_beside(self._watch())
        if known and not self._private:
            _start_beside(self._scan_when_settled())

    async def _watch(self) -> None:
        """See what others do to the folder: another cleaner, a run, photos that visitors send."""
        while not self._closed:
            await asyncio.sleep(WATCH_SECONDS)
            if not self._closed and await self._desk.do(self._desk.changed_by_others):
                await self._guarded(self._choose(fresh=False))

    async def _scan_when_settled(self) -> None:
        await asyncio.sleep(SETTLED_SECONDS)
        if not self._closed and not self._chores.kind:
            self._chores.start("scan", quiet=True)

    # ---- the list

    @t.validate("query")
    def _known_query(self, proposal: t.Bunch) -> dict[str, Any]:
        """What a browser sends may be anything: what is no query leaves the list as it is."""
        try:
            return Filter.from_json(proposal["value"]).to_json()
        except (ValueError, TypeError, AttributeError):
            return self.query

    def _on_query_change(self, _change: Any) -> None:
        if self._windows:
            run_in_background(self._guarded(self._choose()))

    async def _choose(self, fresh: bool = True) -> bool:
        """Make the list of the query, or make it anew; give whether the folder is known to have pictures."""
        self._turns += 1
        mine = self._turns
        made = await self._desk.do(self._desk.choose, Filter.from_json(self.query), _active(self.selection), fresh)
        if mine != self._turns:  # a newer query waits
            return True
        if not made.other:
            self.send({"type": "stale", "stamp": made.stamp})
            return await self._count()
        at = made.active
        self.selection = {"stamp": made.stamp, "active": at, "anchor": at, "ranges": [[at, at + 1]] if made.count else []}
        self.listing = {**self.listing, "stamp": made.stamp, "count": made.count, "fresh": fresh}
        if made.rows:
            run_in_background(self._guarded(self._windows.show(made.stamp, made.rows)))
            run_in_background(self._guarded(self._prepare(made.stamp)))
        return await self._count()

    async def _count(self) -> bool:
        """Bring every number up to date; give whether the folder is known to have pictures."""
        facets, pairs = await self._desk.do(self._desk.facets, Filter.from_json(self.query))
        self.filters = captions.filters(facets, self.query["reason"])
        self.pairs = [list(pair) for pair in pairs]
        self.listing = {**self.listing, "total": facets.total, "scored": facets.scored}
        await self._update_numbers()
        if facets.total:
            self.state = "ready"
        elif not self._chores.kind:
            self.state, self.sentence = "empty", "There are no pictures in this folder yet."
        return bool(facets.total)

    async def _prepare(self, stamp: int) -> None:
        """Make thumbnails that are likely wanted next."""
        await asyncio.sleep(PREPARE_SECONDS)
        await self._windows.prepare(await self._desk.do(self._desk.likely, stamp, Filter.from_json(self.query)))

    async def _send_rows(self, request: Request) -> None:
        rows = await self._desk.do(self._desk.rows, request.stamp, request.start, request.stop)
        if rows is not None:
            await self._windows.show(request.stamp, rows, request.pictures, request.age)

    async def _look(self, stamp: int, position: int) -> None:
        """Send what the detail pane shows of one picture."""
        row, group = await self._desk.do(self._desk.look, stamp, position)
        if row is not None:
            self.send({"type": "detail", "file": row.file, **captions.detail(row, group)})
            await self._windows.large(row)

    async def _see(self, stamp: int, ranges: list[Range]) -> None:
        progress, fresh = await self._desk.do(self._desk.see, stamp, ranges)
        if progress:
            self._update_coming(progress)
        if fresh:
            self._update_reasons(lambda key, count: max(0, count - fresh) if key == "unseen" else count)

    # ---- marks

    async def _mark(self, request: Request) -> None:
        marked = request.stamp, request.files, request.ranges, request.action, request.label
        number = await self._desk.do(self._desk.mark, *marked)
        await self._marked(f"{number_of(number, 'picture')}: {DONE.get(request.action) or f'labelled “{request.label}”'}.")

    async def _take(self, request: Request) -> None:
        taken, chosen = await self._desk.do(self._desk.take, request.stamp, request.files, request.ranges)
        if not taken:
            return self._say("There is no suggestion here: press K to keep the label, or give another.")
        rest = f" {number_of(chosen - taken, 'picture')} without a suggestion stayed as before." if chosen > taken else ""
        await self._marked(f"{number_of(taken, 'picture')} labelled as suggested.{rest}")

    async def _let_go(self, files: list[str]) -> None:
        number = await self._desk.do(self._desk.mark, 0, files, [], "clear", None)
        await self._marked(f"{number_of(number, 'change')} let go.")
        await self._review(0)

    async def _undo(self) -> None:
        await self._marked(await self._desk.do(lambda: self._desk.journal.undo()) or "There is no mark to undo.")

    async def _redo(self) -> None:
        await self._marked(await self._desk.do(lambda: self._desk.journal.redo()) or "There is nothing to redo.")

    async def _marked(self, words: str) -> None:
        """After a change of marks: what happened, the rows that are on the screen, the numbers."""
        self._say(words)
        self.send({"type": "stale", "stamp": self.listing.get("stamp", 0)})
        await self._update_numbers()

    async def _review(self, start: int) -> None:
        await self._windows.review(start, await self._desk.do(self._desk.review, start, start + FIRST))

    # ---- applying, taking home

    async def _apply(self, undo: bool = False) -> None:
        if self._chores.kind == "score":
            return self._say("The pictures are being judged: wait for that, or stop it, then apply.", alarm=True)
        words = "Undoing the last apply" if undo else "Applying the changes"
        self.chore = {"kind": "apply", "words": words, "share": -1}
        try:
            journal = self._desk.journal
            changes = await self._desk.do(journal.undo_apply if undo else journal.apply)
        finally:
            self.chore = {}
        self._say(guidance.undone(changes) if undo else guidance.applied(changes))
        await self._desk.do(self._desk.look_anew)
        await self._update_numbers()
        if changes:
            self._chores.labels = await self._desk.do(self._desk.labels)
            self._chores.start("scan", quiet=True)
            self._applies(changes)

    async def _send_zip(self) -> None:
        self.chore = {"kind": "zip", "words": "Packing the labelled pictures", "share": 0.0}
        try:
            async for share in self._download.parts(self._desk.root, f"{self.title or 'labelled pictures'}.zip"):
                self.chore = {**self.chore, "share": share}
            self._say("The labelled pictures are downloaded.")
        finally:
            self.chore = {}

    # ---- long work

    def _on_chore_news(self, chore: dict[str, Any]) -> None:
        self.chore = chore
        if self.state in ("opening", "empty"):
            self.state, self.sentence = "listing", "Listing the pictures of this folder"

    def _on_chore_end(self, kind: str, state: str, sentence: str, quiet: bool) -> None:
        if not quiet:
            self.chore = {}
        run_in_background(self._guarded(self._after_chore(kind, state, sentence, quiet)))

    async def _after_chore(self, kind: str, state: str, sentence: str, quiet: bool) -> None:
        wrong = state in ("failed", "died")
        if wrong and self.state != "ready":
            self.state, self.sentence = "refused", sentence or SORRY
        elif self._windows is None:
            await self._open_folder()
        else:
            if kind == "score":
                await self._desk.do(self._desk.look_anew)
            await self._choose(fresh=kind == "score" or self.state != "ready")
            if wrong and not quiet:
                self._say(sentence, alarm=True)
            elif kind == "score":
                doubtful = next((count for key, _, count in self.filters["reasons"] if key == "doubtful"), 0)
                self._say(f"{'Stopped' if state == 'stopped' else 'Done'}: {number_of(doubtful, 'label')} doubtful.")

    # ---- what is shown

    async def _update_numbers(self) -> None:
        now = await self._desk.do(self._desk.numbers)
        kept, waiting = now.counts.get("keep", 0), now.counts.get("relabel", 0) + now.counts.get("delete", 0)
        self.classes = [*self._offered, *(label for label in now.classes if label not in self._offered)]
        self.warnings = guidance.warnings(now.outlook)
        applied = now.applied and not self._private
        self.changes = {"words": guidance.changes(now.counts), "waiting": waiting, "kept": kept, "applied": applied}
        self._update_coming(now.progress)
        if not any(self.query[key] for key in ("label", "split", "predicted", "name", "files")):
            marked = {"changed": waiting, "kept": kept}
            self._update_reasons(lambda key, count: marked.get(key, count))

    def _update_reasons(self, count_now: Callable[[str, int], int]) -> None:
        if self.filters:
            reasons = [[key, words, count_now(key, count)] for key, words, count in self.filters["reasons"]]
            self.filters = {**self.filters, "reasons": reasons}

    def _update_coming(self, progress: Progress) -> None:
        self.coming = guidance.coming(progress, self.query["order"])

    def _say(self, words: str, alarm: bool = False) -> None:
        self._spoken += 1
        self.said = {"words": words, "alarm": alarm, "number": self._spoken}

    # ---- what the browser asks

    def _on_browser_message(self, _widget: Any, message: Any, _buffers: list) -> None:
        """Whatever a browser sends is taken for data of a stranger: what does not fit is dropped."""
        try:
            request = Request.from_json(message)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            _log.warning("dropped a message of the cleaner that does not fit")
            return
        if request.type == "zip-next" and self._download:
            self._download.received()
        elif self._windows and (request.for_everybody or not self._private):
            run_in_background(self._guarded(self._answer(request)))

    async def _answer(self, request: Request) -> None:
        stamp, start = request.stamp, request.start
        if request.type == "stop":
            self._chores.stop()
        elif request.type in ("score", "score-thorough", "scan"):
            kind, _, thorough = request.type.partition("-")
            self._chores.start(kind, thorough=bool(thorough))
        elif request.type == "zip" and self.chore:
            self._say("Something is still under way here: wait for its end, then download.")
        else:
            work = {
                "rows": lambda: self._send_rows(request),
                "look": lambda: self._look(stamp, start),
                "see": lambda: self._see(stamp, request.ranges),
                "mark": lambda: self._mark(request),
                "take": lambda: self._take(request),
                "let-go": lambda: self._let_go(request.files),
                "review": lambda: self._review(start),
                "undo": self._undo,
                "redo": self._redo,
                "zip": self._send_zip,
                "apply": self._apply,
                "undo-apply": lambda: self._apply(undo=True),
            }
            await work[request.type]()

    async def _guarded(self, work: Any) -> Any:
        """Nothing that fails is more than a sentence to a person."""
        try:
            return await work
        except AppError as error:
            self._say(str(error), alarm=True)
        except Exception:
            if not self._closed:
                _log.exception("the cleaner failed")
                self._say(SORRY, alarm=True)


def _active(selection: dict[str, Any]) -> int:
    """The active position by what a browser may have sent."""
    active = selection.get("active")
    return active if isinstance(active, int) and 0 <= active < 2**31 else 0


def _start_beside(work: Any) -> None:
    """Start what never ends, where there is a loop to run it beside; a script has none."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        work.close()
    else:
        run_in_background(work)
